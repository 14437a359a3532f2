"""Draw every SVG of this idol again: python assets/idols/kai/draw/make.py"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[3] / "tools/art")]

import clothes
import figure.face as shared
import hair
import head
from figure import effects
from figure.drawn import write
from looks import LOOK

PARTS = {
    "hair_back": hair.part_hair_back,
    "torso": clothes.part_torso,
    "neck": head.part_neck,
    "rollneck": clothes.part_rollneck,
    "blazer": clothes.part_blazer,
    "shoulder_left": lambda: clothes.part_shoulder("L"),
    "shoulder_right": lambda: clothes.part_shoulder("R"),
    "ears": head.part_ears,
    "face": head.part_face,
    "nose": lambda: shared.part_nose(9),
    "blush": lambda: shared.part_blush(8),
    "tears": effects.part_tears,
    "sparkle_left": lambda: effects.part_sparkle(True),
    "sparkle_right": lambda: effects.part_sparkle(False),
    "hair_shadow": hair.part_hair_shadow,
    "glasses": head.part_glasses,
    "lock_left": lambda: hair.part_lock("L"),
    "lock_right": lambda: hair.part_lock("R"),
    "crown": hair.part_crown,
    "bangs": hair.part_bangs,
    "tuft": hair.part_tuft,
}

if __name__ == "__main__":
    arm = clothes.part_upperarm, clothes.part_forearm
    write(HERE.parent, PARTS, arm, LOOK, (360, 584))
