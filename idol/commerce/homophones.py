"""Names of colours and things written by their sound: "wulan" and 雾兰 for 雾蓝. Pure.

Whoever types Chinese types pinyin first, so slips of the input method, and orders sent before
the characters were chosen, sound like what was meant. Only names of this catalogue of two or
more syllables are looked for: one syllable means too many things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import lazy_pinyin

_UNIT = re.compile(r"[\u3400-\u9fff]|[a-z]+|.", re.DOTALL)
_HAN = re.compile(r"[\u3400-\u9fff]")
_USUAL = frozenset("的了太送要有无我你他她就都也还最很真好不没来给拿这那是又再会能想买")
"""Words that are more likely themselves than a slip: 送绿色的 is no 松绿."""


class Homophones:
    """The names of one catalogue by their sound."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, str] = {}
        for name in names:
            if len(name) > 1 and all(map(_HAN.match, name)):
                self._names.setdefault("".join(_sound(char) for char in name), name)
        self._longest = max(map(len, self._names.values()), default=0)

    def respell(self, line: str) -> str:
        """The line with each name that is spelt by its sound in its own characters."""
        if not self._names:
            return line
        units: list[str] = _UNIT.findall(line)
        sounds = [_sound(unit) if _HAN.match(unit) else unit for unit in units]
        place, out = 0, []
        while place < len(units):
            taken = self._at(units, sounds, place)
            out.append(taken[0] if taken else units[place])
            place += taken[1] if taken else 1
        return "".join(out)

    def _at(self, units: list[str], sounds: list[str], place: int) -> tuple[str, int] | None:
        """The longest name that begins here, and how many units it takes."""
        for length in range(min(2 * self._longest, len(units) - place), 0, -1):
            said = units[place : place + length]
            if length > 1 and said[0] == " ":
                return None
            name = self._names.get("".join(sounds[place : place + length]).replace(" ", ""))
            if name and "".join(said) != name and _likely(said, name):
                return name, length
        return None


def _likely(said: list[str], name: str) -> bool:
    """Whether these units are a slip of the name: all in letters, or most of its characters, and
    none of the others a usual word."""
    written = [unit for unit in said if _HAN.match(unit)]
    if not written:
        return True
    wrong = [char for char in written if char not in name]
    letters = len(written) < len([unit for unit in said if unit != " "])
    return not any(char in _USUAL for char in wrong) and (letters or len(wrong) < len(name))


@lru_cache(maxsize=4096)
def _sound(char: str) -> str:
    """Pinyin without tone, as it is typed: 绿 is lv."""
    return lazy_pinyin(char)[0].replace("ü", "v")
