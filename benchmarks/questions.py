"""What viewers of the demo shows ask the benchmark's host, by what answers it."""

from __future__ import annotations

from idol.model import Language

KINDS = ("scripted", "grounded", "free")
"""The show's own FAQ and set phrases; facts and the ledger; the dialogue model."""

NAMES: dict[Language, tuple[str, ...]] = {
    "zh": ("小鹿", "阿青", "南南", "大山", "一朵云", "糖糖"),
    "en": ("Maya", "Oliver", "Priya", "Sam", "Chloe", "Ben"),
}

QUESTIONS: dict[Language, dict[str, tuple[str, ...]]] = {
    "zh": {
        "scripted": (
            "1号外套会起球吗", "主播好呀", "围巾扎脖子吗", "你好可爱啊", "1号外套冬天能穿吗",
            "你是真人还是AI", "2号围巾掉毛吗", "怎么付款呀", "1号外套能放手机吗", "谢谢主播",
            "2号围巾能机洗吗", "声音真好听", "1号男生能穿吗", "刚来，大家好", "2号男生能戴吗",
            "主播叫什么名字", "1号下雨能穿吗", "你今天好漂亮", "拜拜我先走啦", "你是机器人吗",
        ),
        "grounded": (
            "1号外套多少钱", "2号围巾有什么颜色", "3号杯子多重", "1号什么时候发货",
            "我120斤穿什么码", "4号还有货吗", "2号围巾是什么材质", "3号原价多少",
            "1号能退货吗", "5号限购几件", "2号围巾多长", "6号多少钱一个", "1号两件一共多少钱",
            "3号杯子怎么洗", "1号产地是哪里", "7号什么时候发货", "4号蜡烛多少钱", "1号黑色L还有吗",
            "2号怎么洗", "6号有几个颜色",
        ),
        "free": (
            "我明天要去爬山", "刚下班在地铁上看你", "我在学做饭", "我刚跑完步", "我在擦窗户",
            "考试终于结束了", "我有点想家", "今天和朋友去看展了", "我在追一部剧停不下来",
            "我在给奶奶织毛衣", "我在听收音机", "刚搬了新家好乱", "我和室友一起在看你",
            "今天学会骑车了", "我在等公交车", "你觉得友情重要吗", "我和妹妹在一起",
            "我在整理衣柜", "我刚到火车站", "我在阳台上吹风",
        ),
    },
    "en": {
        "scripted": (
            "link 3, is it waterproof?", "hi there!", "link 1, can I wear them with glasses?",
            "you look so cute today", "link 2, is it dishwasher safe?", "are you a real person?",
            "link 3, is it unisex?", "how do I pay?", "link 2, do they stack?",
            "thank you so much", "link 4, do they lie flat?", "love your voice",
            "link 5, does it flicker?", "hello everyone", "link 6, is it itchy?",
            "what's your name?", "link 1, can the battery be replaced?", "you're amazing",
            "bye, I have to go", "are you an AI?",
        ),
        "grounded": (
            "how much are the headphones?", "what colours does link 3 come in?",
            "how heavy is the mug?", "when does link 1 ship?", "what size for 60 kg in link 3?",
            "is link 4 in stock?", "what is link 6 made of?", "was link 2 more expensive before?",
            "can I return link 3?", "what's the limit on link 1?", "how big is the throw?",
            "how much is link 5?", "how much for two of link 5?", "how do I wash link 3?",
            "where is link 2 made?", "when does link 6 ship?", "price of link 4?",
            "is the coral jacket in M left?", "what colours has link 2?", "warranty on link 1?",
        ),
        "free": (
            "I'm going hiking tomorrow", "watching you on the train home",
            "I'm learning how to cook", "the weekend went by so fast", "I just got back from a run",
            "I ate way too much dinner", "I'm a bit homesick", "went to a museum with friends",
            "I can't stop watching this series", "my balcony flowers are blooming",
            "just moved into a new flat", "my roommate is watching too",
            "I learned to ride a bike today", "waiting for the bus right now",
            "my mum is watching with me", "I'm tidying my wardrobe", "I walked so much today",
            "I'm knitting for grandma", "I'm sitting by the window", "do you believe in luck?",
        ),
    },
}  # fmt: skip
