"""Draw every SVG of this idol again: python assets/idols/aira/draw/make.py"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[3] / "tools/art")]

import clothes
import face
import figure.face as shared
import hair
from figure import effects
from figure.drawn import write
from looks import LOOK

PARTS = {
    "hair_back": (hair.part_hair_back, (190, 500, 340, 280)),
    "hair_left": hair.part_hair_left,
    "hair_right": hair.part_hair_right,
    "torso": clothes.part_torso,
    "neck": face.part_neck,
    "jacket": clothes.part_cardigan,
    "shoulder_left": lambda: clothes.part_shoulder("L"),
    "shoulder_right": lambda: clothes.part_shoulder("R"),
    "collar_bow": clothes.part_collarbow,
    "face": face.part_face,
    "nose": shared.part_nose,
    "blush": shared.part_blush,
    "tears": effects.part_tears,
    "sparkle_left": lambda: effects.part_sparkle(True),
    "sparkle_right": lambda: effects.part_sparkle(False),
    "hair_shadow": hair.part_hair_shadow,
    "lock_left": hair.part_lock_left,
    "lock_right": hair.part_lock_right,
    "crown": hair.part_crown,
    "headband": clothes.part_headband,
    "bangs": hair.part_bangs,
    "ahoge": hair.part_ahoge,
    "hair_bow": clothes.part_hairbow,
    "headset": clothes.part_headset,
}

if __name__ == "__main__":
    write(HERE.parent, PARTS, (clothes.part_upperarm, clothes.part_forearm), LOOK)
