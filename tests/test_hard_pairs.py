"""Names that look alike and must never be taken for one indicator, however the likeness is reckoned."""

from __future__ import annotations

import pytest

import zhreport as zr
from zhreport.series.names import Aligner
from zhreport.series.readings import Key

# measure, dimension, unit and per of both names; then the pairs.
HARD = """
level money 元 人
    城镇居民人均可支配收入|农村居民人均可支配收入 城镇居民人均消费支出|农村居民人均消费支出 城镇居民人均可支配收入|城镇居民人均消费支出
    脱贫人口人均纯收入|农村居民人均可支配收入
change percentage 1 -
    城镇居民人均可支配收入|农村居民人均可支配收入 第二产业增加值|第三产业增加值 规模以上工业总产值|规模以上工业增加值 进口额|出口额
level household 户 -
    总户数|脱贫户数 贫困户|脱贫户 建档立卡贫困户|脱贫户 总户数|贫困户数 固定电话用户|移动电话用户 易地搬迁户数|危房改造户数
    危房改造户数|旧房改造户数
level person 人 -
    新增就业人数|累计就业人数 城镇新增就业|就业人数 常住人口|户籍人口 总人口|城镇人口 总人口|农业人口
    城镇职工养老保险参保人数|城乡居民养老保险参保人数 城镇职工医疗保险参保人数|城乡居民医疗保险参保人数 失业保险参保人数|工伤保险参保人数
    城镇登记失业人数|城镇新增就业人数 男性人口|女性人口 出生人口|死亡人口 城市低保对象|农村低保对象 农村低保对象|农村特困供养对象
    集中供养人数|分散供养人数 执业医师|注册护士 在园幼儿|在校小学生 专任教师|教职工 招生人数|毕业生人数 本科上线人数|专科上线人数
    一本上线人数|二本上线人数 脱贫人口|返贫人口 脱贫人口|边缘易致贫人口
level area 平方米 -
    新增高标准农田面积|累计高标准农田面积 商品房施工面积|商品房竣工面积 房屋施工面积|房屋竣工面积 商品房销售面积|商品住宅销售面积
    造林面积|退耕还林面积 耕地面积|永久基本农田面积 有效灌溉面积|节水灌溉面积 农作物播种面积|粮食播种面积 茶园面积|果园面积
level money 元 -
    新增贷款|贷款余额 第一产业增加值|第二产业增加值 第一产业增加值|农林牧渔业增加值 第二产业增加值|工业增加值
    规模以上工业总产值|规模以上工业增加值 规模以上工业营业收入|规模以上工业利润总额 规模以上工业总产值|规模以下工业总产值 税收收入|非税收入
    税收收入|国税收入 国税收入|地税收入 财政总收入|一般公共预算收入 财政总收入|财政总支出 政府性基金收入|政府性基金支出 存款余额|贷款余额
    新增存款|新增贷款 住户存款余额|存款余额 企业存款余额|个人存款余额 涉农贷款余额|小微企业贷款余额 进口总额|出口总额 进出口总额|进口总额
    固定资产投资|民间固定资产投资 固定资产投资|工业固定资产投资 房地产开发投资|基础设施投资 工业投资|工业技改投资
    商品房销售面积|商品房销售额 社会消费品零售总额|限额以上社会消费品零售总额 城镇消费品零售额|乡村消费品零售额 批发业销售额|零售业销售额
    住宿业营业额|餐饮业营业额 国内旅游收入|旅游外汇收入 旅游收入|旅游收入增加额 中央财政衔接资金|省级财政衔接资金 中央资金|省级资金
    到位资金|使用资金 计划投资|完成投资 合同利用外资|实际利用外资
level percentage 1 -
    常住人口城镇化率|户籍人口城镇化率 小学巩固率|初中巩固率 小学入学率|初中入学率 小学毛入学率|小学净入学率 初中毛入学率|高中毛入学率
    小学辍学率|初中辍学率 居民消费价格指数|工业生产者出厂价格指数 养老保险参保率|医疗保险参保率 出生率|自然增长率 一本上线率|二本上线率
    森林覆盖率|林木绿化率 贫困发生率|贫困人口占比 义务教育巩固率|义务教育完成率 学前教育毛入园率|普惠性幼儿园覆盖率 集中供水率|自来水普及率
    城市污水处理率|农村污水处理率 城市生活垃圾处理率|农村生活垃圾处理率
level mass 千克 -
    粮食总产量|粮食单产 粮食总产量|夏粮总产量 夏粮产量|秋粮产量 早稻产量|晚稻产量 油料产量|油菜籽产量 猪肉产量|牛肉产量
level mass 千克 亩
    粮食亩产|小麦亩产
level count 个 -
    规模以上工业企业|规模以下工业企业 养老机构床位|医疗机构床位 医院床位|卫生院床位 县级医院|乡镇卫生院 公办幼儿园|民办幼儿园
    发明专利授权量|实用新型专利授权量 专利申请量|专利授权量 国家级高新技术企业|省级高新技术企业 高新技术企业|科技型中小企业
    刑事案件立案数|刑事案件破案数 安全事故起数|安全事故死亡人数 脱贫村|非贫困村 贫困村|非贫困村 签约项目|开工项目 续建项目|新建项目
level count 头 -
    生猪存栏|生猪出栏 牛存栏|羊存栏 肉牛出栏|肉羊出栏
level count 只 -
    家禽出栏|家禽存栏
level person_time 人次 -
    国内游客|入境游客
level energy 千瓦时 -
    用电量|工业用电量 全社会用电量|居民生活用电量
level length 米 -
    高速公路里程|国道里程 国道里程|省道里程 县道里程|乡道里程 新建公路里程|改建公路里程
level density 微克/立方米 -
    PM2.5平均浓度|PM10平均浓度
level duration 天 -
    优良天数|重污染天数
"""
LONG = (
    ("财政专项扶贫资金总额", "money", "元"), ("学前教育资助资金总额", "money", "元"), ("规模以上服务业营业收入", "money", "元"),
    ("义务教育阶段在校学生人数", "person", "人"), ("农业产业化重点龙头企业", "count", "个"), ("产业扶贫项目带动贫困户数", "household", "户"),
)  # fmt: skip
# A word more in a long name changes nine characters of ten in nothing, and the meaning in everything.
QUALIFIERS = [
    ".join((",
]  # fmt: skip


def pairs() -> list[tuple[str, str, Key]]:
    out, key = [], None
    for line in HARD.strip().splitlines():
        if not line.startswith(" "):
            measure, dimension, unit, per = line.split()
            key = Key(measure, dimension, unit, () if per == "-" else tuple(per.split("/")))
        elif key is not None:
            out += [(*pair.split("|"), key) for pair in line.split()]
    return out


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    return Aligner(zr.Lexicon.load())


def met(aligner: Aligner, a: str, b: str, key: Key) -> set[str]:
    """The canonical names of two that meet in one panel."""
    first = aligner.align(a, key).indicator
    return {first, aligner.align(b, key, [first]).indicator}


@pytest.mark.parametrize(("a", "b", "key"), pairs())
def test_hard_pairs_are_never_merged(aligner: Aligner, a: str, b: str, key: Key) -> None:
    assert len(met(aligner, a, b, key)) == 2
    assert len(met(aligner, b, a, key)) == 2


def test_there_are_many_hard_pairs() -> None:
    assert len(pairs()) >= 120


@pytest.mark.parametrize(("name", "dimension", "unit"), LONG)
def test_a_word_more_is_another_thing(aligner: Aligner, name: str, dimension: str, unit: str) -> None:
    key = Key("level", dimension, unit, ())
    longer = [name[:at] + word + name[at:] for word in QUALIFIERS for at in (0, 2, 4, len(name) - 2)]
    merged = [other for other in longer if len(met(aligner, name, other, key)) == 1]
    assert not merged


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("农村公路养护里程", "农村公路养护总里程"),
        ("茶叶产业产值", "茶叶产业总产值"),
        ("就业帮扶车间数", "就业帮扶车间"),
        ("学生资助资金", "资助学生资金"),
    ],
)
def test_words_that_say_nothing_and_their_order_make_no_other_name(aligner: Aligner, a: str, b: str) -> None:
    assert len(met(aligner, a, b, Key("level", "other", "个", ()))) == 1
