# ruff: noqa: E501 - word lists and patterns read best on one line
"""How people say that they buy, and the many ways of not saying it: patterns over clean text.

Written for chat in Chinese (simplified by then, lower case) and English. Order matters nowhere:
`intent.parse` decides what outweighs what.
"""

from __future__ import annotations

import re

from idol.commerce.bilingual import Bilingual as _any

CLAUSE = re.compile(
    r"\s[-–—]+\s|[,，。.!！;；~～\n、…]+(?!\d)|(?<![\d,，。.!！;；~～、…])[,，。!！;；~～、…]+(?=\d)|(?<=[?？])|(?<=[吗么呢没不了吧啊呀哦])\s+|\s+(?=but\b)"
)

QUOTED_SPAN = re.compile(r"[\"“”「『《][^\"“”」』》]{1,80}[\"“”」』》]")
QUOTED = _any(
    r"(主播|老公|老婆|妈|爸|姐|妹|哥|弟|朋友|闺蜜|同事|同学|群里|他|她|楼上|有人|别人|大家|人家|客服|老板|姐姐|刚才|你)(们)?(说(?!好看|不错|喜欢|可以|行)|[^,，。]{1,3}说|[^,，。]{0,3}(讲|问|喊|念|让我|叫我|刷))",
    r"[^我俺咱,，。\s]{1,6}说(?:要|来|给|拿|买|留|让|[\d一二两])|(什么叫|叫做|打字说|意思是|翻译|怎么读|弹幕)",
    r"\b(she|he|they|you|u|host|people|someone|everyone|friend|husband|wife|mom|mum|dad|chat)\b[\w ]{0,8}\b(said|says|say|saying|told|asked|asks|typed|wrote)\b",
    r"\b(means|translate|quote)\b",
)

ANNOUNCED = re.compile(
    r"(?:说|讲|喊|问|\b(?:said|says|say|asked|typed|told me))(?:道|的是)?[:：]?$"
)

NOT_MEANT = _any(
    r"二手|开玩笑|逗你|骗你|做梦|先加|收藏|购物车|先放|白嫖|让我想[起到吃喝]|^(?:别|甭)(?![的人家说急骗忘断卖])|付好了|拍好了|算了",
    r"\b(?:kidding|joking|jk|sleep on it|checked out|wish ?list|nvm|never ?mind|just saying)\b",
)
"""Beside an order, says that it is none, whatever else the line sounds like."""

# A condition anywhere in the message makes all of it conditional.
CONDITION = _any(
    r"如果|要是|假如|假设|若是|倘若|的话|除非|不然|否则|只要(?!\s?(?:[\d一二两俩三四五六七八九十]|□)|黑|白|红|这|个|件)|(?:降|跌|便宜|打|少|低)(?:到|至)?\s?\d+|等有钱|等.{0,2}发了?工资|发了?工资(?!了(?:$|[,，\s]+(?![,，\s]|再|就|才)|任性|犒劳|奖励|对自己|开心))|有钱了|涨工资|中了?彩票|(?:等|到)(?:双十一|双11|618)|(?:双十一|双11|618)(?:再|才|就|的时候)",
    r"[^\s,，。]{2,}(?<!今天)(?<!现在)(?<!马上)(?<!立刻)(?<!那我)(?<!那)(?<!我)(?<!早)就(再)?(买|要|拍|下单|来|入|冲|拿|订|抢|带|囤)",
    r"\S{3,}我(才|就)(会)?(买|要|拍|下单|来|入|冲|拿|订|抢|下(?=[\d一二两俩黑白红蓝绿]))(?!的)",
    r"才(会)?(买|要|拍|下单|入|考虑)|要不(?!要)|要么",
    r"(?<![a-z])(if|unless|once|as long as|provided|only when|when (it|you|i|the|they|my)|in case|assuming|suppose)(?![a-z])",
    r"\b(i|we)( would|'d) (buy|take|get|order|grab|want|have)\b(?!.*\b(?:right now|please|now)\b)|\bwould (buy|take|order|grab)\b|\bshould i\b|\bcould (buy|take)\b",
)
# Put off, or only weighed: counts for its own clause.
DEFERRED = _any(
    r"(?:加购|收藏|加(?:了|进|入|到)?购物车)(?:了|先|到|$)|\b(?:added|adding) .{0,30}wish ?list\b",
    r"(?:过年|年底|年后|节后|夏天|冬天|周末|月底|月初|有机会|回家|到家|下播|播完|有需要)(?:了|后|之后|以后|的时候)?(?:再|就|才|我)|等[^到了,，。]{1,5}(?:来|买|要|拍|拿|入|订)(?!了)|晚上再|发.{0,3}(?:工资|奖金|年终奖)(?!了(?:$|[,，\s]+(?![,，\s]|再|就|才)|任性|犒劳|奖励|对自己|开心))|等.{0,2}发.{0,3}工资|考虑|想想|纠结|犹豫(?!了?就)|看看(?!效果|质量)|再说|再看|再定|等等|等会|待会|一会儿?|过会|晚点|晚些|回头|改天|改日|过几天|过两天|以后|将来|下次|下回|下个月|下月|下周|下一?场|明天|后天|明年|有空|到时候|等(你|它|我|他|补|降|打折|活动|下|到(?!了)|有)",
    r"可能|也许|大概|先加(?:个)?购(?:物车)?(?:$|再|看)|先收藏|说不定|估计|不一定|打算|准备|计划",
    r"\b(maybe|might(?! i (?:please )?(?:have|get|take))|perhaps|probably|later|tomorrow|saving (?:up|for)|next (time|week|month|year|stream|show|live|payday|paycheck|drop)|some ?day|payday(?! (?:came|hit|just|is here|finally|money|today))|think about|thinking|consider|considering|wait|waiting|until|till|not sure|unsure|deciding|debating|planning|going to(?! (?:need|take|get|grab|have|go (?:with|for)))|thinking of|save up|thinking of)\b",
)
BARGAIN = _any(
    r"谁送|便宜|优惠|打折|折扣|降价|少点|少收|包邮|免邮|免单|(?<!红)券|红包|福袋|抽奖|福利|砍价|抹零|凑单|满减|赠|送(?!给?(我|妈|爸|室|姐|妹|哥|弟|领|客|亲|叔|阿姨|外|孙|人|朋友|礼|老|女|男|孩|闺|同|对|长|儿|爷|奶|婆|公))|白送|试用|免费|一块钱|1块钱|一分钱|1分钱",
    r"\b(cheaper|discount|coupon|promo|deal|bargain|free|giveaway|bundle|lower the price|price match|half price|sample|sale|refund)\b|\bfor (?:\$\s?)?\d{2,}\b(?! ?(?:of|pcs|pieces|people))",
)
PAST = _any(
    r"(?<!没)(?:拍|抢|秒|买|订)到了?|(?:付|拍|买|下单)过了?|成功(?:下单|付款|抢)|(?:下单|付款|抢购)成功|已(?:秒|抢|拍|付|下|买)|填错|(?:改|错)地址|地址(?:错|改)|催(?:单|发|快递|一催|一下)|线头|重复(?:付|拍|下)|没(?:发货|收到|送到)|卡在|物流|签收|(?:三|四|五|六|七|两|好几|几|十|\d)天了",
    r"昨天|前天|昨晚|上次|上回|上个?月|上周|上场|去年|前年|之前|以前|早就|早上(?=.{0,3}(买|拍|下))|已经?(买|拍|下单|收|付|订|入|抢|领)|要了(?=[^了]*[\d一二两俩三四五六七八九十])|(买|拍|订|抢|入|囤|付|收|拿|下单|下|入手|带)(了|过)(?=[^了]*[\d一二两俩三四五六七八九十]|的|好|很|没|还|$|[^要了])|买过|拍过|用过|穿过|下过单|收到|刚(买|拍|下(?![班课夜车楼飞地播了])|才|刚|订|抢|付)|抢到|付款了|拍下了|买的|拍的|订的|下单的|退了|下单了|拍了|买了|付了",
    r"\b(bought|ordered|purchased|already|yesterday|last (week|night|time|month|year|stream|show)|ago|received|arrived|got (mine|it|them|my|one|two|three|a|the|\d)|i got|just got|used to|had (one|it|two|a)|(?<!get )paid|picked up|(?<!to )(?<!'ll )(?<!will )(?<!me )(?<!i )(?<!we )have (one|two|three|\d|a|this|it|mine)(?! please)|(?<!can )(?<!could )(?<!may )(?<!might )(?<!shall )\bi have (one|two|three|\d|a|the|my|both|these|those|this|it|mine)(?! please)|own (one|two|three|\d|a|this)|grabbed|snagged|took)\b",
)
NEGATIVE = _any(
    r"不拿|不整|不搞|不留|不要(?!紧|脸|急|错过|犹豫|钱|太)|不买|不想要|不想买|不想|不用|不需要|不拍|不下单|不入|不冲|不来|不抢|不订|没(有|想|让|叫|说|打算|准备)*(你|主播)?(要|买|留|拍|下单)(?!求)|没打算|不(建议|推荐|太想|会有人)|不是我(要|买|拍)|(可是|但是?|可惜)(已经)?没|没码|没号|没货|不够|没说要|没钱|没有钱|别(给我|帮我|拍|下单|来|买|留|送|再|下|锁|要)|算了|先不|不考虑|才不|不了(?!解)|买不起|要不起|不是(要|想|买)|谁要|谁买|谁会买|鬼才|傻子才|不会买|不会要|拒绝|劝退|避雷|别买|不值|不敢[买要拍下来拿]|不给|忍住|剁手",
    r"\b(don'?t|do not|dont|didn'?t|didnt|won'?t|wont|wouldn'?t|can'?t|cannot|cant|not|never|no longer|nah|nope|without|stop|hardly|isn'?t)\b",
    r"\bno (thanks|thank|thx|need|way|money|longer|more)\b|\bchanged my mind\b|\bnvm\b|\bforget it\b|\bscam\b|\brefuse\b|\btoo (expensive|pricey|much)\b|\bbroke\b",
)
CANCEL = _any(
    r"(?:我|帮我|给我|麻烦|把|那).{0,6}(?:撤了|撤掉|撤回|撤单|退掉|删了|删掉|作废)(?:吧|一下|呗|嘛)?$|^撤单|(?:退掉|删掉|撤掉)(?:吧|不要了)|那[个件条单瓶盏][^,，]{0,3}不要了|\b(?:scrap|scratch|void|bin|withdraw|delete|pull|take back) (?:that|my|the|mine|it)(?: \w+)?(?: (?:order|one|hold))?\b(?! (?:is|was))|\btake (?:me|mine) off\b|\b(?:let my (?:\w+ ){1,3}go|forget my \w+|don't (?:hold|keep|save) (?:the|my|that|it|them)\b(?! (?:up|on|off|against))|give it to (?:someone|somebody) else|(?:don't|do not) (?:need|want) the [a-z ]{2,24} after all)|\bback(?:ing)? out\b",
    r"^(算了|那|那就|哎|唉|额|呃|好吧|主播|我|抱歉|不好意思|对不起|哎呀|啊|((我|刚才)?(拍|点|按|买|下|选|弄|搞)(?:错|重复?|多)|手滑|手误|误拍)了?[,，。\s]*)*\s*(还是)?(先)?(不要(了|啦|咯|啊)|不买(了|啦|咯)|不想要(了|啦)|不想买(了|啦)|(帮我|给我|请|麻烦)?取消(一?[个件单])?(吧|了|掉|一下|下|先)?|不拍了|我?反悔了)|我的[^,，]{0,8}(?:不要|不想要)了$|(?<!能)(?<!以)(?<!会)(?<!么)(?<!动)(?<!别)(?<!被)(?<!不)取消(吧|了|掉|一下|下|先)?(?=$|[\s,，。])|撤单(?=$|[\s,，。])|(?:手滑|(?:刷|点|拍|打|按)错)了?[,，\s]*(?:不要了|退了|撤了?(?:吧|$)|删了)|^撤了吧|(?:前面|刚才|刚刚|下的)[^,，\s]{0,5}(?:撤了|撤掉|退掉|取消)|[件个条单]放(?:出来|掉)|我(?:的|那|订的|下的|占的|拍的)[^,，\s]{0,10}(?:不要|不想要|放弃)了(?=$|[\s,，。])|我放弃了|(?:不用|别|甭)(?:再)?(?:给|帮|替)(?:我|俺)(?:再)?(?:留|占|锁|保留|预留)(?:了|着)|^[^\s,，不没别要]{1,6}我(?:也|都|先|就)?(?:不要了|不买了|不想要了)(?=$|[\s,，。])",
    r"(帮我|给我|我要|我想|请|麻烦|想|要)(把.{0,10})?(取消|撤销|退掉)(?!的)",
    r"(取消|撤销)(订单|预留|预定|预订|刚才|刚刚|这个|那个|那件|这件|我的|吧|掉|一下)",
    r"(的|件|色|码|[a-z]|刚才的|刚刚的|那个|这个|那件|这件|都)(我)?(也|都|又|还是|先|就)?(不要了|不买了|不想要了)",
    r"\bdrop (?:it|that|this one|mine|my)\b(?! (?:to|by|down|lower)\b)|\b(cancel(?! culture)|release|remove|undo)( (it|that|this|the|my|mine|please|pls|order|hold|one))*\b|^(oh |actually |sorry |um |hmm )*(never ?mind(?! the\b)|nvm|scratch that|forget it|changed my mind)|\bi changed my mind\b|\b(don'?t|dont|do not|no longer) want (it|this|that|them|the \w+|any|one)( one)?( anymore| any more| now)\b|\bno longer (?:want|need) (?:it|this|that|them)\b",
)
# Before a colour or a size that is not wanted.
EXCLUDING = _any(
    r"不要|不是|别拿|\bnot (?:the |a )?|\bdon't want (?:the |an? )?|\b(?:instead of|rather than) (?:the |a )?|(?<!\d )(?<!one )\bno ",
)
QUESTION = _any(
    r"[?？]|(吗|么(?!么)|呢|嘛\?|不|没|没有|否)$|多少|(?<!好)几(?!件)(?=[个钱块点天号时层多分])|(?<![来要拿留])几件|什么|啥|怎么|怎样|咋|哪(?!怕)|谁(?!送|给我)|为何|为啥|有没有|有无|是不是|能不能|可不可以|行不行|好不好|要不要|会不会|需不需要|够不够|合不合|该不该|值不值|还有货|有货|没货|缺货|断货|补货|库存|还剩|请问|想问|问一下|问下|多久|多大|多重|多长|推荐|适合|(?<!那)(?<![,，。\s])还是(?!要|来|拿|给|买|拍|先|算|不|得|想|决定|选|好看|喜欢|很|挺)|(?:该|到底|究竟)(?:要|买|选|拿)|拼单|拼团",
    r"^(is|are|do|does|did|how|what|what's|when|where|where's|which|who|why|will|any|has|am|was|were|whats|hows|should|would)\b|\b(how (much|many|long|do|does|to|is|big|heavy)|what (is|size|colou?r|about)|which (one|size|colou?r)|where (do|is|can)|is (it|this|there|the)|does (it|this)|do (you|u) (have|ship|sell)|any (left|more|other)|in stock|wonder(ing)?|left in|available|anyone|to know|ask)\b",
)
# A question that no reading makes anything else.
ASKED = _any(
    r"[?？吗呢]|么(?:$|[\s,，])|多少|几[个钱块点天号时折件]|什么|啥|怎|咋|哪|谁|有没有|能不能|是不是|会不会|可不可以|请问|多久|多大",
    r"\b(?:how|what|when|where|which|who|why|is|are|do|does|did|can|could|will|would|should|any|anyone)\b",
)
# A request in the shape of a question.
POLITE_TAIL = re.compile(
    r"[,，\s]*(好吗|好不好|好么|行吗|行不行|行不|可以吗|可以不|可以么|可不可以|ok吗|呗|okay|ok|alright|if possible)?\s*[?？]*$"
)
SERVICE = _any(
    r"卡住了|(?:袖子|拉链|扣子|领口|裤腿|鞋底|杯盖|灯罩)[^,，。]{0,4}(?:太|坏|掉|卡|开|断|漏)|单号|运单|物流|快递(?!用|发|走|能|可以|放|寄|给我放)|地址.{0,3}(?:错|改|填|换)|(?:改|换|填错|写错).{0,2}地址|(?:尺码|颜色|码|款|色)[^,，。]{0,2}(?:拍|买|选|下)错|(?:发|寄|送|漏|少|错)[错漏少](?:了|货|件)|少(?:发|寄|给)|漏发|[想要给能]换(?:货|码|成|个[大小]|小|大)|退(?:货|款|换|钱|回)|没(?:收到|到货|发出|动静|更新)|[才只](?:到|收|来|发|寄)了?[一两\d]|质量问题|瑕疵|破(?:了|洞|损)|开线|脱线|掉色|起球|发票|售后|投诉|催(?:单|发|一下)|(?:怎么|咋)还(?:不|没)(?!讲|上|到我|轮|开|介)|拆(?:开|包)|缩水|变形|褪色|洗(?:了|过|坏)|穿(?:了|过)|买[大小]了|[太偏]大了|[太偏]小了|我?的?订单(?!来|要)|待[付发收]|(?:显示|状态)",
    r"\b(?:is|are|was|were) (?:way |a bit |far )?too (?:long|short|big|small|tight|loose|heavy|thin)\b|\b(?:zip|zipper|button|strap|lid|handle)s?\b.{0,12}\b(?:stuck|broke|broken|off)\b|\btrack(?:ing|ed)?\b|\brefund|\bre(?:turn|ship|send|place)(?:ed|ing|ment)?\b|\bonly (?:one|two|1|2|got|received|\w+ (?:came|arrived))\b.{0,12}\b(?:came|come|arrived|got|received|delivered|showed)|\b(?:never|didn't|hasn't|not|still|yet) (?:yet )?(?:to )?(?:came|come|arrived?|shipp?ed|received?|delivered|show(?:ed|n)? up)\b|\bwrong (?:size|colou?r|one|item|address|order|thing|product)|\b(?:missing|damaged|defective|faulty|torn|ripped|scratched|chipped|leaking|stained)\b|\b(?:change|update|wrong|fix|correct|edit) (?:my |the )?(?:shipping |delivery )?address\b|\b(?:invoice|receipt|courier|customs|complain\w*|exchange)\b|\b(?:came|arrived|showed up|turned up|shrunk|shrank|charged|still (?:hasn't|haven't|not|isn't|no|waiting))\b",
)
"""Talk of a parcel that is under way or came: an order beside it is more likely the old one."""
SAME = re.compile(
    r"^(?:请|麻烦|给我|帮我|我|也|要|来|就|主播|[,，\s])*(?:跟|和|同|与)(?:她|他|楼上|上面|前面|那位|这位|刚才|刚刚|大家|他们|她们|上一[个位])[^,，。\s]{0,6}?(?:一样|一模一样|同款|相同)(?:的|来|拿|要|给我|我|也|就行|就好|一?[件个条份套瓶盏]|[一1][件个条份套瓶盏]|吧|哈|谢谢|[,，\s])*$"
    r"|^(?:please |ok |i'll |i'd like |can i |i |have |take |get |want |need |the |for me |one )*same (?:thing |one |order |size |colou?r )?(?:as|like) (?:her|him|them|she|he|the (?:lady|guy|one|person|girl|last|previous|above)|above|everyone|that (?:lady|guy|girl|person))[a-z ]{0,14}?(?:,? ?(?:please|one|for me|too|thanks|pls))*[!. ]*$"
)
"""What somebody else took, of whom the shop cannot know who is meant."""
POLITE = _any(
    r"(?:能|可以|能不能|可不可以)来(?=[一两二三四五六七八九十\d俩件个])|(能|可以|能不能|可不可以|可否|能否)(麻烦)?(你|主播)?(请)?(先)?(给|帮|替)(我|俺|咱)(们|家|妈|爸)?(先)?(留|整|弄|来|拿|拍|订|下|加|预留|锁|整|要|(?=\s?[一二两俩三四五六七八九十\d]))",
    r"^(?:hi |hey |hello |ok |so |please )*(can|could|may|might|would) (i|we|you|u) (please |pls |just |also )?(get|have|take|order|buy|grab|reserve|hold|save|put|give|add|send|set aside)\b(?! (?:a )?(?:discount|deal|free|it (?:cheaper|for less)|closer|look|refund))|\b(?:would|do) you mind (?:saving|holding|reserving|putting|keeping|adding|giving|sending)\b",
)
OTHERS = _any(
    r"\b(?:gift|buy|sponsor|donate|win|bless|surprise) (?:me|us)\b",
    r"(?:求|叫|让|喊|盼|逼|催|想让|希望|等着?)(?:我|俺)?(?:家)?(?:的)?(?:老公|老婆|男朋友|女朋友|男票|对象|爸爸?|妈妈?|爸妈|闺蜜|室友|大佬|富婆|哥哥们?|谁|好心人|金主|有钱人|朋友|同事|老板(?=送))(?:们)?(?:给|帮|替|送|买)",
    r"(?:家人们|姐妹们|宝子们|宝宝们|兄弟们|大家|各位|朋友们)(?!.{0,3}(?:我|帮我|给我))[^,，。]{0,8}(?:冲|买|抢|闭眼|入手|拿下|安排|下单|拍)(?!.*(?:[\d一二两俩三四五六七八九十]\s?[件个双条盏套]|[x*]\d))|(?:冲鸭?|买|抢|闭眼入|入手|拿下|安排|下单)(?:啊|呀|吧)?(?:家人们|姐妹们|宝子们|兄弟们|大家)|(?<![给帮替为让和跟])(?<![给帮替为][我俺咱])(?<![给帮替为][我俺咱]家)(?:我|俺|咱)?(?:的|家)?(?:妈妈?|爸爸?|姐姐?|妹妹?|哥哥?|弟弟?|闺蜜|朋友|同事|同学|室友|老公|老婆|媳妇|对象|男朋友|女朋友|婆婆|奶奶|爷爷|儿子|女儿|闺女)(?:也|都|就|还|在|又)?(?:想|想要|要|买|拍|抢|来了|下了)(?!我|[穿用戴背喝])|谁送|群里|(要|买|拍|抢|想|喜欢|穿).{0,12}的(姐妹|姐姐|哥哥|大哥|小姐姐|粉丝|那位|朋友|宝|家人|同学|人|亲|小伙伴|扣|刷|打|举手|在哪|都|兄弟|观众|粉丝)",
    r"(?<![给帮替为让和跟])(他|她|他们|她们|有人|别人|人家|楼上|楼下|谁|好多人|很多人|一堆人|那个人|你们?|大家|家人们都|姐妹们都|粉丝)(都|也|就|还|在|想|又)?(要|买|拍|抢|订|拿|囤|下单|来)",
    r"(?<!can )(?<!could )(?<!would )(?<!will )(?<!may )\b(?:everyone|everybody|someone|somebody|he|she|who|they)'(?:s|re|ll|d) (?:buy|get|tak|order|want|grab)|(?<!can )(?<!could )(?<!would )(?<!will )(?<!may )\b(he|she|they|people|kid|son|daughter|roommate|everyone|everybody|someone|somebody|people|who|nobody|you|we all|my (friend|mum|mom|sister|wife|husband|dog|cat|boss)) (wants?|needs?|buying|will|would|is|are|gets?|takes?|should|can|always|only|still)\b",
)
TALK = _any(
    r"让给我|让我一|给个理由|一[件个]袖子|\bthrow in an?\b(?= (?:free|gift|mug|scarf))",
    r"\b(?:selling|for sale|wts|dm me|check (?:out )?my (?:page|shop|profile|live|bio)|in store)\b|\bone of those (?:giveaways?|prizes?|days|people|hosts?)\b|加(?:v|微|vx|微信|扣扣|qq)(?![\u3400-\u9fff]?领)|私(?:聊|信)?我|\b(?:close to|tempted|torn|wish ?list)\b|劝(?:大家|你们|各位|姐妹)|要我说|(?:讲|聊|介绍|说)一下",
    r"做梦(?:都|也)|你当我|当我(?:是|有)|(?:你|都)以为我|吃土|钱包(?:不|空|瘪|哭)|\bwin\b|\btoo \w+ for (?:me|my)\b|\btake (?:one|another|a) (?:quick |good |close |closer )?look\b|\bno [a-z ]{0,12}for me\b",
    r"^好一[个件]|的链接|近照|合照|合影|wink|求.{0,8}链接|(?:^|[主播姐姐哥求免费再])送我(?!妈|爸|姐|妹|哥|弟|家|老|女|男|朋|闺|同|儿|对|媳|奶|爷)|送(?:咱|粉丝)|奖品|奖励|中奖|抽中|白嫖|转让|转卖|出闲置|顶俩|成分|后悔|早知道|本来|差点|幻想|梦见|梦到|假装|开玩笑|资料|信息|详情|尺码表|参数|图片|照片|说明书|看一?(下|看|眼|遍)|(?:的|[a-z\d码色])?(?:特写|近景|细节|上身|模特|面料)|(?:我|咱|他|她|你|咱们|他们|你们)俩|俩人|一对一|件(?:都|也)(?!要|来|拿|给|买|留|拍|是我)|整(?:挺|得|活|蒙|笑|不)|给(我|我们|大家)(看|听|讲|说|唱|跳|解释|推荐|介绍|算)|好想要|真想要|超想要|要哭|要疯|要命|要死|笑死|测试|抢不到|买不到|没抢|拍不了|拍不下|下不了单|付不了|要求|投诉|退款|退货|退钱|(?:要|想|申请|给我|帮我|怎么|能)退|退.{0,6}[件个双套]|换(?:成|货|码|色|个|一|红|黑|白|蓝|[a-z])|发成|发错|错发|发票|售后|差评|客服|主要|重要|需要注意|快要|就要(下播|结束|开始|走)|要(下播|开始|结束|睡|吃|去|看|走|上班|下班|迟到|哭|笑|说|听|唱|跳|试|问|加油|努力|坚持|买单|关注|下雨|过年|放假)|来(看|听|聊|玩|晚|自|抽|唱|跳|首|段|个(拥抱|飞吻|才艺|笑脸|比心|自我|介绍|特写|近景|细节)|点(音乐|掌声))|再来一(次|遍|首|段)|买(菜|房|车|票)|拍(照|视频|摄)|拿(出来|起来|近|着|反|错)|(?:穿|试|举|转|戴)(?:一?下|上|起来)|(?<![先我再也])(?:拿|来).{0,8}看看(?!效果|质量)|试穿|上身|转个|举起|展示|讲解|介绍|对比|截图|每人|人手|一人|限购|满\d|买[一二三两\d]+送|买[一二三两\d]+(件)?(打|减|免|几|有(?!伴)|多少|便宜|更|划算)|件(起|以上|以内|打|折|一共|多少|够(?!了)|更|划算|卖完|都卖|已经(?!付)|差不多|也|才|左右)|(?:我|俺)有(?:[红黑白蓝]|一|两)|(卖|剩|还有|只有|只剩|最后|仅剩|有|送|差|少|穿|洗|发|带)(了)?[\d一二两三四五六七八九十]+[件个套双](?!.*(要|来|走$))|(穿|洗|看|用|寄|发|送|配|比|少|多|差|缺|坏)了?[\d一二两三四五六七八九十]+(件|双|套)",
    r"\b(kidding|joking|jk|pretend|almost|nearly|regret|imagine|dream(ed|t|ing)?|action|count\b(?! me (?:in|down))|more info|info|details?|information|advice|tips|feedback|pics?|photos?|pictures?|videos?|size chart|measurements|updates?|my wallet|so bad|no money|want to (know|see|hear|ask|watch|try|return|sing|say|tell|be|cry|die)|wanna (know|see|hear)|need to (know|see|ask|go|sleep|think|check|return)|need (help|a hand|sleep|coffee|more (info|time)|to)|take (?:a |another )?(?:closer |good )?(?:look|break|nap|seat|guess|shot|photo|picture|pic|screenshot|moment|second|sec|minute|min|walk|chance|risk|bite|sip|rest|bath|shower|note|notes|peek|breath|care|your|it easy|time|off|over|out|turns?|the l\b)|give (me )?(a|us|it|you|up|him|her) (break|moment|sec|second|minute|hint|discount|wave|smile|hug|shout|look|closer|hand|like|heart|song)|give it|give up|hold (on|it|up|that|the)|hold (your|my)|get (back|it|well|over|out|ready|to|sick)|show (me|us)|tell (me|us)|let me (know|see|think|check|ask)|buy(ing)? (time|you|me)|exchange|swap|should have|could have|wish|out of (order|stock)|in order|order (number|status|history|page|came|arrived|not)|(?<!to )(?<!in )(?<!with )my order|an order|\blinks? (?:for|to|of)\b|\bput (?:.{0,24} )?on(?! (?:hold|my|the side|order))\b|\bput on\b|\btry (?:it |that |this |the |on\b)|\b(?:swap|exchange|change|switch) (?:my|the|it|to)\b|add (me|to wish|oil|subtitles)|send (me|us) (the|a) (link|pic|photo|dm)|mine (is|was|came|broke|has|have|are|looks|arrived|fell|doesn)|reviews?|complain|return|refund|broken|one of (a|my)|one (day|more (time|question|song|thing)|question|thing|second|sec|minute|by one|love|two three)|number one|love (you|u)|miss (you|u)|selfie|sing|dance|song)\b",
)

TRIGGER = _any(
    r"(?<![不没主重需快就只])(我|俺|咱|本宝宝|偶)?(也|还|再|先|就|都|那|只|想)*要(?!不|是|么|求|紧|脸|命|强|点|的是)|(?<![不没主重])就要|需要",
    r"(?<![后将未本原由从近起出回进过下上])(再|先|也|还|就|都|给我|帮我|那|那就|我)*来上?(?=\s?[□这那件个条套双盒瓶盏只支罐组床本])(?!了|啦|晚|自|着|不|得|历|源|宾|电|袭|到|过|啊|哈|吧)",
    r"(给|帮|替)(?=[件个条双盏]?\s?□)|(给|帮|替)(我|俺|咱|家里|我家|我妈|我爸|我老公|我老婆|妈妈|爸爸|老公|老婆|孩子|女儿|儿子|闺蜜|我朋友|我闺女|我儿子|我女儿|我姐|我妹|我弟|我哥|我婆婆|我对象|我媳妇|媳妇|对象|女朋友|男朋友|爸妈|咱妈|我家老太太)(也|再|先|们)*(来|捎|弄|留|拿|拍|订|整|搞|下单|下|加|锁|安排|装|包|预留|抢|要)?",
    r"(拿|买|拍|订|抢|冲|整|搞|囤|入手|收|带走|拿下|留|锁|加购|加单|预订|预定|预留|安排|下单|入|加|秒|打包|接)(?!家|手|卖|单|到|不|个性|菜|的|完|过|了|错)",
    r"(?<=我)(?:就|还是)?(?:选|挑|定)(?=\s?□)|(?:^|(?<=[\s,，]))(扣|打|刷)(?=\d)|(?<![不没])下(?=\s?□)|(?<![的团采网代])(?:团购|预购|回购|认购|抢购|订购)(?!价|了|过)|带(?=\s?□)|换(?=\s?□)|(?:再|另外?)(?:配|搭|带)|(?<=□)全?要了|要了(?=\s?□)",
    r"\b(?:i|we)(?:'?ll| am going to|'m going to|'re going to|'d) (also |just |definitely )?(?:cop|pre-?order|book|take|have|get|buy|grab|order|go (with|for)|do|need)\b|\b(i|we) will (take|have|get|buy|grab|order)\b|(?:^|\b(?:i|we) ?)(?:both (?:of us )?|really |also |just |do |still )?(want|wanna|need)( to (buy|order|get|have|grab|take))?\b(?! to)|\b(i'?d|i would|would) (like|love)( to (buy|order|get|have|grab|take))?\b(?! to)|\b(gimme|give me|get me|send me|save me|lemme (get|have|grab|take)|let me (get|have|grab|take|buy|order|cop))\b|\b(put|sign) me (down|up) for\b|\bi\'?m in for\b|\bmake (it|mine)\b|\blet\'?s do\b|\b(?:put|keep|let us have) (?=□)|\bdibs on\b|\blooking to buy\b|(?:^|\b(?:only|just) )(?:need|want)\b|\b(?:can|could) (?:i|we) do(?= □)|\bi (?:take|order|buy)(?= □)|\bwant buy(?= □)|(?:^|i'm |i am )going to (?:take|get|grab|need|have)\b|\bsav(?:e|ing) me\b|\b(?:saving|holding|reserving|putting|bagging|snagging|nabbing|claiming|scooping|picking up)\b|\badding\b|\bcount me in for\b|\b(can|could|may) (i|we|you|u) (please |pls |just |also )?(get|have|take|order|buy|grab|reserve|hold|save|put|give|add|send|set aside)( me| us)?\b|\b(ordering|buying|taking|getting|grabbing|copping|reserving|pre-?ordering|booking)\b|(?<!on )(?<!the )(?<!a )\bpre-?order(?:ed for)?\b(?! (?:end|clos|start|open|dead|period|window|list|date|price|is|was|has|for when))|\bput (?:me|us) (?:on|in) (?:the |for )?(?:pre-?order|list|waitlist)? ?(?:for)?|\bgoing for\b|\b(?:can|could|may|might|shall|will) i (?:please |just )?(?:nab|bag|pop|snag|grab|have|get|take|nick)\b|\bcould (?:you|u) (?:please |just )?(?:pop|stick|put|add|chuck|pack|book|keep|save|send)\b|\bi shall (?:have|take|buy|order)\b|(?:\bi\'?ll |\bi will )(?:treat myself to|go for|nab|bag|snap up|plump for|pop)\b|\btreat(?:ing)? myself to\b|^(?:kindly |please )?give\b|\bbagsy\b|\b(?:stick|pencil|mark|count) me (?:down|in|up)? ?for\b|\b(?:i am|i\'m) wanting\b|\bin (?:my|the) (?:basket|cart|bag|trolley)\b|(?<=please )to (?:book|send|give|order|buy)\b|\b(?:ship|pack|book|hit|sort) (?:me|us) (?:with |out with |up with )?|\b(?:kindly|please) (?:book|send|reserve|pack|ship|add|put|keep|arrange|confirm)\b|\badd (?=.*\bto (?:my |the )?(?:order|cart|basket|bag|trolley)\b)|(?:^|(?<=[,.!] )|\bhey |\bbabe |\band |\bplease |\bpls |\bthen |\byes |\bok |\blol )(get(?! (?:it|your|yours|them|some|the))|order|buy|take|grab|add|reserve|hold|want|need|cop|another|save|one more|make it)\b(?! (it )?(up|on|off|out))|\b(take|want|need|buy|get|grab) (another|one more|two more)\b",
)
BARE_ORDER = re.compile(
    r"^(?:(?:主播|老板|姐姐|好|好的|行|嗯|那|那就|ok|我|也|这个|这款|这件|就)\s*)*(?:我要|我要了|要了|要了要了|我要这个|就要这个|要这个|我要一?个|要一?个|来一?个|给我来一?个|给我留一?个|我要这款|我要这件|要这款|要这件|我要它|我买|我想买这个|想买这个|我想要这个|我要买|我要买这个|我?想下单|我要下单|我要拍|给我留着|给我留|我要我要|要要要|我也要|也要|我也要一?个|算我一个|加我一个|上车|我上车)(?:吧|啊|呀|哦|啦|了|哈|呗|谢谢|主播|姐姐|老板)*$"
    r"|^(?:(?:ok|okay|yep|yup|yes|yeah|yep|omg|please|pls|wow|alright|fine|hey|so) )*(?:i'?ll (?:take|buy|get|have|grab) (?:it|this|that|this one|that one|one)|i will (?:take|buy) (?:it|this|one)|i want (?:it|this|one|this one|that one|that)|i need (?:it|this|one|this one)|i wanna buy (?:it|this|one)|i want to buy (?:it|this|one|this one)|i'?d like (?:it|one|this one|to buy (?:it|this|one))|gimme(?: (?:it|one|that))?|give me (?:one|it|this one)|buying (?:it|this|one)(?: now)?|ordering (?:it|this|one)(?: now)?|sold|mine|dibs|me please|one please|one for me|let me have one|i'?m (?:buying|getting|taking|ordering) (?:one|it)|(?:definitely )?(?:taking|getting) one|count me in|sign me up|put me down for one|shut up and take my money|take my money|can i (?:get|have|buy|order) (?:it|one|this|this one)|could i (?:get|have) one|add (?:it|one|this) to (?:my )?cart|me too one please|i'?m in|one more|another one|same for me|same one)(?: please| pls| plz| thanks| thx| now| too)*$"
)
PRAISE = _any(
    r"不错|好看|美|绝|喜欢|爱|漂亮|显|百搭|yyds|封神|永远的神",
    r"\b(love|nice|cute|gorgeous|great|beautiful|lovely|cool|amazing|perfect|awesome|stunning|adorable|pretty|fab(?:ulous)?|fantastic|wonderful|obsessed|cosy|cozy|elegant|classy|comfy|neat|sweet|dope|fire|insane|unreal)\b",
)
PLEASE = re.compile(
    r"\bto (?:my |the )?(?:order|cart|basket|bag|trolley)\b|\b(please|pls|plz|mine(?!'s| (?:is|was|are|has|have|came))|for me|thanks|thank you)\b|^求"
)
OWN = re.compile(
    r"^(?:那|那就|反正|但|可)?(?:我|俺|咱)|(?:给|帮|替)(?:我|俺)|\b(?:i|i'll|i'd|me|i'm)\b"
)
"""An order in the first person."""
YES = re.compile(
    r"^(?:是的?|对的?|嗯+|好的?|好呀|好啊|可以|要|要的|行|没错|对对|就这个|就它|ok|okay|yes|yeah|yep|yup|sure|please|yes please|right|correct|that one)(?:吧|啊|呀|哦|哈|了|please|pls)*$"
)
FILLER = _any(
    r"(?:公司|年会|团建|办公室|通勤|旅[行游]|出差|上课|上班|宿舍|结婚|过年|生日)+(?:用|穿|背|戴|报销)?(?:的|哈哈)?$|一个[\u3400-\u9fff]{2}一个[\u3400-\u9fff]{2}$|没关系|\b(?:ship together|his and hers|nothing else)\b|"
    r"\bi'(?:ll|d|m|ve)\b|急+|before [a-z]+ (?:eats?|takes?|steals?|gets?|buys?|grabs?) (?:it|them|one)|with your advice|手速|点亮灯牌|速度|闭眼|闭着眼睛?|已?(?:点了?)?关注|加粉丝团了|听话|有伴|包包|袋子?|under my name|pretty please|wouldn't hurt|immediately|无限|疯狂|果断|走$|滴滴|踢踢|蟹蟹|栓q|情侣|亲子|母子|姐妹款?|同款|救命|已老实|没毛病|可以的|安排|yyds|绝绝子|上头了?|飘过|求发货|\b(?:very much|a lot|so much|quick(?:ly)?|right|reckon|fancy|confirm(?:ed)?|payment|kindly|sis|sister|sir|dear|host|x+|before (?:they|it|you)(?:'s|'re)? (?:sells?|runs?|goes?|all go|gone|sold)(?: out)?|my other half|the (?:missus|hubby|kids?|office|wife|husband))\b|(?:大|小)(?:的|瓶|杯|罐|号的|容量)(?:的|那个|那款)?|娃儿?|囤着?|屯着?|那款|宝们?|嗷|捏|鸭|叭|嘤+|耶|诶|欸|谢了|谢啦|3q|thx|手滑|(?<=□)t(?![a-z])|谢谢你?|感谢|感恩|刷卡|辛苦了?|麻烦了?|拜托|[跪求]+|走一个|走起|开播了?|开播|麻溜|妥了?|中|来支持|老粉|关注|收藏|第一次|包装|安排上?|秒了|蹲到了?|锁了|老地址|地址不变|就?(?:足)?够了|直接|必须的?|支持|快+|很|这里|看看效果|试试水|试试效果|付款了?|已拍|求留|留着?|上|只|顺丰|发|看中了?|不变|别抢了?|可爱|太|(?:好|太|超)?激动|(?:好|太|超)?兴奋|预售的?|现货的?|不管了|爸妈|媳妇|对象|女朋友|男朋友|闺女|老太太|数量|主播|小姐姐|姐姐|姐|老板娘?|亲爱的|亲|宝子们?|宝贝|宝宝|家人们|家人|美女|帅哥|哥哥|哥|妹妹|爱蕾|好的|好嘞|行|嗯+|那就|那么|那|这个|这款|这件|这双|这条|那个|它|自己|穿|颜色|色|尺码|码|现在|马上|立刻|赶紧|赶快|快点|快|今天|今晚|直播间|链接|家里|老公|老婆|妈妈|我妈|妈|爸爸|我爸|爸|孩子|女儿|儿子|朋友|闺蜜|对象|婆婆|还有|另外|然后|一共|总共|数量|颜色是|尺码是|就是|就|试试|看中|喜欢|好看|太美了?|美|爱了|绝了|真的|真|支持|哈哈+|请|给|帮|我|俺|咱|也|还|再|先|都|和|跟|与|及|加|用|的|了|吧|啊|呀|哦|噢|喔|哈|嘛|啦|咯|呗|哟|哇|嘞|呐|哎|诶|唉|嗨|个|是|有|送(?:人|朋友|同事|同学|闺蜜|长辈|客户|老师|领导)|送|一起|一下|打包|想|好|冲|必须|果断|犹豫了?|手慢无|不错|不贵|划算|终于|等到|等了好久|火速|盘它|来了|别抢|留给我|款|版|型|装|色的|件|号|ok(?![a-z])|下单|吧",
    r"^but\b|\bto (?:my |the )?(?:order|cart|basket|bag|trolley)\b|\b(yay|lah|leh|lor|woo+|woohoo|hooray|hiya|phew|heaps|stat|please|pls|plz|mine|(?:absolutely |totally |so )?(?:stunning|adorable|pretty|fab(?:ulous)?|fantastic|wonderful|obsessed|cosy|cozy|elegant|classy|comfy|neat|sweet|dope|fire|insane|unreal)|o+h+|a+w+|ya+s+|yess+|lfg|let'?s go+|sheesh|bet|say less|(?:heck|hell|oh) ye(?:s|ah)|hyped?|excited|sets?|pairs?|instead|any ?more|yes please|kindly|for (?:my|the|our) [a-z]+(?: and (?:me|my [a-z]+))?|(?:as|for) (?:a )?(?:gifts?|presents?|birthdays?|xmas|christmas|myself|us)|over here|before (?:they|it)(?:'re|'s| are| is)? gone|4 me|only|just|bro|babe|bestie|yo|ayo|there|aside|definitely|cart|right now|jackets?|both|because|husband|loves?|loving|save|saving|send|thanks|thank you|thx|ty|the|of|in|with|for|me|my|mum|mom|dad|family|wife|husband|friend|sister|brother|son|daughter|kid|kids|boyfriend|girlfriend|size|sizes|colou?r|colou?rs|this|that|it|them|these|those|ones?|hi|hey|hello|ok|okay|yes|yeah|yep|sure|great|nice|lovely|love|cool|perfect|awesome|amazing|gorgeous|cute|beautiful|wow|omg|host|dear|now|here|just|so|then|too|also|as well|and|plus|a|an|i|i'll|i'd|i'm|am|we|to|be|would|will|like|right|away|asap|today|tonight|lol|haha+|piece|pieces|pcs|pair|x|deal|sold|finally|go|oh|well|alright|let's|lets|do|u|you|at|from|on|is|down|up|more|another|again|extra|each|both|item|link|number|version|style|ones)\b|&|\+|'s",
)
