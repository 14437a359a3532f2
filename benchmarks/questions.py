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
            "今天上班好累啊", "我家猫刚才打翻了水杯", "你平时喜欢做什么", "外面下雨了好烦",
            "我明天要去爬山", "今天是我生日", "陪我聊聊天吧", "我失眠了睡不着",
            "刚下班在地铁上看你", "我在学做饭", "你喜欢秋天吗", "周末过得好快啊",
            "我刚跑完步", "晚饭吃撑了", "我养了一只小狗", "考试终于结束了",
            "我有点想家", "今天和朋友去看展了", "我在追一部剧停不下来", "你会唱歌吗",
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
            "I'm so tired today", "my cat just knocked over my tea", "what do you do for fun?",
            "it won't stop raining here", "I'm going hiking tomorrow", "it's my birthday today",
            "keep me company for a bit", "I can't sleep again", "watching you on the train home",
            "I'm learning how to cook", "do you like autumn?", "the weekend went by so fast",
            "I just got back from a run", "I ate way too much dinner", "I just got a puppy",
            "my exams are finally over", "I'm a bit homesick", "went to a museum with friends",
            "I can't stop watching this series", "can you sing?",
        ),
    },
}  # fmt: skip
