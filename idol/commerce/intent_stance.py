# ruff: noqa: E501 - word lists and patterns read best on one line
"""Whose want it is, of when, and whether it is one: classes of saying that are no order. Pure.

Read over a clause whose known words are blanked (□), so that a rule speaks of the construction
and not of the goods: "家里有□" owns one, "戴了□" wore one, "my boss ordered □" is another's.
"""

from __future__ import annotations

from idol.commerce.bilingual import Bilingual

_BUY = "(?:要|买|拍|抢|订|拿|囤|下单)"
_KIN = "(?:妈妈?|爸爸?|姐姐?|妹妹?|哥哥?|弟弟?|闺蜜|朋友|同事|同学|室友|老公|老婆|媳妇|对象|男朋友|女朋友|婆婆|奶奶|爷爷|儿子|女儿|闺女|老板|领导)"

OTHERS = Bilingual(
    # Somebody else wants it, or is told to: a neighbour in the chat, the host herself, everyone.
    rf"(?:旁边|隔壁|前面|后面|对面|那边|那个|那位|这位|某位?)(?:的|个|位)?(?:人|姐|哥|大|小|姐妹|宝|老铁|那|家)[^,，。我俺□]{{0,4}}{_BUY}|(?:有个|小[王李张刘陈赵]){_BUY}",
    rf"(?:他|她|人家|别人|他们|她们)[^,，。我俺□给帮替]{{1,4}}{_BUY}(?:了|走)?□|(?:他们?|她们?|你们|谁|人)(?:才|都|肯定|居然|还)?会(?:买|要|来|拍)",
    rf"(?<![给帮替为]){_KIN}(?:非|老是?|一直|天天|吵着|闹着|嚷着|偏|死活|硬|总|昨天|刚才?|上次)要?{_BUY}",
    r"给(?:楼上|楼下|主播|你自己|前面|后面)[^□]{0,4}(?:来|拿|留|拍|买|整)|(?:主播|你|您|你们)(?:你)?(?:自己|自个儿?)(?:也|都|先|咋不|怎么不)*[^□]{0,4}(?:来|留|买|囤|拿|拍)|你(?:也|就|快|赶紧)(?:给自己)?(?:来|买|拍|囤)",
    r"(?:你们?|大家|都|快|赶紧|赶快|赶早)去(?:拍|买|抢|冲|下单)|都给我(?:买|拍|冲|抢)|(?:建议|劝|安利|奉劝)(?:你|大家|各位|姐妹|家人|宝|新人|囤|买|拍|入)|(?<![我就都])(?:可以|值得)(?:闭眼)?(?:入手?|买|冲|囤|拥有)□(?!.*[吗么])",
    r"(?:老公|老婆|爸爸?|妈妈?|富婆|大佬|金主|男朋友|女朋友|对象|儿子)(?:快|来|能|可以|今天)*(?:给|帮|替)我(?:买|送|付|下单|清)|(?:楼上|楼下)的?[^,，。我□]{0,3}(?:要|买|拍|来)|要[^,，]{0,8}的(?:赶紧|快点?|抓紧|速度|冲|注意)$",
    r"(?:喊|嚷|吼|起哄|嘴上|念叨|听成|听人说|据说|传说|传闻|网上)(?:着|了|的|都|说)*(?:要|来|买|拍|拿|给我)",
    r"\bmy (?!last|first|other|old|size|usual)(?:[a-z]+ ){1,2}(?:wants?|needs?|keeps?|bought|ordered|took|asked)\b|\b(?:that|this|some) (?:guy|girl|lady|dude|person|user|viewer|man|woman|bot)s?\b",
    r"\b(?:guys|folks|people|everyone|everybody|y'?all|chat|mods?)\b,? (?:please |just |really |should |go |all |need to |needs to |must )*(?:buy|get|order|grab|take|cop)\b|\b(?:buy|get|order|grab|take)\b.{0,30} (?:guys|folks|everyone|everybody|y'?all|chat)\b",
    r"\b(?:tell|told|ask|asked|convince|beg) (?:him|her|them|someone|my|everyone|people|the)\b|\b(?:you|we) (?:guys |all )?(?:should|must|have to|all need|all want)\b|\byou (?:need|want) □|\b(?:get|buy|treat) yoursel(?:f|ves)\b|\bfor your (?:mom|mum|dad|wife|husband|kids?|friends?)\b",
    r"\b(?:he|she|they|chat|people|bots?)(?:'s|'re| is| are| was| were)? (?:all )?(?:like|going|yelling|spamming|screaming|chanting|typing|keeps?|kept)\b",
)

HAD = Bilingual(
    # What one has, wore, used up, sent back: a thing counted after a verb that is over.
    r"(?:我|俺|咱|我家|咱家|家里|家中|柜子?里|衣柜里?|抽屉里?|公司|办公室|宿舍|手上|手里|已经|早就|去年|今年)(?:也|都|还|就|已经|早就|现在|里)*有(?:了|过)?□",
    r"(?:用|穿|戴|背|喝|烧|洗|退|送|摔|碎|坏|丢|寄|卖|织|欠|剩|囤|屯|薅|淘|拆|扔|捐|抽|弄丢|带走|抱走)(?:了|过|走了|坏了|掉了|完了|回去了)\s?□|(?:用|穿|戴|背)过|□(?:都|也|全)?(?:退|碎|裂|丢|烧完|用完|发错|漏发|少发)了",
    r"(?:申请|要求)(?:售后|退|换|赔)|补发|补寄|赔(?:我|付|偿)|返修|维修|订单[里号]|(?:我的|那|两|这)□.{0,2}(?:到了?哪|没动|没发|还没|什么时候到)",
    r"\b(?:sent|received|typed|returned|broke|lost|kept|wore|missed|split|placed|went with|gifted|sold|traded|won|gave|found|cracked|washed|used|picked up|checked out(?: with)?) (?:[a-z]+ ){0,2}□|\b(?:we|i) (?:already )?have □[^,]* (?:at|in|on) (?:home|my|the|our)\b|\bis what i (?:have|own|got)\b|\b(?:thanks|thank you) for (?:the|my|those|these) (?:[a-z]+ )?□|\bon the way$|\bjust (?:checked out|paid|placed)\b|\b(?:checked out|payment (?:done|made|sent|went through))\b|(?:拍|付|买|选|抢)好了?(?:$|[,，\s])",
)

TALK = Bilingual(
    # Second hand and other shops.
    r"二手|闲置|[\d九八]成新|全新(?:未拆|带吊牌|出)|未拆封|(?:^|我|想|这边)(?:转|出)(?:卖|手|让)?□|我(?:也|这|在|就)*卖□|(?:也|在)卖|拼一?□|代购|批发|货源|来我(?:的)?(?:直播间|家|店|主页)|拼多多|淘宝|京东|咸鱼|闲鱼|优衣库|实体店",
    # An order that the machine refuses.
    r"(?:付|拍|下单|提交|支付|点|加)不(?:了|上|下来|进去|动|成功|出来)|(?:付款|支付|下单|提交|拍|付)(?:了?[两三几]次)?(?:失败|报错|出错|超时)|闪退|报错|显示|提示|转圈|不让(?:我)?(?:买|拍|下|付)",
    # What the host shall do with it.
    r"(?:点|戴|背|开|关|摸|捏|倒|装|闻|拆|穿|试)(?:一?下|上)?□?[^,，。]{0,6}(?:看看(?!效果)|瞧瞧|给(?:我们|大家|咱)(?:看|闻|瞧))",
    # Wishes, irony, what is only said.
    rf"(?:她|他|我|你|人家|家|{_KIN})的?那[件条个只瓶盏]|那[件条个只瓶盏](?:就|也|都)?是|让我想[起到吃喝]|梦里|恨不得|巴不得|要不是|哪怕|即使|就算(?!了)|何必|何苦|凭什么|没必要|用不着|犯不着|不至于|休想|打死|想得美|想多了|才怪|当我傻|冤大头|狗都不|骗你|逗你|你个头|打你|智商税|韭菜|倒贴|抢钱|谁能拒绝|谁不想|这不得|许愿|抽我|送我\s?□|做梦|嫌(?:多|贵|弃|少)|当饭吃",
    r"\b(?:wtb|wts|wtt|second ?hand|never used|like new|ebay|amazon|target|walmart|temu|shein|etsy)\b|\b(?:error|payment failed|won'?t let|(?:cart|page|app|it) says|glitch\w*|crash\w*|stuck|frozen|declined)\b",
    r"\b(?:hold|lift|pick) (?:\S+ ){1,4}up\b(?! for me)|\b(?:turn|switch|flip) (?:\S+ ){0,4}(?:on|off|around|over|to)\b|\bchange to\b|\b(?:put|place|move|bring) (?:\S+ ){1,4}(?:closer|next to|on the (?:table|desk|wall|floor|bed)|to the (?:camera|light))|\bclose ?up\b|\bzoom\b|□ (?:quick )?(?:things?|questions?|ideas?|suggestions?|words?|notes?|complaints?)\b",
    r"\b(?:yeah right|as if|like i need|said no one|hole in the head|(?:kill|die|murder) for|trade my|another life|dream on|manifest\w*|pray(?:ing)? for|hop(?:e|ing) (?:to|i|someone)|santa|lottery|if only|had i|what if)\b|\btake (?:that|it|this) as\b|□ ?[<>] ?□|^□+ for □[□ ]*$|\bcool story\b|□ down$|\band (?:your|her|his|their) [a-z]+|\b(?:better|worse|nicer|prettier|cheaper|more|less) than\b",
)

DEFERRED = Bilingual(
    r"(?:明[早晚儿日]|大后天|中午|下午|傍晚|周[一二三四五六日末]|(?:星期|礼拜)[一二三四五六日天])[^,，。]{0,4}(?:再|才|就|来|拍|买|下单)",
    r"等(?!了|到)[^,，。]{1,10}(?:了|后|完)我?(?:再|就|才)|(?:点头|同意|答应|批准|批了|允许|松口)了?我?(?:就|再|才)",
    r"(?:用|吃|点|烧|喝|穿|戴)(?:完|光|坏|旧)(?:这□)?(?:以后|之后|后)?再|(?:搬家|毕业|结婚|领证|过年|装修|开学|放假|搬完家|过完年)(?:了|完|以后|之后|后)*(?:再|就)|(?:以后|之后|那天|时候)(?:再|就|我)*(?:来|买|拍|入|要|下单)",
    r"\b(?:drop|lower|make it|cut|bring|sing|dance|throw in|ship to|knock|show|sign|prove|fix|smile|wave|do an?|give me .{0,20}(?:off|%|discount)) .{0,40}(?:and|then) (?:then )?i(?:'ll| will|'d| would) (?:take|buy|get|grab|order|have)|\b(?:for|at) □[^,]{0,14} i(?:'d|'ll| would)\b",
    r"\b(?:as soon as|the moment (?:i|it|you)|whenever|after (?:work|school|class|dinner|lunch|payday|christmas|the|i|my)|before i|eventually|(?:this|on|by|in|over|for) (?:the )?(?:weekend|spring|summer|autumn|winter|fall|(?:mon|tues|wednes|thurs|fri|satur|sun)day|payday)|next (?:\w+ )?(?:paycheck|salary|season))\b|^soon\b|\bsoon (?:i|we)\b",
)

NEGATIVE = Bilingual(
    r"休想|打死(?:我|都|也)|再也不|从来?没|甭|没有?人|都不(?:要|买|拿|想)|不(?:许|准|能)(?:再)?买|管住手|一[件条个]都(?:不(?!能?少)|没|别)",
    r"\b(?:nobody|no one|neither|nor|zero|refus\w+|resist|skip(?:ping)?|hard pass|i'll pass|pass on|hell no|count me out|i'm good on|no interest|no more|(?:want|need|take|buy|order|get) no □)\b",
)

STANCES = (
    ("negative", NEGATIVE), ("past", HAD), ("deferred", DEFERRED), ("others", OTHERS), ("talk", TALK),
)  # fmt: skip


def stance(residue: str) -> str:
    """What a clause is that is somebody else's, over, put off or not meant; "" if it is none."""
    return next((kind for kind, pattern in STANCES if pattern.search(residue)), "")
