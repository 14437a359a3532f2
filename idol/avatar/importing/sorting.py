"""Which layer is what, and what is missing or odd about them."""

from __future__ import annotations

from collections import defaultdict

from idol.avatar.importing.layers import Drawn
from idol.avatar.importing.names import nearest
from idol.avatar.proof import Finding

CHANGING = ("mouth", "eyes", "brows", "limbs")
"""Roles whose layers are keys of one shape."""


class Sorted:
    """The layers by what they are, with what is missing or odd about them."""

    def __init__(self, layers: list[Drawn]) -> None:
        self.findings: list[Finding] = []
        self.order: list[Drawn] = []
        """Fixed layers and one of each shape that changes, back to front."""
        self.keys: dict[str, dict[str, list[Drawn]]] = {r: defaultdict(list) for r in CHANGING}
        self._sort(layers)
        self._need()

    def _sort(self, layers: list[Drawn]) -> None:
        for layer in layers:
            what = layer.what
            if what is not None and what.role in CHANGING:
                self.keys[what.role][what.key].append(layer)
                if not any(d.what and d.what.role == what.role for d in self.order):
                    self.order.append(layer)
                continue
            if layer.hidden:
                self._remark(layer.name, "is hidden: left out", "是隐藏图层，未导入")
                continue
            if what is None:
                like = nearest(layer.name)
                near, nah = (
                    (f" (did you mean {like!r}?)", f"（是不是“{like}”？）") if like else ("", "")
                )
                self._remark(
                    layer.name,
                    f"is no name that is known: it stays where it is drawn{near}",
                    f"不是已知的图层名：按所画位置保留{nah}",
                )
            self.order.append(layer)

    def _need(self) -> None:
        roles = {layer.what.role for layer in self.order if layer.what}
        if "face" not in roles:
            self._fault("face", "there is no layer called face", "缺少名为“脸”的图层")
        eyes, mouth = self.keys["eyes"], self.keys["mouth"]
        if not ({"lid", "white", "iris"} <= set(eyes) or "whole" in eyes):
            if "closed" in eyes or not eyes:
                self._fault(
                    "eye",
                    "no open eye: draw eye_white, iris and eyelash, or one eye in one piece",
                    "没有睁开的眼睛：请画 眼白、虹膜、睫毛，或整只 眼睛",
                )
            else:
                missing = sorted({"lid", "white", "iris"} - set(eyes))
                self._remark(
                    "eye",
                    f"has no {' and no '.join(missing)}: the gaze does not move",
                    f"缺少 {'、'.join(missing)}：眼神不会移动",
                )
        elif "closed" not in eyes:
            self._remark("eye_closed", "is not drawn: made of the open eye", "没有画：由睁眼生成")
        if not {"aa", "laugh", "oh", "E", "ih", "ou", "gasp"} & set(mouth):
            self._fault(
                "mouth_a",
                "no open mouth: draw at least mouth_closed and mouth_a",
                "没有张开的嘴：至少要画 嘴_闭 和 嘴_啊",
            )
        limbs = self.keys["limbs"]
        if limbs and not {"upper", "lower"} <= set(limbs):
            lacking = "arm_upper" if "upper" not in limbs else "arm_lower"
            self._fault(
                lacking,
                "is missing: a moving arm needs arm_upper and arm_lower (or call all of it arms)",
                "缺少：会动的手臂需要 上臂 和 小臂（不动的请整体叫 手臂）",
            )
        if "level" not in self.keys["brows"]:
            self._remark("brow", "is not drawn: a face without brows says less", "没有画眉毛")

    def _remark(self, layer: str, en: str, zh: str) -> None:
        self.findings.append(Finding(en, zh, layer, serious=False))

    def _fault(self, layer: str, en: str, zh: str) -> None:
        self.findings.append(Finding(en, zh, layer))

    @property
    def good(self) -> bool:
        return not any(f.serious for f in self.findings)
