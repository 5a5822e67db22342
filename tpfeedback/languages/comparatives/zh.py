"""Chinese comparisons: 比京东慢, 别家更便宜, 不如淘宝."""

from __future__ import annotations

import re
import unicodedata

from tpfeedback.languages.comparatives import ComparativeWords, forms, name_forms
from tpfeedback.languages.rules.traditional import SIMPLIFIED

NAMES = name_forms(
    """
    京东 JD jd
    淘宝
    天猫
    拼多多
    美团 美团外卖
    饿了么
    百度外卖 百度
    肯德基 KFC kfc
    麦当劳
    星巴克
    必胜客
    海底捞
    呷哺 呷哺呷哺
    顺丰
    圆通
    中通
    申通
    韵达
    苏宁
    盒马
    唯品会
    携程
    去哪儿
    如家
    汉庭
    全季
    招行 招商银行
    工行 工商银行
    建行 建设银行
    支付宝
    德克士
    汉堡王
    吉野家
    真功夫
    瑞幸
    沃尔玛
    家乐福
    永辉
    小米
    华为
    苹果
    三星
    """
)
_ANY = r"[^，。！？,.!?\s；;～~比]"
BETTER = (
    r"(?<!不)(?:好吃|好喝|好用|好看|便宜|划算|实惠|新鲜|干净|方便|优惠|靠谱|热情|周到|舒服|地道"
    r"|正宗|给力"
    r"|丰富|专业|省钱|省心|好|快|强|赞|棒|优)"
    r"(?!不了|像|几|多[了人]?少)"
)
WORSE = r"(?<!不)(?:难吃|难喝|麻烦|慢|贵|差|脏|烂|弱|小|少|坏)"
_PLACES = (
    r"(?:家|店|餐厅|饭店|酒店|宾馆|平台|商家|超市|银行|快递|外卖|火锅|航空|公司|牌子|品牌|地方"
    r"|网站|商场|烤肉|自助)"
)
OTHERS = (
    rf"别家|别人家?|人家|其[他它](?:的)?{_ANY}{{0,6}}?{_PLACES}"
    rf"|其[他它]的?|别的{_ANY}{{0,3}}?{_PLACES}|别的"
    rf"|同行|同类\S{{0,2}}|同价位的?|隔壁(?:家|店)?|竞争对手|另外?一家|对面(?:家|的"
    rf"|那家)?|外面的?{_PLACES}?|实体店|专柜|一般的?{_PLACES}"
    rf"|附近(?:的|其他)?{_PLACES}?"
)
_KNOWN = "|".join(sorted(NAMES, key=lambda name: (-len(name), name)))
NAMED = (
    rf"{_KNOWN}|[\u4e00-\u9fff]{{1,4}}?(?<![这那哪大自国每一几我你他她])(?:银行|超市|酒店|航空"
    rf"|快递|外卖|火锅)"
)
_WHAT = rf"{_ANY}{{0,5}}?(?:还要?|更|要|都|也)?"
_US = r"(?:你们?家?|这家店?|这里|这儿|这个店|他们?家|它家?|本店|贵店)"
_GAP = r"[^，。！？,.!?\s；;～~]"
_THEIRS = rf"别家|其[他它]的?(?:{_PLACES})|同行"
_TELLS = r"[，,]?[^，。！？,.!?\s；;～~不没]{0,8}?"
_NO = (
    r"(?:没有?(?!想|得|话|问题|事|错)|不会|(?<![要是])不是(?!一般)|不见得|不一定|不可能|也不|并不"
    r"|不(?=比)|未必"
    r"|未见得|很少有?)"
)
_SAID = (
    rf"没有?(?:一|哪|任何|几|什么){_GAP}{{0,10}}"
    rf"|(?:不|没有?)(?:觉得|认为|感觉|发现|看出|看到|见过?|吃过|遇到?过?|听说|找到?){_GAP}{{0,6}}"
    rf"|(?:谈|称|算|说|看)不(?:上|出来?){_GAP}{{0,4}}|不(?:能|敢|好)说{_GAP}{{0,4}}"
)

COMPARATIVES = ComparativeWords(
    hint=re.compile(r"比|不如|没有|一样|差不多|别家|其他|其它|不及|不输|不像|不同|更|赶不上|同行"),
    forms=forms(
        (
            ("equal", r"(?:一点)?(?:也|都)?不(?:比|输于?|亚于|逊于)(?P<rival><others>|(?P<name>"
                      r"<who>))(?:<what>(?:<worse>|<better>))?"),
            ("equal", r"(?:并|从来?|也)?(?:没有?|不(?:会|见得|一定))比(?P<rival><others>|(?P<name>"
                      r"<who>))的?<what>(?:<worse>|<better>)(?!<any>{0,3}的)"),
            ("loss", r"(?:<others>|<who>)的?<any>{0,4}?(?:都|也)?比<us><what>(?P<rival>)"
                     r"(?P<said><better>)"),
            ("win", r"(?:<others>|<who>)的?<any>{0,4}?(?:都|也)?比<us><what>(?P<rival>)"
                    r"(?P<said><worse>)"),
            ("win", r"比起?(?P<rival><others>|(?P<name><who>))的?<what><better>"),
            ("loss", r"比起?(?P<rival><others>|(?P<name><who>))的?<what><worse>"),
            ("win", r"(?P<rival>(?:任何|其[他它]|别)<any>{0,4}?)都?(?:不如|比不上|不及|赶不上)"
                    r"<us>"),
            ("loss", r"(?:不如|比不上|不及|赶不上|不敌)(?:去|吃|买|点|到)?(?P<rival><others>|"
                     r"(?P<name><who>))"),
            ("loss", r"没有?(?P<rival><others>|(?P<name><who>))的?<any>{0,4}?<better>"),
            ("equal", r"(?:跟|和|与|同)(?P<rival><others>|(?P<name><who>))的?<any>{0,4}?(?:"
                      r"(?<!不)一样|差不多|没有?什?么?区别|没有?什?么?差别|不相上下)"),
            ("loss", r"(?P<rival><theirs>)的?<any>{0,4}?更"
                     r"(?P<said><better>)"),
            ("win", r"(?P<rival><theirs>)的?<any>{0,4}?更"
                    r"(?P<said><worse>)"),
            ("win", r"(?:跟|和|与|同)(?P<rival><others>|(?P<name><who>))的?(?:相比|比起来|对比)"
                    r"<tells>(?P<said><better>)"),
            ("loss", r"(?:跟|和|与|同)(?P<rival><others>|(?P<name><who>))的?(?:相比|比起来|对比)"
                     r"<tells>(?P<said><worse>)"),
            ("win", r"(?:相比|对比|相较)(?:于|起)?(?P<rival><others>|(?P<name><who>))<tells>"
                    r"(?P<said><better>)"),
            ("loss", r"(?:相比|对比|相较)(?:于|起)?(?P<rival><others>|(?P<name><who>))<tells>"
                     r"(?P<said><worse>)"),
            ("open", r"(?:不像|跟|和|与|同)(?P<rival><others>|(?P<name>"
                     r"<who>))的?<any>{0,4}?(?:不一样|不同)"),
            ("open", r"不像(?P<rival><others>|(?P<name><who>))"),
        ),
        theirs=_THEIRS, tells=_TELLS, any=_ANY, what=_WHAT, us=_US, who=NAMED, others=OTHERS,
        better=BETTER, worse=WORSE,
    ),
    no_rival=re.compile(r"(?:其[他它]的?(?:时候|时间|人|菜|都|顾客|客人|朋友|东西|都是)|别的地方让"
                        r"|有了|以前|之前|原来|平时|上次|想象|预)"),
    past=re.compile(r"以前|之前|曾经"),
    names={unicodedata.normalize("NFKC", form): name for form, name in NAMES.items()},
    denied=re.compile(
        rf"(?:{_SAID}|{_NO}(?:[比跟和]{_GAP}{{0,4}}|{_US})?(?:会|更|还|要|都|能)?)\Z"
    ),
    denied_after=re.compile(rf"的{_GAP}{{0,4}}?(?:没有|没几|没见|找不到|不多|很少)"),
    plain=SIMPLIFIED,
)  # fmt: skip
