"""An avatar folder: `avatar.yaml` and the drawings it names (SVG or PNG), read and checked.

All lengths are design pixels, angles degrees, times seconds. Every SVG's viewBox lies in design
coordinates (limbs: in the limb's own, joint at the origin, pointing up); where a PNG lies is said
by `boxes`. Format: the comments in `assets/idols/aira/avatar.yaml`.
"""

from __future__ import annotations

import difflib
import re
import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from idol.errors import BadInput
from idol.model import EMOTIONS, GESTURES, VISEMES, Activity

PARAMS = frozenset(
    f"Param{name}"
    for name in (
        *("AngleX", "AngleY", "AngleZ", "BodyAngleX", "BodyAngleY", "BodyAngleZ", "Breath"),
        *("EyeLOpen", "EyeROpen", "EyeLSmile", "EyeRSmile", "EyeBallX", "EyeBallY", "Cheek"),
        *("BrowLY", "BrowRY", "BrowLAngle", "BrowRAngle", "BrowLForm", "BrowRForm"),
        *("MouthOpenY", "MouthTilt", "Tear", "Sparkle"),
    )
)
"""Live2D Cubism names. Angles +-30 degrees (Y up), eyes open 0..1.25, everything else about +-1;
`L` is the eye on the viewer's left. MouthOpenY (0..1) drops the jaw, MouthTilt raises the right
corner of the mouth, Cheek, Tear and Sparkle (0..1) are for layers that fade."""
BASIC_EMOTIONS = ("neutral", "happy", "excited", "shy", "surprised", "thinking")
BASIC_GESTURES = ("wave", "point", "count", "heart", "clap", "bow", "present", "think", "cheer")
"""What every idol must have; for others `expression.STAND_IN` or nothing stands in."""

SPRITES = ("mouth", "eye_left", "eye_right", "brow_left", "brow_right")

Point = tuple[float, float]
Params = dict[str, float]
Orientation = Literal["portrait", "landscape"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class View(_Strict):
    """What a frame of this shape shows: `height` of the design from `top`, axis at `centre`."""

    height: Annotated[float, Field(gt=0)]
    top: float
    centre: float


class Head(_Strict):
    """Middle of the head, its half width and height, the point it nods about, and the jaw."""

    axis: Point
    radius: Point
    neck: Point
    jaw: Point = (0, 0)
    """Heights between which the drop of the jaw grows from nothing to all of it."""


class Spring(_Strict):
    """A damped pendulum: `pull` gives the target in design pixels per unit of each parameter."""

    hz: Annotated[float, Field(gt=0, le=6)]
    damping: Annotated[float, Field(gt=0, lt=2)]
    pull: Params = {}
    wind: float = 0.0


class Swing(_Strict):
    """How a layer hangs: nothing moves at `root` (y), all of it `length` further on."""

    spring: str
    root: float
    length: float
    amount: float = 1.0


class Layer(_Strict):
    """One thing drawn: merged SVG parts, a sprite that changes shape, or limbs."""

    name: str
    parts: tuple[str, ...] = ()
    sprite: Literal["mouth", "eye_left", "eye_right", "brow_left", "brow_right"] | None = None
    limbs: Literal["upper", "lower"] | None = None
    tier: Literal["back", "front"] = "front"
    head: float = 0.0
    depth: float = 0.0
    curve: float = 0.0
    rim: float = 0.0
    jaw: float = 0.0
    """Design pixels by which its chin sinks when the mouth is wide open."""
    fade: str | None = None
    swing: Swing | None = None

    @property
    def files(self) -> tuple[str, ...]:
        if self.sprite or self.limbs:
            return ()
        return tuple(f"parts/{part}.svg" for part in self.parts or (self.name,))


class Eyes(_Strict):
    """Lid keys by openness, irises by style, and how far the gaze moves the iris."""

    folder: str
    open: tuple[float, ...]
    keys: tuple[str, ...]
    smile_keys: tuple[str, ...]
    irises: dict[str, str]
    gaze: Point


class Brows(_Strict):
    """Base key, the keys added for angle and form, and pixels per unit of height."""

    folder: str
    base: str
    angle: str
    form: str
    lift: float


class Mouth(_Strict):
    """Folder with a key for each viseme, and the keys added for smile and frown.

    `tilt`: how steeply one half of the mouth rises at ParamMouthTilt 1.
    """

    folder: str
    smile: str
    frown: str
    tilt: float = 0.28
    alias: dict[str, str] = {}
    """Keys that have no drawing of their own, and the drawing that stands in."""

    def drawing(self, key: str) -> str:
        """The path of a key's drawing, as if it were an SVG (see `Pack.file`)."""
        return f"{self.folder}/{self.alias.get(key, key)}.svg"


class Arms(_Strict):
    """Two-bone arms: right shoulder, bone lengths as drawn, and the hand shapes there are.

    Either `upperarm.svg` and `forearm.svg` lie in the folder, or `sleeve` names one drawing of the
    whole arm, straight, which bends softly: `elbow` is the radius inside it.
    """

    folder: str
    shoulder: Point
    upper: Annotated[float, Field(gt=0)]
    lower: Annotated[float, Field(gt=0)]
    hand_scale: float = 1.0
    hands: tuple[str, ...]
    sleeve: str | None = None
    elbow: Annotated[float, Field(gt=0)] = 16.0

    @property
    def bones(self) -> tuple[str, ...]:
        """The drawings that the arms consist of, without hands."""
        return (self.sleeve,) if self.sleeve else ("upperarm", "forearm")


class Expression(_Strict):
    """A face: parameters added, how much of a smile, the mouth when silent, the eyes."""

    params: Params = {}
    smile: Annotated[float, Field(ge=-1, le=1)] = 0.0
    mouth: str | None = None
    eyes: str = "normal"
    laughs: bool = False
    """Whether now and then the eyes shut with laughter."""


class ArmPose(_Strict):
    """Where one arm is: elbow, wrist, direction of the hand (0 up, clockwise) and its shape."""

    elbow: Point
    wrist: Point
    hand: float
    shape: str


class Rest(_Strict):
    """Both arms when nothing is asked of them."""

    left: ArmPose
    right: ArmPose


class GestureKey(_Strict):
    """One moment of a gesture; what it does not name stays with the body's own motion."""

    at: Annotated[float, Field(ge=0)]
    left: ArmPose | None = None
    right: ArmPose | None = None
    params: Params = {}


class Gesture(_Strict):
    """Keys in time; it goes back to rest by itself by `seconds`."""

    seconds: Annotated[float, Field(gt=0, le=12)]
    when: tuple[Activity, ...] = ("speaking",)
    """For beats: in which activities the hands make this movement by themselves."""
    keys: Annotated[tuple[GestureKey, ...], Field(min_length=1)]


NO_ARMS = Arms(folder="limbs", shoulder=(0, 0), upper=1, lower=1, hands=("rest",))
_NOWHERE = ArmPose(elbow=(0, 0), wrist=(0, 0), hand=0, shape="rest")


class Pack(_Strict):
    """A loaded avatar folder."""

    folder: Path
    canvas: Annotated[Point, Field(description="width, height")] = (720, 1280)
    """What a PNG shows that `boxes` does not name: the design from 0, 0 to here."""
    boxes: dict[str, tuple[float, float, float, float]] = {}
    """Where a PNG lies, by its path: left, top, width, height."""
    name: str
    title: dict[str, str] = {}
    author: str = ""
    licence: str = ""
    stage: str = ""
    """The stage of a show that names none."""
    rim_light: Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")] = "#ffffff"
    views: dict[Orientation, View]
    card_anchor: dict[Orientation, Point]
    head: Head
    waist: float
    springs: dict[str, Spring]
    layers: tuple[Layer, ...]
    eyes: Eyes
    brows: Brows
    mouth: Mouth
    arms: Arms = NO_ARMS
    expressions: dict[str, Expression]
    rest: Rest = Rest(left=_NOWHERE, right=_NOWHERE)
    stances: dict[Activity, Rest] = {}
    """How the arms rest in an activity, where that differs from `rest`."""
    beats: dict[str, Gesture] = {}
    gestures: dict[str, Gesture]
    wide_gestures: dict[str, Gesture] = {}
    """Gestures that replace those of the same name in landscape, where there is room beside her."""
    card_gestures: dict[str, Gesture] = {}
    """Gestures that replace those of the same name in portrait while a card hides half of her."""

    def svg(self, name: str) -> str:
        """The text of one SVG file, by its path inside the folder."""
        return (self.folder / name).read_text(encoding="utf-8")

    def file(self, name: str) -> str:
        """`name` (.svg), or the PNG beside where it would be, when only that is there."""
        pixels = name.removesuffix(".svg") + ".png"
        if (self.folder / name).is_file() or not (self.folder / pixels).is_file():
            return name
        return pixels

    def box(self, name: str) -> tuple[float, float, float, float]:
        """Left, top, width and height of a PNG in design pixels."""
        return self.boxes.get(name, (0.0, 0.0, *self.canvas))

    @property
    def limbless(self) -> bool:
        """Whether no arm moves by itself: then there are no drawings of limbs."""
        return not any(layer.limbs for layer in self.layers)

    @property
    def axis(self) -> float:
        """x of the mirror line."""
        return self.head.axis[0]


def load(folder: Path) -> Pack:
    """Read an avatar folder. Raises the first `BadInput` that `check` would name."""
    pack, mistakes = examine(folder)
    if pack is None or mistakes:
        raise mistakes[0]
    return pack


def check(folder: Path) -> list[BadInput]:
    """Every mistake in an avatar folder, each with file, line and field; empty when it is good."""
    return examine(folder)[1]


def view_box(svg: str, where: str = "") -> tuple[float, float, float, float]:
    """x, y, width, height of an SVG's viewBox. Raises `BadInput`."""
    found = re.search(r'viewBox="([^"]+)"', svg)
    try:
        x, y, width, height = (float(v) for v in found.group(1).replace(",", " ").split())  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        raise BadInput("no viewBox of four numbers", where=where) from None
    if width <= 0 or height <= 0 or width * height > 4e7:
        raise BadInput(f"the viewBox is {width:g} x {height:g}", where=where)
    return x, y, width, height


def png_size(file: Path, where: str = "") -> tuple[int, int]:
    """Width and height in a PNG's header. Raises `BadInput`."""
    with file.open("rb") as data:
        head = data.read(33)
    if head[:8] != b"\x89PNG\r\n\x1a\n" or head[12:16] != b"IHDR":
        raise BadInput("is not a PNG", where=where)
    width, height = struct.unpack(">II", head[16:24])
    if not 0 < width * height <= 4e7:
        raise BadInput(f"is {width} x {height} pixels", where=where)
    if head[25] not in (4, 6):
        raise BadInput("has no transparency: save it with an alpha channel", where=where)
    return width, height


def _fits(box: tuple[float, float, float, float], shape: float, where: str) -> None:
    _, _, width, height = box
    if width <= 0 or height <= 0:
        raise BadInput(f"its box is {width:g} x {height:g}", where=where)
    if not 0.9 < shape * height / width < 1.1 and min(width, height) > 8:
        raise BadInput(
            f"has another shape than its box of {width:g} x {height:g}: name it in `boxes`",
            where=where,
        )


@lru_cache(maxsize=8)
def _parse(text: str) -> Any:
    """The tree with its line numbers, not to be changed: half a second, and a pack is read again
    by the check, the proof, the preview and each renderer."""
    return YAML(typ="rt").load(text)


def examine(folder: Path) -> tuple[Pack | None, list[BadInput]]:
    """The pack as far as it can be read, and every mistake: for tools that show what is wrong."""
    file = folder / "avatar.yaml"
    try:
        data = _parse(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return None, [BadInput(f"cannot be read: {reason}", where=str(file))]
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "is not YAML"
        return None, [BadInput(str(problem), where=f"avatar.yaml{line}")]
    if not isinstance(data, dict):
        return None, [BadInput("is not a mapping of names to values", where="avatar.yaml")]
    try:
        pack = Pack(**{**data, "folder": folder})
    except ValidationError as errors:
        return None, [_explain(data, error) for error in errors.errors()]
    except TypeError:
        return None, [BadInput("the names at the top must be words", where="avatar.yaml")]
    return pack, list(_mistakes(pack, data))


def _line(data: Any, path: tuple[int | str, ...]) -> str:
    """``:12`` for the line on which the value at `path` stands, as near as is known."""
    line = None
    for step in path:
        try:
            where = data.lc.data[step]
            line, data = where[0] + 1, data[step]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return f":{line}" if line else ""


def _where(data: Any, path: tuple[int | str, ...]) -> str:
    dotted = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path).lstrip(".")
    return f"avatar.yaml{_line(data, path)} {dotted}"


def _explain(data: Any, error: Any) -> BadInput:
    path = tuple(error["loc"])
    hint = ""
    if error["type"] == "extra_forbidden":
        model: Any = Pack
        for step in path[:-1]:
            if isinstance(step, str) and step in getattr(model, "model_fields", {}):
                model = model.model_fields[step].annotation
        names = getattr(model, "model_fields", {}) or {}
        hint = next(iter(difflib.get_close_matches(str(path[-1]), names, 1)), "")
        return BadInput("there is no such setting", where=_where(data, path), hint=hint)
    return BadInput(str(error["msg"]).lower(), where=_where(data, path))


def _near(word: str, words: Any) -> str:
    return next(iter(difflib.get_close_matches(word, list(words), 1)), "")


def _mistakes(pack: Pack, data: Any) -> Iterator[BadInput]:
    """What the types cannot say: names that must exist, files that must be there."""

    def unknown(kind: str, word: str, words: Any, *path: int | str) -> Iterator[BadInput]:
        if word not in words:
            yield BadInput(
                f"no {kind} is called {word!r}", where=_where(data, path), hint=_near(word, words)
            )

    for orientation in ("portrait", "landscape"):
        for section in ("views", "card_anchor"):
            if orientation not in getattr(pack, section):
                yield BadInput(f"{orientation} is missing", where=_where(data, (section,)))
    for i, layer in enumerate(pack.layers):
        if layer.swing:
            yield from unknown("spring", layer.swing.spring, pack.springs, "layers", i, "swing")
        if layer.fade:
            yield from unknown("parameter", layer.fade, PARAMS, "layers", i, "fade")
    sprites: list[str] = [layer.sprite for layer in pack.layers if layer.sprite]
    for sprite in SPRITES:
        if sprites.count(sprite) != 1:
            yield BadInput(f"one layer must have sprite: {sprite}", where=_where(data, ("layers",)))
    if not len(pack.eyes.open) == len(pack.eyes.keys) == len(pack.eyes.smile_keys) >= 2:
        yield BadInput(
            "open, keys and smile_keys must be equally long", where=_where(data, ("eyes",))
        )
    elif list(pack.eyes.open) != sorted(set(pack.eyes.open)):
        yield BadInput("must rise", where=_where(data, ("eyes", "open")))
    yield from unknown("iris", "normal", pack.eyes.irises, "eyes", "irises")
    yield from unknown("hand", "rest", pack.arms.hands, "arms", "hands")
    for alias in pack.mouth.alias:
        yield from unknown("mouth key", alias, mouth_keys(pack), "mouth", "alias", alias)
    for emotion in BASIC_EMOTIONS:
        yield from unknown("expression", emotion, pack.expressions, "expressions")
    for name, spring in pack.springs.items():
        for param in spring.pull:
            yield from unknown("parameter", param, PARAMS, "springs", name, "pull", param)
    for name, face in pack.expressions.items():
        for param in face.params:
            yield from unknown("parameter", param, PARAMS, "expressions", name, "params", param)
        yield from unknown("iris", face.eyes, pack.eyes.irises, "expressions", name, "eyes")
    for emotion in pack.expressions:
        yield from unknown("emotion", emotion, EMOTIONS, "expressions", emotion)
    for gesture in BASIC_GESTURES:
        yield from unknown("gesture", gesture, pack.gestures, "gestures")
    for section in ("wide_gestures", "card_gestures"):
        for name in getattr(pack, section):
            yield from unknown("gesture", name, GESTURES, section, name)
    for name in pack.gestures:
        yield from unknown("gesture", name, GESTURES, "gestures", name)
    rests: list[tuple[tuple[str, ...], Rest]] = [(("rest",), pack.rest)]
    rests += [(("stances", activity), rest) for activity, rest in pack.stances.items()]
    for path, rest in rests:
        for side in ("left", "right"):
            shape = getattr(rest, side).shape
            yield from unknown("hand", shape, pack.arms.hands, *path, side, "shape")
    moves = [("gestures", n, m) for n, m in pack.gestures.items()]
    moves += [("beats", n, m) for n, m in pack.beats.items()]
    moves += [("wide_gestures", n, m) for n, m in pack.wide_gestures.items()]
    moves += [("card_gestures", n, m) for n, m in pack.card_gestures.items()]
    for section, name, move in moves:
        times = [key.at for key in move.keys]
        if times != sorted(set(times)) or times[-1] >= move.seconds:
            yield BadInput(
                "keys must rise in time and end before `seconds`",
                where=_where(data, (section, name)),
            )
        for k, key in enumerate(move.keys):
            for param in key.params:
                yield from unknown("parameter", param, PARAMS, section, name, "keys", k, param)
            for pose in (key.left, key.right):
                if pose:
                    yield from unknown(
                        "hand", pose.shape, pack.arms.hands, section, name, "keys", k
                    )
    for file in files(pack):
        if not (pack.folder / file).is_file():
            folder = (pack.folder / file).parent
            there = [f.name for f in folder.glob("*.[sp][vn]g")] if folder.is_dir() else []
            yield BadInput(
                "there is no such file", where=file, hint=_near(file.split("/")[-1], there)
            )
            continue
        try:
            if file.endswith(".png"):
                width, height = png_size(pack.folder / file, file)
                _fits(pack.box(file), width / height, file)
            else:
                view_box(pack.svg(file), file)
        except (BadInput, UnicodeDecodeError) as error:
            yield error if isinstance(error, BadInput) else BadInput("is not UTF-8", where=file)
    for name in pack.boxes:
        if not (pack.folder / name).is_file():
            yield BadInput("there is no such file", where=_where(data, ("boxes", name)))


def mouth_keys(pack: Pack) -> tuple[str, ...]:
    """Names of the mouth keys: the visemes, then smile, frown and those expressions use."""
    faces = {e.mouth for e in pack.expressions.values() if e.mouth}
    return tuple(dict.fromkeys([*VISEMES, pack.mouth.smile, pack.mouth.frown, *sorted(faces)]))


def files(pack: Pack) -> list[str]:
    """Every drawing that the pack needs, by path inside the folder."""
    eyes, brows, arms = pack.eyes, pack.brows, pack.arms
    names = [file for layer in pack.layers for file in layer.files]
    for key in dict.fromkeys((*eyes.keys, *eyes.smile_keys)):
        names += [f"{eyes.folder}/white_{key}.svg", f"{eyes.folder}/lid_{key}.svg"]
    names += [f"{eyes.folder}/{iris}.svg" for iris in eyes.irises.values()]
    names += [f"{brows.folder}/{key}.svg" for key in (brows.base, brows.angle, brows.form)]
    names += [pack.mouth.drawing(key) for key in mouth_keys(pack)]
    if not pack.limbless:
        names += [f"{arms.folder}/{bone}.svg" for bone in arms.bones]
        names += [f"{arms.folder}/hand_{hand}.svg" for hand in arms.hands]
    return [pack.file(name) for name in dict.fromkeys(names)]
