"""Everything that lies over her in the picture, drawn from `ports.Moment`.

The product card, captions, the AI label, the sponsor's label and the thanks to a buyer. Parts
are painted once, kept as sprites while their content stays, and laid over each frame.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast
from zlib import crc32

from idol.avatar.overlay import captions, card, labels, text, thanks
from idol.avatar.overlay.layout import card_rect, layout
from idol.avatar.overlay.paint import Pixels, Sprite, over, scaled
from idol.clock import SAMPLE_RATE
from idol.model import CardView, Theme
from idol.ports import Moment

__all__ = ["Overlay", "card_rect"]

T = TypeVar("T")

_SLIDE = 0.45
_FLIP = 0.5
_THUMP = 0.32
_RISE = 10
"""How far below its place a caption begins."""
_KEPT = 96


class Overlay:
    """Draws over frames of one size.

    Shape and colours: frames are uint8 (h, w, 4), BGRA, premultiplied, as `size` (w, h) says.
    The same moments in the same order give the same pixels.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self._at = layout(size)
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._confetti = thanks.Confetti(self._at)
        text.width("爱", 1)  # unpacks the font now, not in the first frame
        self._thanked = ""
        """The name in the last scene; a new one starts a celebration."""
        self._celebrated = ""
        self._thrown: tuple[int, list[thanks.Piece]] | None = None
        self._heard = ("", 0.0)
        self._words = captions.Fade()
        self._shown: CardView | None = None
        self._hidden_pts = -1

    def draw(self, frame: Pixels, moment: Moment) -> None:
        """Draw everything for one moment into `frame`, in place."""
        if moment.scene.theme != self._at.theme:
            self._dress(moment.scene.theme)
        made = len(self._kept)
        self._labels(frame, moment)
        self._card(frame, moment)
        self._captions(frame, moment)
        self._thanks(frame, moment)
        if len(self._kept) == made:
            self._prepare(moment)

    def _dress(self, theme: Theme) -> None:
        """Everything is painted again in another theme."""
        self._at = layout(self.size, theme)
        self._kept.clear()
        self._words = captions.Fade()
        self._confetti = thanks.Confetti(self._at)

    # ---- the card

    def _card(self, frame: Pixels, moment: Moment) -> None:
        view = next((c for c in moment.scene.cards if c.listing == moment.card), None)
        if view is None:
            self._leave(frame, moment)
            return
        self._shown, self._hidden_pts = view, -1
        t = _since(moment.card_pts, moment.pts)
        slide = _settle(t / _SLIDE)
        x, y, w, _ = self._at.card
        x -= round((1 - slide) * (w + x) * 0.6)
        self._whole(frame, moment, view, x, y, min(1.0, max(0.0, t / (_SLIDE * 0.6))))

    def _leave(self, frame: Pixels, moment: Moment) -> None:
        """Let the card that was on show fade and slip away."""
        if self._shown is None:
            return
        if self._hidden_pts < 0:
            self._hidden_pts = moment.pts
        gone = _since(self._hidden_pts, moment.pts) / 0.25
        if not 0 <= gone < 1:
            self._shown = None
            return
        x, y, w, _ = self._at.card
        self._whole(frame, moment, self._shown, x - round(gone**2 * w * 0.3), y, 1 - gone)

    def _whole(
        self, frame: Pixels, moment: Moment, view: CardView, x: int, y: int, opacity: float
    ) -> None:
        px, language = self._at.px, moment.scene.language
        m = px(card.MARGIN)
        over(frame, self._base(view, moment), x - m, y - m, opacity=opacity)
        low = y + self._at.card[3]
        self._price(frame, moment, view, x + px(14) - px(card.GLOW), low - px(95), opacity)
        left = math.ceil(view.deadline - moment.wall) if view.deadline and moment.wall else 0
        foot = self._keep(
            ("foot", view.state, view.stock, max(0, left), language),
            lambda: card.foot(view, left, language, self._at),
        )
        over(frame, foot, x + px(14), low - px(39), opacity=opacity)
        if view.state == "sold_out" or 0 <= moment.sold_out_pts <= moment.pts:
            self._stamp(frame, moment, x, y, opacity)

    def _base(self, view: CardView, moment: Moment) -> Sprite:
        language = moment.scene.language
        key = ("card", view.listing, view.title, view.sponsor, language)
        return self._keep(key, lambda: card.base(view, language, self._at))

    def _price(
        self, frame: Pixels, moment: Moment, view: CardView, x: int, y: int, opacity: float
    ) -> None:
        """The price before its flip, the flip itself, and the price after it."""
        flipped = _since(moment.price_flip_pts, moment.pts) if moment.price_flip_pts >= 0 else -1
        dim = view.state == "sold_out"
        after = self._price_row(view.price, view.was, dim)
        if not view.was or dim or flipped >= _FLIP:
            over(frame, after, x, y, opacity=opacity)
        elif flipped < 0:
            over(frame, self._price_row(view.was, "", False), x, y, opacity=opacity)
        else:
            turn = flipped / _FLIP
            row = self._price_row(view.was, "", False) if turn < 0.4 else after
            # Half a turn about the row's middle; the new price springs out a little too far.
            open_ = 1 - turn / 0.4 if turn < 0.4 else _spring((turn - 0.4) / 0.6)
            half = scaled(row, 1.0, max(0.04, open_))
            over(frame, half, x, y + (row.height - half.height) // 2, opacity=opacity)

    def _price_row(self, now: str, was: str, dim: bool) -> Sprite:
        return self._keep(("price", now, was, dim), lambda: card.price(now, was, self._at, dim))

    def _stamp(self, frame: Pixels, moment: Moment, x: int, y: int, opacity: float) -> None:
        stamp = self._stamp_for(moment)
        _, _, w, h = self._at.card
        t = _since(moment.sold_out_pts, moment.pts) / _THUMP if moment.sold_out_pts >= 0 else 1.0
        if 0 <= t < 1:
            # It falls on the card from above, large and faint, and lands hard.
            large = 1 + 1.5 * (1 - t) ** 2
            stamp, opacity = scaled(stamp, large, large), opacity * min(1.0, t * 1.6)
        over(
            frame,
            stamp,
            x + w // 2 - stamp.width // 2,
            y + h // 2 - stamp.height // 2,
            opacity=opacity,
        )

    def _stamp_for(self, moment: Moment) -> Sprite:
        language = moment.scene.language
        return self._keep(("stamp", language), lambda: card.stamp(language, self._at))

    # ---- words

    def _captions(self, frame: Pixels, moment: Moment) -> None:
        caption = moment.caption if moment.scene.captions else ""
        # The edge follows the marks softly, so that white flows rather than jumps.
        before = self._heard[1] if self._heard[0] == caption else 0.0
        heard = before + (moment.caption_chars - before) * 0.4
        if moment.caption_chars - heard < 0.05:
            heard = float(moment.caption_chars)
        self._heard = (caption, heard)
        starts = self._split(caption) if caption else ()
        shown = None
        if starts:
            shown = self._page(caption, captions.page_of(starts, moment.caption_chars))
        self._words.draw(frame, shown, heard, moment.pts, self._at.px(_RISE))

    def _split(self, caption: str) -> tuple[int, ...]:
        return self._keep(("split", caption), lambda: captions.split(caption, self._at))

    def _page(self, caption: str, index: int) -> captions.Page:
        key = ("page", caption, index)
        return self._keep(key, lambda: captions.page(caption, index, self._at))

    def _labels(self, frame: Pixels, moment: Moment) -> None:
        x, y = self._at.label
        says = text.drawable(moment.scene.ai_label)[0].strip() or "AI"
        label = self._keep(("ai", says), lambda: labels.ai(says, self._at))
        over(frame, label, x, y)
        sponsor = text.drawable(moment.scene.sponsor_label)[0].strip()
        if sponsor:
            below = self._keep(("sponsor", sponsor), lambda: labels.sponsor(sponsor, self._at))
            over(frame, below, x, y + label.height + self._at.px(8))

    # ---- thanks

    def _thanks(self, frame: Pixels, moment: Moment) -> None:
        name = moment.scene.thanks
        if name != self._thanked:
            self._thanked = name
            if name:
                seed = crc32(f"{name} {moment.pts}".encode())
                self._thrown = (moment.pts, self._confetti.throw(seed))
                self._celebrated = name
        if self._thrown is None:
            return
        t = _since(self._thrown[0], moment.pts)
        if not 0 <= t < thanks.SECONDS:
            self._thrown = None
            return
        language, who = moment.scene.language, self._celebrated
        self._confetti.draw(frame, self._thrown[1], t)
        banner = self._keep(
            ("banner", who, language), lambda: thanks.banner(who, language, self._at)
        )
        come = _spring(min(1.0, t / 0.5))
        fade = min(1.0, t / 0.2, (thanks.SECONDS - t) / 0.5)
        x = max(self._at.banner[0] - banner.width // 2, self._at.label[0] // 2)
        y = self._at.banner[1] - banner.height // 2
        over(frame, banner, x, y + round((1 - come) * self._at.px(40)), opacity=fade)

    # ---- keeping

    def _keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for `key`, made now if need be; the longest unused is let go."""
        if key in self._kept:
            self._kept.move_to_end(key)
        else:
            self._kept[key] = make()
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return cast(T, self._kept[key])

    def _prepare(self, moment: Moment) -> None:
        """In a frame with time to spare paint one thing that will be needed soon."""
        if moment.caption and moment.scene.captions:
            starts = self._split(moment.caption)
            following = captions.page_of(starts, moment.caption_chars) + 1
            if following < len(starts):
                self._page(moment.caption, following)
        self._stamp_for(moment)
        for view in moment.scene.cards:
            self._base(view, moment)
            self._price_row(view.price, view.was, view.state == "sold_out")
            if view.was:
                self._price_row(view.was, "", False)


def _since(start: int, now: int) -> float:
    return (now - start) / SAMPLE_RATE


def _settle(t: float) -> float:
    """Ease out: fast at first, 0 to 1."""
    return 1 - (1 - min(1.0, max(0.0, t))) ** 3


def _spring(t: float) -> float:
    """0 to 1 with one small overshoot."""
    t = min(1.0, max(0.0, t))
    return 1 - math.exp(-6 * t) * math.cos(7.5 * t) if t < 1 else 1.0
