"""What lies over the picture: always labelled, inside the safe area, true to the moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idol.avatar.overlay import Overlay, captions, card_rect, text
from idol.avatar.overlay.layout import layout
from idol.avatar.overlay.paint import Sprite, over, read_picture
from idol.clock import SAMPLE_RATE
from idol.model import CardView, Scene
from idol.ports import Moment, MouthKey

PORTRAIT, LANDSCAPE = (720, 1280), (1280, 720)
CARD = CardView(1, "云步轻跑外套", "¥199", was="¥269", stock="剩 8 件")
CAPTION = "先看一号链接，云步轻跑外套，原价二百六十九，今天直播间只要¥199！跑步通勤都能穿。"


def at(seconds: float, **changes: object) -> Moment:
    base = Moment(
        pts=round(seconds * SAMPLE_RATE),
        scene=Scene(cards=(CARD,), ai_label="AI 虚拟主播"),
        mouth=MouthKey("sil", "sil", 0),
        wall=1000.0,
    )
    return replace(base, **changes)


def blank(size: tuple[int, int]) -> np.ndarray:
    frame = np.full((size[1], size[0], 4), 90, np.uint8)
    frame[..., 3] = 255
    return frame


def drawn(overlay: Overlay, moment: Moment) -> np.ndarray:
    frame = blank(overlay.size)
    overlay.draw(frame, moment)
    return frame


def changed(frame: np.ndarray) -> np.ndarray:
    """Where something was drawn, as a mask."""
    return (frame[..., :3] != 90).any(-1)


def part(frame: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    x, y, w, h = card_rect(size)
    return frame[y : y + h, x : x + w]


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE])
def test_the_ai_label_cannot_be_switched_off(size):
    x, y = layout(size).label

    def shown(label: str) -> np.ndarray:
        scene = Scene(ai_label=label, captions=False)
        return drawn(Overlay(size), at(1, scene=scene))[y : y + 40, x : x + 240]

    plain = shown("AI")
    assert changed(plain)[:, :60].mean() > 0.8
    assert all(np.array_equal(shown(label), plain) for label in ("", "   ", "🤖", "\n"))
    assert changed(shown("AI 虚拟主播")).sum() > changed(plain).sum()


def test_phone_controls_never_cover_what_matters():
    scene = Scene(cards=(CARD,), sponsor_label="广告", ai_label="AI 虚拟主播")
    moment = at(9, scene=scene, card=1, caption=CAPTION, caption_chars=3)
    mask = changed(drawn(Overlay(PORTRAIT), moment))
    assert not mask[:120].any() and not mask[-230:].any() and not mask[:, -90:].any()
    assert not mask[:, :50].any()  # a tall phone crops the sides; only a shadow reaches here


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE, (360, 640), (1080, 1920), (540, 540)])
def test_the_frame_stays_opaque_and_the_card_inside_it(size):
    moment = at(9, card=1, caption=CAPTION, caption_chars=3)
    frame = drawn(Overlay(size), moment)
    x, y, w, h = card_rect(size)
    assert x >= 0 and y >= 0 and x + w <= size[0] and y + h <= size[1]
    assert (frame[..., 3] >= 253).all()
    assert changed(part(frame, size)).mean() > 0.9


def test_the_card_slides_in_and_slips_away():
    overlay = Overlay(PORTRAIT)
    start = at(10, card=1, card_pts=10 * SAMPLE_RATE)
    cover = [changed(part(drawn(overlay, start), PORTRAIT)).mean()]
    for seconds in (10.2, 10.6):
        moment = replace(start, pts=round(seconds * SAMPLE_RATE))
        cover.append(changed(part(drawn(overlay, moment), PORTRAIT)).mean())
    assert cover[0] < cover[1] and cover[2] > 0.9
    drawn(overlay, at(11))
    assert changed(part(drawn(overlay, at(12)), PORTRAIT)).mean() == 0


def test_the_old_price_stands_until_the_flip():
    overlay = Overlay(PORTRAIT)
    flip = 20 * SAMPLE_RATE
    before, still, turning, after, later = (
        part(drawn(overlay, at(s, card=1, price_flip_pts=f)), PORTRAIT)
        for s, f in ((18, -1), (19, flip), (20.2, flip), (21, flip), (25, flip))
    )
    assert np.array_equal(before, still) and np.array_equal(after, later)
    assert not np.array_equal(before, after) and not np.array_equal(turning, after)
    plain = replace(CARD, price=CARD.was, was="")
    same = drawn(Overlay(PORTRAIT), at(18, card=1, scene=Scene(cards=(plain,))))
    assert np.array_equal(before, part(same, PORTRAIT))


def test_sold_out_is_stamped_by_state_or_by_its_moment():
    overlay = Overlay(PORTRAIT)
    live = part(drawn(overlay, at(9, card=1)), PORTRAIT)
    early = part(drawn(overlay, at(9, card=1, sold_out_pts=30 * SAMPLE_RATE)), PORTRAIT)
    fallen = part(drawn(overlay, at(31, card=1, sold_out_pts=30 * SAMPLE_RATE)), PORTRAIT)
    gone = Scene(cards=(replace(CARD, state="sold_out"),))
    state = part(drawn(overlay, at(9, card=1, scene=gone)), PORTRAIT)
    assert np.array_equal(live, early)
    middle = (slice(90, 130), slice(110, 190))
    assert not np.array_equal(live[middle], fallen[middle])
    above = (slice(58, 70), slice(140, 160))  # of the price, which is dim in one of them
    assert np.array_equal(fallen[above], state[above])


def test_the_countdown_counts_and_ends():
    scene = Scene(cards=(replace(CARD, deadline=1010.0),))
    overlay = Overlay(PORTRAIT)

    def foot(wall: float) -> bytes:
        frame = drawn(overlay, at(9, card=1, scene=scene, wall=wall))
        return part(frame, PORTRAIT)[-40:].tobytes()

    assert foot(1000.2) == foot(1000.9) != foot(1001.2)
    assert foot(1010.0) == foot(1500.0)


def test_captions_whiten_as_they_are_heard_and_turn_the_page():
    overlay = Overlay(PORTRAIT)
    x, y, w, h = layout(PORTRAIT).captions
    moment = at(3, caption=CAPTION)
    white = []
    for chars in (0, 6, 12):
        for _ in range(30):
            frame = drawn(overlay, replace(moment, caption_chars=chars))
        white.append(int((frame[y : y + h, x : x + w, :3].min(-1) > 225).sum()))
    assert white[0] < white[1] < white[2]
    starts = captions.split(CAPTION, layout(PORTRAIT))
    assert starts[0] == 0 and len(starts) >= 2
    assert captions.page_of(starts, 0) == 0
    assert captions.page_of(starts, len(CAPTION)) == len(starts) - 1


@pytest.mark.parametrize("size", [PORTRAIT, LANDSCAPE])
def test_captions_come_and_go_softly(size):
    overlay, theme = Overlay(size), Scene(ai_label="AI 虚拟主播")
    x, y, w, h = layout(size).captions
    bare = drawn(overlay, at(2, scene=theme))[y : y + h, x : x + w].astype(int)

    def strength(frames: range, caption: str) -> list[float]:
        out = []
        for i in frames:
            frame = drawn(overlay, at(2 + i / 25, scene=theme, caption=caption, caption_chars=1))
            out.append(float(np.abs(frame[y : y + h, x : x + w] - bare).sum()))
        return out

    comes = strength(range(1, 6), "第一句。")
    assert 0.2 * comes[-1] < comes[0] < comes[1] < comes[2]  # seen at once, and then more
    assert comes[0] < 0.8 * comes[-1]
    assert abs(comes[3] - comes[-1]) < 0.02 * comes[-1]  # there after 120 ms
    goes = strength(range(6, 11), "")
    assert comes[-1] > goes[0] > goes[1] > goes[2]
    assert goes[0] > 0.2 * comes[-1] and goes[3:] == [0, 0]


@pytest.mark.parametrize("caption", ["😀🔥", " ", "\n\n", "谢谢😀大家", "x" * 300, "哈" * 400])
def test_no_caption_can_stop_the_show(caption):
    for size in (PORTRAIT, LANDSCAPE):
        drawn(Overlay(size), at(1, caption=caption, caption_chars=len(caption)))


def test_captions_can_be_switched_off():
    quiet = Scene(captions=False, ai_label="AI 虚拟主播")
    x, y, w, h = layout(PORTRAIT).captions
    frame = drawn(Overlay(PORTRAIT), at(1, scene=quiet, caption=CAPTION))
    assert not changed(frame[y : y + h, x : x + w]).any()


def test_a_buyer_is_celebrated_for_some_seconds_and_again_by_name():
    overlay = Overlay(PORTRAIT)
    resting = changed(drawn(overlay, at(1))).sum()
    thanks = Scene(cards=(CARD,), ai_label="AI 虚拟主播", thanks="小鹿🦌")
    drawn(overlay, at(2, scene=thanks))
    assert changed(drawn(overlay, at(3, scene=thanks))).sum() > resting + 5000
    assert changed(drawn(overlay, at(9, scene=thanks))).sum() == resting
    drawn(overlay, at(10, scene=replace(thanks, thanks="Mia")))
    assert changed(drawn(overlay, at(11, scene=replace(thanks, thanks="Mia")))).sum() > resting


def test_the_same_moments_give_the_same_pixels():
    scene = Scene(cards=(CARD,), thanks="小鹿")
    moments = [at(2 + i / 5, scene=scene, card=1, caption=CAPTION) for i in range(6)]
    one, two = Overlay(PORTRAIT), Overlay(PORTRAIT)
    assert all(np.array_equal(drawn(one, m), drawn(two, m)) for m in moments)


def test_steady_frames_paint_nothing_anew(monkeypatch):
    overlay = Overlay(PORTRAIT)
    moment = at(9, card=1, caption=CAPTION, caption_chars=30)
    for _ in range(40):
        drawn(overlay, moment)
    monkeypatch.setattr("idol.avatar.overlay.text.glyphs", None)  # painting would fail now
    drawn(overlay, moment)


@pytest.mark.parametrize("content", [None, b"", b"not a picture", b"\x89PNG\r\n\x1a\n12"])
def test_a_bad_picture_leaves_a_card_without_one(tmp_path: Path, content):
    file = tmp_path / "p.png"
    if content is not None:
        file.write_bytes(content)
    assert read_picture(str(file), 100) is None
    scene = Scene(cards=(replace(CARD, picture=str(file)),))
    assert changed(part(drawn(Overlay(PORTRAIT), at(9, card=1, scene=scene)), PORTRAIT)).any()


def test_a_picture_is_trimmed_premultiplied_and_fitted(tmp_path: Path):
    image = np.zeros((900, 700, 4), np.uint8)
    image[100:500, 200:400] = (200, 100, 50, 128)
    cv2.imwrite(str(tmp_path / "p.png"), image)
    fitted = read_picture(str(tmp_path / "p.png"), 100)
    assert fitted is not None and fitted.shape == (100, 50, 4)
    assert np.abs(fitted[50, 25].astype(int) - (100, 50, 25, 128)).max() <= 1


def test_an_unknown_card_shows_nothing():
    assert not changed(part(drawn(Overlay(PORTRAIT), at(9, card=77)), PORTRAIT)).any()


@given(
    x=st.integers(-40, 40), y=st.integers(-40, 40), opacity=st.floats(0, 1), seed=st.integers(0, 99)
)
def test_over_is_the_premultiplied_over(x, y, opacity, seed):
    chance = np.random.default_rng(seed)
    source = chance.integers(0, 256, (20, 30, 4), np.uint8)
    source[..., :3] = source[..., :3].astype(int) * source[..., 3:4] // 255
    frame = blank((32, 24))
    expected = frame.astype(float)
    for row in range(24):
        for column in range(32):
            if 0 <= row - y < 20 and 0 <= column - x < 30:
                top = source[row - y, column - x] * opacity
                expected[row, column] = top + expected[row, column] * (1 - top[3] / 255)
    over(frame, Sprite(source), x, y, opacity=opacity)
    assert np.abs(frame - expected).max() <= 3


WORDS = st.text(
    st.sampled_from("云步轻跑外套今天直播间，。！？《》“”（）abc DEF 199.00元¥ 2 cm-"), max_size=120
)


@settings(max_examples=150, deadline=None)
@given(words=WORDS)
def test_lines_cover_the_text_fit_and_keep_chinese_manners(words):
    lines = text.break_lines(words, 32, 400)
    assert "".join(words[a:b] for a, b in lines) == words
    for n, (start, end) in enumerate(lines):
        inner = [i for i in range(start + 1, end) if text.breakable(words, i)]
        assert text.width(words[start:end].rstrip(), 32) <= 400 or not inner
        if n:
            assert words[start] not in "，。！？》”）,.!?" and words[start - 1] not in "《“（¥"


def test_numbers_stay_with_their_units():
    assert not text.breakable("1号链接", 1)
    assert not text.breakable("只要199元", 5)
    assert not text.breakable("130 cm wide", 4)
    assert text.breakable("130 cm wide", 7) and text.breakable("今天直播", 2)


@given(st.text(max_size=60))
def test_drawable_keeps_places(words):
    clean, source = text.drawable(words)
    assert [words[i] for i in source] == list(clean)
    assert list(source) == sorted(set(source))
