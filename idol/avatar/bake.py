"""Drawings to sprites at the size of the show, once; then from a cache on disk.

Everything that can be on screen is baked before the first frame: fixed layers, limbs, and for
each shape that changes a bank of pictures that covers all its blends. Sprites are premultiplied
BGRA, uint8.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from idol.avatar import pixels
from idol.avatar.folder import view_box
from idol.avatar.morph import Morph, cover, plane
from idol.avatar.pack import Pack, files, mouth_keys
from idol.avatar.sprites import Image, Sprite, bounds, merge, raster, rim_light, sprite, trimmed
from idol.model import VISEMES

__all__ = ["Atlas", "Bank", "Image", "Sprite", "bake", "drawing", "load", "raster", "sprite"]

VERSION = 4
"""Raised when baking changes, so that old caches are not used."""
MOUTH_PICTURES, MOUTH_TOLERANCE = 420, 0.35
LID_PICTURES, LID_TOLERANCE = 72, 0.3
BROW_PICTURES, BROW_TOLERANCE = 64, 0.25
CACHES_KEPT = 6


@dataclass(frozen=True, slots=True)
class Bank:
    """Pictures of a shape that changes: `images` (n, h, w, 4), `places` (n, rank).

    `keys` (keys, rank) turns blend weights into a place; the nearest picture is shown.
    """

    images: Image
    places: npt.NDArray[np.float32]
    keys: npt.NDArray[np.float32]
    x: float
    y: float
    _norms: npt.NDArray[np.float32] = field(init=False, repr=False)
    """Half the square of how far each place is from nothing."""

    def __post_init__(self) -> None:
        norms = np.einsum("ij,ij->i", self.places, self.places) / 2
        object.__setattr__(self, "_norms", norms)

    def nearest(self, weights: npt.NDArray[np.float32]) -> int:
        """Index of the picture nearest to a blend."""
        return int(np.argmin(self._norms - self.places @ (weights @ self.keys)))


@dataclass(frozen=True, slots=True)
class Atlas:
    """All pictures of one idol at one scale (output pixels per design pixel)."""

    scale: float
    sprites: dict[str, Sprite]
    banks: dict[str, Bank]


def lid_weights(pack: Pack, openness: float, smile: float) -> npt.NDArray[np.float32]:
    """Weights of the lid keys (keys, then smile keys): linear in openness and in smile."""
    knots = pack.eyes.open
    weights = np.zeros((2, len(knots)), np.float32)
    at = float(np.interp(openness, knots, range(len(knots))))
    low = min(int(at), len(knots) - 2)
    row = np.zeros(len(knots), np.float32)
    row[low], row[low + 1] = 1 - (at - low), at - low
    smile = min(max(smile, 0.0), 1.0)
    weights[0], weights[1] = row * (1 - smile), row * smile
    return weights.ravel()


Tell = Callable[[float], None]
"""Is told how much is done, 0..1."""


def _silent(part: float) -> None:
    """Nobody asked."""


def _span(tell: Tell, first: float, last: float) -> Tell:
    """What tells of a part of the work that goes from `first` to `last` of all."""
    return lambda part: tell(first + (last - first) * part)


def load(pack: Pack, scale: float, cache: Path, tell: Tell = _silent) -> Atlas:
    """The baked atlas, from `cache` when it is there. Raises `BadInput` for a bad SVG."""
    digest = hashlib.sha256(f"{VERSION} {scale:.6f} {cv2.__version__}".encode())
    for name in ("avatar.yaml", *files(pack)):
        digest.update(name.encode() + b"\0" + (pack.folder / name).read_bytes())
    folder = cache / f"{pack.name}-{digest.hexdigest()[:24]}"
    try:
        atlas = _read(folder)
    except (OSError, ValueError, KeyError):
        atlas = bake(pack, scale, tell)
        _write(folder, atlas)
    tell(1.0)
    return atlas


def bake(pack: Pack, scale: float, tell: Tell = _silent) -> Atlas:
    """Rasterise everything (some seconds)."""
    sprites: dict[str, Sprite] = {}
    rim = tuple(int(pack.rim_light[i : i + 2], 16) for i in (5, 3, 1))
    for i, layer in enumerate(pack.layers):
        tell(0.12 * i / len(pack.layers))
        if layer.files:
            merged = merge([drawing(pack, f, scale) for f in layer.files], scale)
            if layer.rim:
                merged = Sprite(rim_light(merged.image, rim, layer.rim, scale), merged.x, merged.y)
            sprites[layer.name] = merged
    arms = pack.arms
    nothing = Sprite(np.zeros((1, 1, 4), np.uint8), 0, 0)
    for bone in arms.bones:
        drawn = nothing
        if not pack.limbless:
            drawn = drawing(pack, f"{arms.folder}/{bone}.svg", scale)
            drawn = Sprite(rim_light(drawn.image, rim, 0.6, scale), drawn.x, drawn.y)
        sprites["sleeve" if arms.sleeve else bone] = drawn
    for hand in arms.hands:
        sprites[f"hand_{hand}"] = nothing
        if not pack.limbless:
            where = f"{arms.folder}/hand_{hand}.svg"
            sprites[f"hand_{hand}"] = drawing(pack, where, scale * arms.hand_scale)
    for style, iris in pack.eyes.irises.items():
        sprites[f"iris_{style}"] = drawing(pack, f"{pack.eyes.folder}/{iris}.svg", scale)
    banks = _bake_eyes(pack, scale, _span(tell, 0.2, 0.5))
    banks["mouth"] = _bake_mouth(pack, scale, _span(tell, 0.5, 0.95))
    banks["brow"] = _bake_brow(pack, scale, _span(tell, 0.95, 1.0))
    return Atlas(scale, sprites, banks)


def _bake_eyes(pack: Pack, scale: float, tell: Tell) -> dict[str, Bank]:
    eyes = pack.eyes
    names = (*eyes.keys, *eyes.smile_keys)
    files = [[f"{eyes.folder}/{kind}_{n}.svg" for n in names] for kind in ("white", "lid")]
    if _of_pixels(pack, files[0] + files[1]):
        weights, keys = pixels.choices(names, ())
        both = _faded(
            pack, files[0] + files[1], np.eye(2 * len(names), dtype=np.float32), keys, scale
        )
        first = [int(np.argmax(w)) for w in weights]
        return {
            kind: replace(both, images=both.images[[i + at for i in first]], places=weights @ keys)
            for kind, at in (("white", 0), ("lid", len(names)))
        }
    whites, lids = (
        _morph(pack, eyes.folder, kind, {f"{i}": n for i, n in enumerate(names)}, "0")
        for kind in ("white_", "lid_")
    )
    keys = plane(whites, lids)
    steps = np.linspace(eyes.open[0], eyes.open[-1], 26)
    # the keys themselves first: a lid that is nearly shut lets a sliver of the eye through
    wanted = [(o, s) for o in eyes.open for s in (0, 1)]
    sure = len(wanted)
    wanted += [(o, s) for o in steps for s in np.linspace(0, 1, 9)]
    samples = np.array([lid_weights(pack, o, s) for o, s in wanted])
    chosen, _ = cover(samples, keys, LID_TOLERANCE, LID_PICTURES, sure)
    return {
        "white": _bank(whites, samples[chosen], keys, scale, _span(tell, 0.2, 0.5)),
        "lid": _bank(lids, samples[chosen], keys, scale, _span(tell, 0.5, 1.0)),
    }


def _bake_mouth(pack: Pack, scale: float, tell: Tell) -> Bank:
    names = mouth_keys(pack)
    files = [pack.mouth.drawing(name) for name in names]
    if _of_pixels(pack, files):
        mixed = [i for i, n in enumerate(names) if n not in (pack.mouth.smile, pack.mouth.frown)]
        weights, keys = pixels.choices(files, [(a, b) for a in mixed for b in mixed if a < b])
        shut = names.index("sil")
        sides = [i for i in range(len(names)) if i not in mixed]
        for side in sides:
            if files[side] == files[shut]:
                keys[side] = 0
        bank = _faded(pack, files, weights, keys, scale)
        # smile and frown come on top of a shut mouth, they do not take its place
        bank.places[weights[:, sides].any(axis=1)] += keys[shut]
        return bank
    alias = pack.mouth.alias
    mouth = _morph(
        pack, pack.mouth.folder, "", {n: alias.get(n, n) for n in names}, alias.get("sil", "sil")
    )
    keys = plane(mouth)
    samples, lasting = mouth_samples(pack)
    chosen, _ = cover(samples, keys, MOUTH_TOLERANCE, MOUTH_PICTURES, lasting)
    return _bank(mouth, samples[chosen], keys, scale, _span(tell, 0.2, 1.0))


def _bake_brow(pack: Pack, scale: float, tell: Tell) -> Bank:
    brows = pack.brows
    files = [f"{brows.folder}/{key}.svg" for key in (brows.base, brows.angle, brows.form)]
    if _of_pixels(pack, files):
        return _pixel_brow(pack, files, scale)
    brow = _morph(pack, brows.folder, "", {n: n for n in (brows.angle, brows.form)}, brows.base)
    keys = plane(brow)
    grid = np.array(
        [(a, f) for a in np.linspace(-1, 1, 17) for f in np.linspace(-1, 1, 13)], np.float32
    )
    chosen, _ = cover(grid, keys, BROW_TOLERANCE, BROW_PICTURES)
    return _bank(brow, grid[chosen], keys, scale, tell)


def _of_pixels(pack: Pack, files: list[str]) -> bool:
    return any(pack.file(name).endswith(".png") for name in files)


def _faded(
    pack: Pack,
    files: list[str],
    weights: npt.NDArray[np.float32],
    keys: npt.NDArray[np.float32],
    scale: float,
) -> Bank:
    """The bank of keys that are pixels, cross-faded with `weights` (n, keys)."""
    drawn = {name: drawing(pack, name, scale) for name in dict.fromkeys(files)}
    images, x, y = _aligned(list(drawn.values()), scale)
    by_name = dict(zip(drawn, images, strict=True))
    keyed = [by_name[name] for name in files]
    stack = np.stack([pixels.faded(keyed, w) for w in weights])
    return Bank(stack, weights[:, : len(keys)] @ keys, keys, x, y)


def _pixel_brow(pack: Pack, files: list[str], scale: float) -> Bank:
    """One drawing is bent; several are keys to switch between."""
    if len({pack.file(name) for name in files}) > 1:
        weights = np.array([(1, 0, 0), (0.5, 0.5, 0), (0, 1, 0), (0, 0, 1)], np.float32)
        bank = _faded(pack, files, weights, np.zeros((3, 2), np.float32), scale)
        return replace(bank, places=weights[:, 1:], keys=np.eye(2, dtype=np.float32))
    brow = drawing(pack, files[0], scale)
    room = round(brow.image.shape[1] * 0.22) + 2
    image = cv2.copyMakeBorder(brow.image, room, room, 0, 0, cv2.BORDER_CONSTANT, value=0)
    grid = np.array(
        [(a, f) for a in np.linspace(-1, 1, 9) for f in np.linspace(-1, 1, 7)], np.float32
    )
    keys = pixels.brow_keys(brow.image.shape[1])
    images = np.stack([pixels.bent_brow(image, float(a), float(f)) for a, f in grid])
    return Bank(images, grid @ keys, keys, brow.x, brow.y - room / scale)


def _aligned(parts: list[Sprite], scale: float) -> tuple[list[Image], float, float]:
    """Pictures of one scale on one ground: all of the same shape, and its corner."""
    drawn = [p for p in parts if p.image[..., 3].any()] or parts[:1]
    left, top = min(p.x for p in drawn), min(p.y for p in drawn)
    right = max(round((p.x - left) * scale) + p.image.shape[1] for p in drawn)
    bottom = max(round((p.y - top) * scale) + p.image.shape[0] for p in drawn)
    out = []
    for part in parts:
        ground = np.zeros((bottom, right, 4), np.uint8)
        if part.image[..., 3].any():
            x, y = round((part.x - left) * scale), round((part.y - top) * scale)
            height, width = part.image.shape[:2]
            ground[y : y + height, x : x + width] = part.image
        out.append(ground)
    return out, left, top


SMILES = (0, -0.5, 0.3, 0.6, 0.9)
"""How much of a smile speech is drawn with."""


def mouth_samples(pack: Pack) -> tuple[npt.NDArray[np.float32], int]:
    """Blends that speech and faces can reach, shape (n, keys), and how many come first that last.

    What lasts: every silent face, every viseme in each mood. Then pairs of visemes, opened less,
    smiled more or less; faces on their way to each other, into speech, and smiles that close.
    """
    names = mouth_keys(pack)
    smile, frown = names.index(pack.mouth.smile), names.index(pack.mouth.frown)
    eye = np.eye(len(names), dtype=np.float32)
    silent = [e.mouth or "sil" for e in pack.expressions.values()]
    asked = [e.smile for e in pack.expressions.values()]

    def mood(smiles: Iterable[float]) -> npt.NDArray[np.float32]:
        return np.array([eye[smile] * max(s, 0) + eye[frown] * max(-s, 0) for s in smiles])

    spoken = eye[: len(VISEMES)]
    faces = eye[[names.index(key) for key in silent]] + mood(asked)
    lasting = np.concatenate([faces, *(spoken + m for m in mood(SMILES))])
    pairs = np.array(
        [
            spoken[i] * t + spoken[j] * (1 - t)
            for i in range(len(spoken))
            for j in range(i)
            for t in ((0.2, 0.4, 0.6, 0.8) if j == 0 else (0.25, 0.5, 0.75))
        ]
    )
    changes = np.array([(a + b) / 2 for i, a in enumerate(faces) for b in faces[:i]])
    begins = [(face + spoken + m) / 2 for face, m in zip(faces, mood(asked), strict=True)]
    shut = [
        eye[names.index(key)] * t + eye[0] * (1 - t) + mood([face.smile])[0]
        for key, face in zip(silent, pack.expressions.values(), strict=True)
        for t in (0.25, 0.5, 0.75)
        if face.closes
    ]
    all_ = [lasting, *(pairs + m for m in mood(SMILES)), changes, *begins]
    all_ += [np.array(shut, np.float32)] if shut else []
    return np.concatenate(all_), len(lasting)


def _morph(pack: Pack, folder: str, prefix: str, keys: dict[str, str], base: str) -> Morph:
    texts = {name: pack.svg(f"{folder}/{prefix}{file}.svg") for name, file in keys.items()}
    return Morph(
        texts.get(base) or pack.svg(f"{folder}/{prefix}{base}.svg"), texts, f"{folder}/{prefix}"
    )


def _bank(
    morph: Morph,
    weights: npt.NDArray[np.float32],
    keys: npt.NDArray[np.float32],
    scale: float,
    tell: Tell,
) -> Bank:
    drawn = []
    for i, blend in enumerate(weights):
        tell(i / len(weights))
        drawn.append(raster(morph.svg(blend), scale))
    x, y, _, _ = view_box(morph.svg(weights[0]))
    images = np.stack(drawn)
    box = bounds(images[..., 3].max(axis=0), 2)
    images = np.ascontiguousarray(images[:, box[1] : box[3], box[0] : box[2]])
    return Bank(images, weights @ keys, keys, x + box[0] / scale, y + box[1] / scale)


def drawing(pack: Pack, name: str, scale: float) -> Sprite:
    """A drawing of the pack, SVG or PNG, without what is empty. Raises `BadInput`."""
    name = pack.file(name)
    if not name.endswith(".png"):
        return sprite(pack.svg(name), scale, name)
    x, y, width, height = pack.box(name)
    image = pixels.read(pack.folder / name, (width * scale, height * scale), name)
    return trimmed(image, x, y, scale)


def _write(folder: Path, atlas: Atlas) -> None:
    """Save under a temporary name, then rename: a cache is whole or not there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".baking-"))
    arrays: list[npt.NDArray[np.uint8]] = []
    sprites = {n: (s.image.shape, s.x, s.y) for n, s in atlas.sprites.items()}
    arrays += [s.image.ravel() for s in atlas.sprites.values()]
    banks = {n: (b.images.shape, b.x, b.y) for n, b in atlas.banks.items()}
    arrays += [b.images.ravel() for b in atlas.banks.values()]
    np.concatenate(arrays).tofile(temporary / "pixels.bin")
    tables = {f"{n}.{k}": getattr(b, k) for n, b in atlas.banks.items() for k in ("places", "keys")}
    np.savez(temporary / "tables.npz", **tables)
    index = {"scale": atlas.scale, "sprites": sprites, "banks": banks}
    (temporary / "index.json").write_text(json.dumps(index))
    try:
        temporary.rename(folder)
    except OSError:  # another process was faster, or a broken one is in the way
        shutil.rmtree(folder, ignore_errors=True)
        try:
            temporary.rename(folder)
        except OSError:
            shutil.rmtree(temporary, ignore_errors=True)
    old = sorted(
        (f for f in folder.parent.iterdir() if f.is_dir() and not f.name.startswith(".")),
        key=lambda f: f.stat().st_mtime,
    )
    for stale in old[:-CACHES_KEPT]:
        shutil.rmtree(stale, ignore_errors=True)


def _read(folder: Path) -> Atlas:
    """Raises OSError, ValueError or KeyError when there is no whole cache."""
    index = json.loads((folder / "index.json").read_text())
    data = np.fromfile(folder / "pixels.bin", np.uint8)
    at = 0

    def take(shape: list[int]) -> Image:
        nonlocal at
        size = int(np.prod(shape))
        at += size
        return data[at - size : at].reshape(shape)

    sprites = {n: Sprite(take(shape), x, y) for n, (shape, x, y) in index["sprites"].items()}
    with np.load(folder / "tables.npz") as tables:
        banks = {
            n: Bank(take(shape), tables[f"{n}.places"], tables[f"{n}.keys"], x, y)
            for n, (shape, x, y) in index["banks"].items()
        }
    os.utime(folder)
    return Atlas(index["scale"], sprites, banks)
