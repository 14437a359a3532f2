"""What is written becomes what is said, and every character knows where it came from."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idol.model import Language
from idol.voice.normalise import spoken

ZH = {
    "今天只要¥89.9元，原价￥199.00": "今天只要八十九块九，原价一百九十九元",
    "39.95元": "三十九块九毛五",
    "0.5元": "五毛",
    "2元": "两元",
    "¥1.2万": "一点二万元",
    "$39.90一件": "三十九点九美元一件",
    "99元-199元": "九十九元到一百九十九元",
    "满300减50": "满三百减五十",
    "85折，8折，8.5折": "八五折，八折，八点五折",
    "尺码180/96A": "尺码一八零，九十六 A",
    "12月24日前发货": "十二月二十四日前发货",
    "2026年11月11日": "二零二六年十一月十一日",
    "晚上8:30，明早10:00，2:05": "晚上八点半，明早十点整，两点零五分",
    "92%再生聚酯纤维加8%氨纶": "百分之九十二再生聚酯纤维加百分之八氨纶",
    "100%棉": "百分之百棉",
    "10%~20%": "百分之十到百分之二十",
    "只有210克": "只有两百一十克",
    "重3.5kg，50ml，30x40cm": "重三点五公斤，五十毫升，三十乘四十厘米",
    "-5℃": "负五摄氏度",
    "3-5天发货": "三到五天发货",
    "还剩2件": "还剩两件",
    "第2件半价": "第二件半价",
    "买2送1": "买二送一",
    "1号链接": "一号链接",
    "2w人看过": "两万人看过",
    "5G手机": "五G手机",
    "订单号20261123-001": "订单号二零二六一一二三零零一",
    "13812345678": "一三八一二三四五六七八",
    "哇🎉🎉太好啦～～～！！！": "哇太好啦！",
    "１９９元": "一百九十九元",
    "1,299元": "一千二百九十九元",
    "48小时内": "四十八小时内",
    "XL码": "XL码",
    "看 https://a.b/c?d=1 吧": "看 吧",
}
EN = {
    "It's only $39.90 today, was $59!": (
        "It's only thirty nine dollars and ninety cents today, was fifty nine dollars!"
    ),
    "¥89.90": "eighty nine point nine yuan",
    "1,299 CNY": "one thousand two hundred ninety nine yuan",
    "$1.01": "one dollar and one cent",
    "£3k": "three thousand pounds",
    "20% off": "twenty percent off",
    "10-20%": "ten to twenty percent",
    "size 180/96A": "size one eighty, ninety six A",
    "Nov 11, 2026": "November eleventh, twenty twenty six",
    "2026-11-12": "November twelfth, twenty twenty six",
    "8:30pm, 20:05, 7 am": "eight thirty PM, twenty oh five, seven AM",
    "3.5 kg": "three point five kilograms",
    "1 kg": "one kilogram",
    "50-58 kg": "fifty to fifty eight kilograms",
    "the 21st and 12th": "the twenty first and twelfth",
    "order 20261123": "order two zero two six one one two three",
    "link No. 3": "link number three",
    "iPhone 15": "iPhone fifteen",
    "within 48 hours": "within forty eight hours",
    "3 left 😀!!!": "three left!",
    "in 2005 or 1998": "in two thousand five or nineteen ninety eight",
    "black & white": "black and white",
    "云步 jacket": "Yunbu jacket",
}


@pytest.mark.parametrize(("written", "said"), ZH.items())
def test_chinese(written: str, said: str) -> None:
    assert spoken(written, "zh").text == said


@pytest.mark.parametrize(("written", "said"), EN.items())
def test_english(written: str, said: str) -> None:
    assert spoken(written, "en").text == said


def test_the_map_leads_back_to_the_price() -> None:
    line = "原价¥199元，现在只要89.9元！"
    said = spoken(line, "zh")
    place = said.text.index("八十九块九")
    assert line[said.to_source[place] :].startswith("89.9元")
    assert line[said.to_source[said.text.index("现")] :].startswith("现在")


pieces = st.one_of(
    st.text(max_size=8),
    st.sampled_from([*ZH, *EN, "¥", "180/", "-", "～", "%", "9" * 30, "1.2.3", "½", "①", "٣", "²"]),
)


@settings(max_examples=120, deadline=None)
@given(st.lists(pieces, max_size=6).map("".join), st.sampled_from(["zh", "en"]))
def test_any_text_is_spoken_and_traced(text: str, language: Language) -> None:
    said = spoken(text, language)
    assert len(said.to_source) == len(said.text) + 1
    assert list(said.to_source) == sorted(said.to_source)
    assert said.to_source[-1] == len(text)
    assert all(0 <= i <= len(text) for i in said.to_source)
    assert not any(char in "0123456789" for char in said.text)
    assert said.text == said.text.strip()
