"""The guard: what is true passes, what is not never reaches the voice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idol.dialogue.guard import Guard
from idol.dialogue.persona import Persona
from idol.model import Cue, Language, Line, Source
from idol.testing.brain import sample_ledger, sample_listings

PERSONA = Persona(name={"zh": "爱蕾", "en": "Aira"})


def guard() -> Guard:
    return Guard(sample_listings(), sample_ledger(), PERSONA)


GUARD = guard()


def kept(
    text: str, listing: int | None = 1, source: Source = "script", language: Language | None = None
) -> str:
    language = language or ("en" if text.isascii() else "zh")
    verdict = GUARD.prove(Line(text, language, source, listing=listing))
    return verdict.line.text if verdict.ok else ""


TRUE = [
    "现在只要289元！",
    "原价359元，现在289元。",
    "今天289块，比平时省70元。",
    "只要二百八十九元。",
    "还剩128件。",
    "已经卖了57件啦。",
    "每人限购3件。",
    "三件一共867元。",
    "3件一共867元，每件289元。",
    "面料是92%再生聚酯纤维加8%氨纶。",
    "只有210克。",
    "48小时内从杭州发货。",
    "两天内发货，包邮。",
    "支持7天无理由退货。",
    "60公斤穿L码。",
    "M码适合50到58公斤。",
    "120斤选L码就行。",
    "不能烘干哦。",
    "有黑色和红色。",
    "一号链接，云步轻跑外套。",
    "扣1就能拍。",
    "欢迎大家，我们一起看看。",
    "今天一共有2款好物。",
    "黑色还剩90件。",
    "It's 289 yuan now, it was 359 yuan before.",
    "There are 128 left.",
    "We've sold 57 so far.",
    "three pieces come to 867 yuan in all.",
    "it weighs 210 grams",
    "it is 92% recycled polyester",
    "it leaves within two days",
    "Size L fits 60 kg.",
    "do not tumble dry",
    "It comes in black and red.",
    "you save 70 yuan today",
    "2号链接11月28日前发货。",
    "link 2 ships by November 28",
    "2号链接只要39.9元。",
    "2号链接，三十九块九。",
    "第2款容量350毫升。",
    "shipping is free",
]

FALSE = [
    # a right number in a wrong place
    "还剩210件。",
    "只有48克。",
    "原价289元。",
    "现在只要359元。",
    "128小时内发货。",
    "7天内发货。",
    "48小时无理由退货。",
    "已经卖了128件。",
    "还剩57件。",
    "每人限购7件。",
    "8%再生聚酯纤维。",
    "60公斤穿M码。",
    "3件一共289元。",
    "2件一共867元。",
    "2号链接289元。",
    "今天有92款好物。",
    "1号链接39.9元。",
    "11月28日发货。",
    "红色还剩90件。",
    "It's 359 yuan now.",
    "there are 57 left",
    "it weighs 48 grams",
    "you can return it within 2 days",
    # another currency, another unit, another way to write
    "只要289美元！",
    "only $289 today",
    "只要289日元",
    "二百九十九元",
    "一百块钱",
    "两百八",
    "八十九块九",
    "just two hundred yuan",
    "it is a hundred dollars",
    "ＸＸ只要１９９元",
    "¥288",
    "打八折",
    "半价",
    "只要321，",
    "只要三二一！",
    "百分之五十",
    "half price today",
    "50% off",
    "第二件半价",
    "少花七十一元",
    # claims that are not on the sheet
    "防水的哦。",
    "下雨也能穿。",
    "是真皮的。",
    "有绿色的。",
    "有三个口袋。",
    "可以烘干。",
    "送你一双袜子。",
    "保修一年。",
    "假一赔十。",
    "今天下单明天发货。",
    "会给你退款。",
    "透气又速干。",
    "进口面料。",
    "it is waterproof",
    "you can wear it in the rain",
    "made of genuine leather",
    "also in green",
    "you can tumble dry it",
    "free gift with every order",
    "we ship worldwide",
    "it ships tomorrow",
    "with a lifetime warranty",
    "it has four pockets",
    "I'll give you a discount",
    # what nobody may say
    "全网最低价！",
    "最好的外套。",
    "世界级品质。",
    "销量第一。",
    "百分百不掉色。",
    "保证不起球。",
    "可以治疗感冒。",
    "穿了能减肥。",
    "我是真人哦。",
    "比别家便宜。",
    "the best jacket in the world",
    "the cheapest you'll find",
    "guaranteed to last",
    "it cures back pain",
    "I'm a real human",
    "马上涨价了。",
    "顶级面料。",
    "加我微信。",
    "看 http://x.com",
    # polarity
    "不支持七天无理由退货。",
    "不包邮。",
    "面料不含氨纶。",
    "you cannot return it",
    "do tumble dry it",
    "没有货了，卖完了。",
    "已经售罄。",
    "it is sold out",
    # placeholders with no value
    "预售{ships_by}发货。",
    "价格是{cost}。",
]


@pytest.mark.parametrize("text", TRUE)
def test_truth_passes_word_for_word(text: str) -> None:
    assert kept(text) == text


@pytest.mark.parametrize("text", FALSE)
def test_falsehood_never_passes(text: str) -> None:
    said = kept(text)
    assert said != text
    assert not any(c.isdigit() for c in said), said


@pytest.mark.parametrize(
    "text",
    [
        "大家都有机会，一定要试试。",
        "千万别错过，我们一起倒数，三二一！",
        "感谢大家一直陪着我。",
        "第一次来的朋友扣1。",
        "有问题随时问我，我最喜欢回答问题了。",
        "feel free to ask me anything",
        "this is my favourite part of the show",
        "give it up for everyone who stayed with us",
    ],
)
def test_everyday_words_are_not_mistaken_for_claims(text: str) -> None:
    assert kept(text, None) == text


def test_only_the_false_clause_is_dropped_and_the_reason_is_given() -> None:
    verdict = GUARD.prove(Line("大家好，这件防水，只要289元！", "zh", "script", listing=1))
    assert verdict.ok and verdict.line.text == "大家好，只要289元！"
    assert len(verdict.reasons) == 1 and "防水" in verdict.reasons[0]


def test_cues_move_with_the_words_they_stand_at() -> None:
    text = "大家好，这件防水，只要289元！"
    price, wave = text.index("只要"), text.index("这件")
    cues = (Cue("gesture", wave, "wave"), Cue("price", price, "1"))
    line = GUARD.prove(Line(text, "zh", "script", cues=cues, listing=1)).line
    assert [c.at for c in line.cues] == [4, 4]
    assert line.text[line.cues[1].at :] == "只要289元！"


def test_placeholders_are_filled_and_cues_follow() -> None:
    text = "原价{was}，直播间{price}！"
    line = Line(text, "zh", "script", cues=(Cue("price", text.index("直播"), "1"),), listing=1)
    proved = GUARD.prove(line)
    assert proved.line.text == "原价359元，直播间289元！" and not proved.reasons
    assert proved.line.text[proved.line.cues[0].at :] == "直播间289元！"


def test_numbers_follow_the_ledger() -> None:
    ledger = sample_ledger()
    own = Guard(sample_listings(), ledger, PERSONA)
    line = Line("还剩128件。", "zh", "script", listing=1)
    assert own.prove(line).ok
    quote = ledger.quotes[1]
    first = replace(quote.variants[0], on_hand=quote.variants[0].on_hand - 1)
    ledger.quotes[1] = replace(quote, variants=(first, *quote.variants[1:]))
    assert not own.prove(line).ok


def test_an_orders_own_words_are_true_when_given() -> None:
    line = Line("谢谢小明，2件黑色L给你留好了。", "zh", "reply", listing=1)
    assert GUARD.prove(line).reasons
    verdict = GUARD.prove(line, ["2件黑色L"])
    assert verdict.ok and not verdict.reasons


@pytest.mark.parametrize(
    "text",
    [
        "我有男朋友。",
        "作为一个AI语言模型，我不能。",
        "我是通义千问。",
        "Hello there friend, how are you doing?",
        "{price}就买",
        "1. 首先",
        "**哇**",
        "这件外套很柔软。",
        "只要289元。",
        "一共两件。",
    ],
)
def test_the_model_may_only_chat(text: str) -> None:
    assert GUARD.prove(Line(text, "zh", "model")).reasons


def test_small_talk_of_the_model_passes() -> None:
    for text in ("哈哈，我也想去看电影！", "抱抱你，今天辛苦啦。", "猫咪最可爱了！"):
        assert kept(text, None, "model") == text
    for text in ("Aw, cats are adorable!", "Big hug, tomorrow will be kinder."):
        assert kept(text, None, "model") == text


FACTS: dict[Language, list[str]] = {
    lang: [texts[lang] for texts in sample_listings()[1].product.facts.values()]
    for lang in ("zh", "en")
}


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_line_made_only_of_facts_passes(data: st.DataObject) -> None:
    language: Language = data.draw(st.sampled_from(["zh", "en"]))
    chosen = data.draw(st.lists(st.sampled_from(FACTS[language]), min_size=1, max_size=4))
    text = ("，" if language == "zh" else ", ").join(chosen) + "."
    verdict = GUARD.prove(Line(text, language, "fact", listing=1))
    assert verdict.ok and not verdict.reasons and verdict.line.text == text


KNOWN = {1, 2, 3, 7, 8, 92, 48, 210, 289, 359, 70, 128, 57, 867, 578, 350, 50, 58, 68, 80}
UNITS = {
    "zh": [
        "元",
        "块钱",
        "件",
        "克",
        "公斤",
        "天",
        "小时",
        "%",
        "折",
        "美元",
        "个月",
        "毫升",
        "厘米",
    ],
    "en": [" yuan", " dollars", " left", " grams", " days", " hours", "%", " years", " pockets"],
}


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_foreign_number_never_passes(data: st.DataObject) -> None:
    language: Language = data.draw(st.sampled_from(["zh", "en"]))
    value = data.draw(st.integers(4, 99_999).filter(lambda n: n not in KNOWN))
    unit = data.draw(st.sampled_from(UNITS[language]))
    source: Source = data.draw(st.sampled_from(["script", "fact", "model", "operator"]))
    before, after = {"zh": ("这件", "哦。"), "en": ("it is ", " indeed.")}[language]
    text = before + f"{value}{unit}" + after
    verdict = GUARD.prove(Line(text, language, source, listing=1))
    assert not verdict.ok, verdict.line.text


@given(st.text(max_size=120), st.sampled_from(["script", "model", "operator"]))
@settings(max_examples=150, deadline=None)
def test_any_text_is_judged_without_an_error(text: str, source: Source) -> None:
    verdict = GUARD.prove(Line(text, "zh", source, listing=1, cues=(Cue("emotion", 0, "happy"),)))
    assert len(verdict.line.text) <= max(len(text), 1) + 40
    assert all(0 <= c.at <= len(verdict.line.text) for c in verdict.line.cues)
