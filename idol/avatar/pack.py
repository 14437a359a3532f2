"""The format of an avatar folder: `avatar.yaml` and the drawings it names (SVG or PNG).

`folder` reads and checks one.

All lengths are design pixels, angles degrees, times seconds. Every SVG's viewBox lies in design
coordinates (limbs: in the limb's own, joint at the origin, pointing up); where a PNG lies is said
by `boxes`. Format: the comments in `assets/idols/aira/avatar.yaml`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from idol.model import VISEMES, Activity

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
    closes: bool = False
    """Whether that mouth, an open smile, shuts again once she has been silent for a second."""
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
