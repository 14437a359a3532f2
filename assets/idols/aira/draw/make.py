"""Draw every SVG of this idol again: python assets/idols/aira/draw/make.py"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import clothes
import face
import features
import hair
import hands

FULL = (-120, -60, 960, 1500)
LIMB = (-100, -300, 200, 400)


def main() -> None:
    """Write parts/, limbs/, eye/, brow/ and mouth/ beside this folder."""
    out = {}
    for name, part in {
        "hair_back": hair.part_hair_back(),
        "hair_left": hair.part_hair_sideback("L"),
        "hair_right": hair.part_hair_sideback("R"),
        "torso": clothes.part_torso(),
        "neck": face.part_neck(),
        "jacket": clothes.part_jacket(),
        "shoulder_left": clothes.part_shoulder("L"),
        "shoulder_right": clothes.part_shoulder("R"),
        "pins": clothes.part_pins(),
        "collar_bow": clothes.part_collarbow(),
        "face": face.part_face(),
        "nose": face.part_nose(),
        "blush": face.part_blush(),
        "hair_shadow": hair.part_hairshadow(),
        "lock_left": hair.part_sidelock("L"),
        "lock_right": hair.part_sidelock("R"),
        "crown": hair.part_crown(),
        "bangs": hair.part_bangs(),
        "ahoge": hair.part_ahoge(),
        "hair_bow": clothes.part_hairbow(),
        "headset": clothes.part_headset(),
    }.items():
        # of the hair behind her neck only what shows between face, locks and collar is drawn
        out[f"parts/{name}.svg"] = part.svg((190, 500, 340, 290) if name == "hair_back" else FULL)
    out["limbs/upperarm.svg"] = hands.part_upperarm().svg(LIMB)
    out["limbs/forearm.svg"] = hands.part_forearm().svg(LIMB)
    for name, draw in hands.HANDS.items():
        out[f"limbs/hand_{name}.svg"] = draw().svg((-90, -150, 180, 180))
    x, y = features.EC["R"]
    box = (x - 72, y - 76, 144, 140)
    for key in features.UP:
        out[f"eye/white_{key}.svg"] = features.part_eyewhite("R", key).svg(box)
        out[f"eye/lid_{key}.svg"] = features.part_lid("R", key).svg(box)
    for style in ("normal", "star", "heart"):
        out[f"eye/iris_{style}.svg"] = features.part_iris("R", style).svg((x - 42, y - 44, 80, 96))
    for name, (angle, form) in {"level": (0, 0), "raised_inside": (1, 0), "arched": (0, 1)}.items():
        out[f"brow/{name}.svg"] = features.part_brow("R", angle, form).svg(
            (x - 60, y - 110, 130, 80)
        )
    for key in features.MOUTHS:
        out[f"mouth/{key}.svg"] = features.part_mouth(key).svg((304, 536, 112, 90))
    for name, svg in out.items():
        path = HERE.parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(svg + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
