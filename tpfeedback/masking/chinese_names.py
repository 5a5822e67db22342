"""Rules for Chinese names: a surname from the list of common ones, and what announces it."""

from __future__ import annotations

from tpfeedback.masking.rule import Rule

# Common surnames; left out are those that mostly are plain words (时 和 来 成 全 能 车 水 ...).
_SURNAME = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏"
    "薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔崔康毛邱秦江史顾侯邵孟龙段雷钱汤尹黎易武乔"
    "贺赖龚庞樊殷施陶洪翟颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦柳邢岳齐梅莫庄辛祝涂谷祁耿牟卜詹苗凌"
    "费纪靳盛童欧甄项曲阳裴席屈鲍覃霍翁隋甘薄宁柯阮桂闵柴华冉吉饶刁瞿戚丘池滕晋苑邬臧畅褚廉简娄盖"
)
_COMPOUND = "欧阳|司马|上官|诸葛|夏侯|皇甫|尉迟|慕容|令狐|司徒|东方|南宫"
_HAN = r"[\u4e00-\u9fff]"
# Characters that no given name begins with, or that follow a name.
_NOT_GIVEN = (
    "的了是在我你他她它们这那很都就也又再不没有和跟与给把被让叫说来去到从对为着过吗呢吧啊哦呀真太超"
    "特非服态热耐周帮态度人还以及但所因而且会能可要想做上下个位点些什怎谁哪，。！？、：；先女经店师主总老姐哥送配"
)
_GIVEN = rf"(?:(?![{_NOT_GIVEN}]|小[姐哥伙]){_HAN})"
# Words that begin like a name and are none.
_PLAIN = (
    "谢谢|高兴|高冷|高效|高端|高大|高素|高峰|高高|马上|马马|周到|周边|周末|周围|周年|周一|周二|周三|周四|周五|"
    "周六|周日|何时|何况|任何|方便|方面|方式|方才|严肃|严重|严格|温柔|温馨|温和|温暖|温度|温水|安排|金牌|"
    "金黄|田园|石锅|龙虾|牛肉|牛排|牛油|牛奶|马铃|江湖|华丽|夏天|余下|余额|于是|项目|易拉|简单|简直|简介|吉祥|"
    "胡乱|胡说|胡椒|苗条|段时|连连|盛情|盛饭|盛汤|费劲|费用|费心|丁点|毛病|毛肚|毛巾|陆续|顾客|许多|许久|曾经|"
    "施工|施施|范围|范儿|康复|程序|章鱼|凌晨|季节|洪亮|阳光|阳春|甘甜|席位|畅快|梅汤|武汉|汤底|汤面|"
    "薄荷|薄薄|莫名|莫非|庄重|辛苦|齐全|祝福|祝愿|祝你|祝店|桂花|童叟|童趣|童年|屈臣|欧洲|欧美|池子|盖饭|盖浇|"
    "谷物|孔雀|秦淮|史上|史无|孟婆|雷厉|雷人|钱包|钱不|唐突|卜卜|陶瓷|熊猫|丛林|尤其|毕竟|毕业|申请|耿直|苏打|苏州|"
    "宁愿|宁可|华为|万分|于我|张嘴|张口|张罗|宋朝|徐徐|林立|叶子|费了|廉价|郑重|纪念|何必|何以|季度|简洁|"
    "余味|任务|方案|方向|杜绝|康师"
)
_TITLES = (
    "先生", "女士", "小姐", "小哥", "经理", "主管", "老师", "师傅", "医生", "大夫", "店长",
    "老板", "主任", "护士", "教练", "律师", "领班", "同学", "阿姨", "大姐", "大哥", "美女",
    "帅哥", "姐姐", "哥哥", "服务员", "客服", "顾问", "技师", "总监", "队长",
)  # fmt: skip
_TITLE = rf"(?:{'|'.join(_TITLES)}|姐(?!妹)|哥(?!们|哥)|总(?=说|，|。|！|\Z))"
_ROLES = (
    "服务员小姐姐", "服务员小哥哥", "服务员小姐", "服务员小哥", "服务员", "客服", "店员", "店长",
    "经理", "主管", "顾问", "技师", "导购", "销售", "美甲师", "发型师",
    "理发师", "司机", "快递员", "外卖员", "骑手", "收银员", "前台", "护士",
    "医生", "领班", "管家", "教练", "接待员", "员工", "营业员",
)  # fmt: skip
_ROLE = rf"(?:{'|'.join(_ROLES)})"
# What follows a name where no space does.
_AFTER_NAME = (
    r"(?=[^\u4e00-\u9fff]|\Z|[的是在很太超真特非常服态热耐给帮为和跟与对人也都就还不小先女姐哥老说来去让把会能向又"
    r"主全笑做美接讲处解]|周到|亲切|贴心|细心|专业|推荐|介绍|告诉|一直)"
)
_BEFORE_TITLE = r"(?<![由关对基明课任语英保安工女主同])(?!(?<=[谢感多])谢)"
_SURNAMED = rf"(?!{_PLAIN}|谢[谢{_SURNAME}])(?:{_COMPOUND}|[{_SURNAME}])"

# After thanks as many brands and places as names begin with a surname (苏宁 夏普 金华): only what
# given names are made of counts there, and no surname that many firms bear (金 华 康).
_GIVEN_ONLY = (
    "芳娜敏静丽磊军洋勇艳杰娟涛超秀霞平刚桂英华玉兰红玲婷雪梅琳琴倩颖莉蕾燕萍慧佳怡欣悦琪瑶媛雯晶洁莹"
    "伟强俊峰斌鹏辉鑫浩宇凯波健旭帅志建文明飞晨博涵轩梓"
)
_NOT_THANKED = (
    "高明|高超|高洁|高平|高丽|高飞|严明|宁静|陆军|石英|梅兰|江华|凌志|孔明|沈飞|武平|梁平|邹平|张亮"
)
_THANKED = (
    rf"(?!{_PLAIN}|{_NOT_THANKED}|[金华康谢])(?:{_COMPOUND}|[{_SURNAME}])"
    rf"[{_GIVEN_ONLY}]{{1,2}}?{_AFTER_NAME}"
)

CHINESE_NAMES = (
    Rule(
        "Chinese introduction",
        "name",
        r"(?:我(?:的名字)?叫做?|名叫|名字(?:叫|是)做?|姓名[:：是]?|署名[:：]?|"
        r"(?:她|他|服务员|小哥|小姐姐)叫做?)\s?"
        rf"(?P<hit>{_SURNAMED}(?:{_GIVEN}{{1,2}}?{_AFTER_NAME}|{_GIVEN}{{1,2}}))",
        ("叫", "名"),
        script="han",
    ),
    Rule(
        "Chinese surname",
        "name",
        rf"(?:我姓|免贵姓|贵姓|(?:她|他|也|位|员|生|士)姓)(?P<hit>{_COMPOUND}|[{_SURNAME}])",
        ("姓",),
        script="han",
    ),
    Rule(
        "Chinese name before a title",
        "name",
        rf"{_BEFORE_TITLE}(?P<hit>{_SURNAMED}{_GIVEN}{{0,2}}){_TITLE}",
        (*_TITLES, "姐", "哥", "总"),
        script="han",
    ),
    Rule(
        "Chinese name after a role",
        "name",
        rf"{_ROLE}(?:叫|是|[:：—\-“\"「 ,，]|小姐姐){{0,2}}"
        rf"(?P<hit>{_SURNAMED}{_GIVEN}{{1,2}}?{_AFTER_NAME})",
        _ROLES,
        script="han",
    ),
    Rule(
        "Chinese thanks",
        "name",
        rf"(?:感谢|谢谢|多谢|鸣谢|致谢)[ ,，:：]?(?:{_ROLE})?"
        rf"(?P<hit>{_THANKED}(?:[、，,和与及]{_THANKED}){{0,5}})",
        ("感谢", "谢谢", "多谢", "鸣谢", "致谢"),
        each=_THANKED,
        script="han",
    ),
    Rule(
        "Chinese surname with 小 or 老",
        "name",
        rf"(?:{_ROLE}|快递小哥|外卖小哥|师傅|美容师|保洁|感谢|谢谢|多谢|表扬)叫?"
        rf"(?P<hit>[小老](?![费龙])[{_SURNAME}]){_AFTER_NAME}",
        ("小", "老"),
        script="han",
    ),
    Rule(
        "Chinese short name",
        "name",
        r"(?P<hit>(?:(?<=服务员|美甲师)|(?<=客服|店员|顾问|技师|经理|导购|我叫))[小阿]"
        r"(?![姐哥伙妹弟朋心声时也吃孩二三费区丑龙店票姑帅姨仙]|美女)[\u4e00-\u9fff]"
        rf"|小[{_SURNAME}](?=姐|哥|同学|经理|老师|师傅))",
        ("小", "阿"),
        script="han",
    ),
)
