"""What stands within an article or right behind it and is none of it: links, advertisements, tags, menus, and the answers of a thread."""

from __future__ import annotations

import pytest
from bridge import FIRST, FOOT, HEAD, LINKS, MENU, THEN, clean

import cleaner


@pytest.mark.parametrize("heading", ["延伸閱讀", "相关阅读", "你可能還想看", "更多河灣社報導", "【推荐阅读】"])
def test_an_article_goes_on_behind_links_put_into_it(heading: str) -> None:
    article = clean(*MENU, *HEAD, *FIRST, heading, *LINKS, *THEN, *FOOT)
    assert article.text.split("\n") == [*FIRST, *THEN]


def test_the_heading_behind_such_links_is_the_article_s() -> None:
    article = clean(*MENU, *HEAD, *FIRST, "延伸阅读", *LINKS, "渡口的明天", *THEN, *FOOT)
    assert article.text.split("\n") == [*FIRST, "渡口的明天", *THEN]


def test_the_line_above_the_next_paragraph_stays_where_the_article_has_such_headings() -> None:
    heading = "四万块木板，换来一条航线"
    with_headings = [*FIRST[:1], "渡口的从前，要等两个钟头", *FIRST[1:]]
    article = clean(*MENU, *HEAD, *with_headings, "延伸阅读", *LINKS, heading, *THEN, *FOOT)
    assert article.text.split("\n") == [*with_headings, heading, *THEN]
    article = clean(*MENU, *HEAD, *FIRST, "延伸阅读", *LINKS, heading, *THEN, *FOOT)
    assert article.text.split("\n") == [*FIRST, *THEN]


@pytest.mark.parametrize(
    "lines",
    [
        ["什么是斜拉桥", "为什么不收费"],
        ["什么是斜拉桥", "斜拉桥是用拉索把桥面吊在塔上的桥"],
        ["【1998年】提出建桥", "【2010年】完成勘测"],
        ["大桥通行费：免费", "开放时间：全天", "限高：4.5米"],
        ["渡口的明天"],
    ],
    ids=lambda lines: lines[0],
)
def test_a_box_of_facts_under_such_a_heading_stays(lines: list[str]) -> None:
    article = clean(*MENU, *HEAD, *FIRST, "相关链接", *lines, *THEN, *FOOT)
    assert article.text.split("\n") == [*FIRST, *lines, *THEN]


@pytest.mark.parametrize(
    "line", ["【廣告】內容未完，請往下閱讀", "請繼續下滑閱讀", "立即贊助", "圖片來源／河灣圖庫", "（周小平攝）"]
)
def test_what_asks_to_read_on_or_to_pay_goes_and_the_article_goes_on(line: str) -> None:
    article = clean(*MENU, *HEAD, *FIRST, line, *THEN, *FOOT)
    assert article.text.split("\n") == [*FIRST, *THEN]


def test_a_link_in_one_line_goes_from_within_an_article() -> None:
    article = clean(*MENU, *HEAD, *FIRST, f"延伸閱讀 ▷ {LINKS[0]}", "打开网易新闻 查看精彩图片", *THEN, *FOOT)
    assert article.text.split("\n") == [*FIRST, *THEN]


def test_excerpts_between_titles_are_no_article_that_goes_on() -> None:
    excerpts = [line for pair in zip(LINKS, THEN, strict=True) for line in pair]
    story = [f"第{at}段：{line}" for at in range(4) for line in FIRST]
    article = clean(*MENU, *HEAD, *story, "推荐阅读", *excerpts, *FOOT)
    assert article.text.split("\n") == story


def test_an_article_may_quote_the_small_print() -> None:
    quoted = ["本文仅供学习交流使用，请勿用于商业用途。", "转载请注明出处，本站不承担任何法律责任。"]
    rest = [f"第{at}段：{line}" for at in range(3) for line in (*FIRST, *THEN)]
    article = clean(*MENU, *HEAD, *FIRST, "常见的说法有：", *quoted, *rest, *FOOT)
    assert article.text.split("\n") == [*FIRST, "常见的说法有：", *quoted, *rest]


def test_tags_behind_an_article_are_none_of_it() -> None:
    article = clean(*MENU, *HEAD, *FIRST, *THEN, "大桥", "渡口", "公交车", *FOOT)
    assert article.text.split("\n") == [*FIRST, *THEN]
    list_of_its_own = clean(*MENU, *HEAD, *FIRST, *THEN, "铁锹", "麻绳", "油灯", *FOOT)
    assert list_of_its_own.text.endswith("铁锹\n麻绳\n油灯")


def test_menus_behind_an_article_are_none_of_it() -> None:
    menus = [f"{name}{at}" for at in range(6) for name in ("港聞 ", "天氣 ")] + ["影片", "股票", "专栏", "副刊"]
    article = clean(*MENU, *HEAD, FIRST[0], *menus, "版权所有 © 2024 河湾网")
    assert article.text == FIRST[0]


@pytest.mark.parametrize("stamp", ["{name} 发表于 2024-5-{day} 21:02", "作者：{name} 时间：2024-05-0{day} 14:40:12"])
def test_what_others_answer_is_none_of_the_article(stamp: str) -> None:
    answers = ["写得真好，我家也住在河边，小时候天天坐那条渡船去上学，谢谢楼主分享。", "沙发！收藏了，等着看下一篇。"]
    article = clean(
        *MENU[:5], "查看完整版本: 渡口边的三十年旧事", stamp.format(name="青灯照壁", day=1), *FIRST,
        stamp.format(name="青灯照壁", day=2), *THEN,
        stamp.format(name="山东老客", day=3), answers[0], stamp.format(name="小雨点点", day=4), answers[1],
        "Powered by Discuz! Archiver 5.0.0",
    )  # fmt: skip
    assert article.text.split("\n") == [*FIRST, *THEN]
    assert article.authors == ("青灯照壁",)
    assert {line.label for line in article.removed if line.text in answers} == {cleaner.Label.COMMENTS}


def test_a_refrain_in_quotation_marks_is_no_title() -> None:
    call = "“前方到站，不着急的，接着睡。”"
    story = [line for paragraph in (*FIRST, *THEN) for line in (paragraph, call)]
    assert clean(*MENU, *HEAD, *story, *FOOT).text.split("\n") == story


def test_a_notice_full_of_addresses_comes_back_whole() -> None:
    notice = [
        "各位业主：小区电梯改造工程将于下月初开工，请大家提前安排出行，施工期间请走北侧楼梯。",
        "联系方式如下，有疑问的业主可以在工作日来电咨询，也可以到服务中心当面了解情况。",
        "地址：河湾区滨河东路66号", "电话：0935-6123211", "地址：河湾区兴盛路8号", "电话：0935-6123008",
    ]  # fmt: skip
    assert clean(*notice).text.split("\n") == notice


LIKE_CHROME = [
    ["v1.0 - 2020-01-01", "这一版只能画直线和圆。", "v1.1 - 2020-03-05", "这一版能存盘了。", "v1.2 - 2020-06-01"],
    ["李明 于 2003-5-6", "桥还没有修好，我们还是坐船过河，每天早上六点就要出门。", "王芳 于 2003-6-1"],
    ["河湾大桥 - 1962年5月1日", "老郑面馆 - 1983年6月8日"],
    ["二、老桥的历史"], ["第二章 归来"], ["“桥断了！”老郑喊道！"],
    [": step1: 打开设置 3/4"], ["→ abc: 12/5 的会议记录在桌上 12/05"],
    ["◤离乡◢", "天没有亮", "船已经走了", "◤渡江◢", "江上有雾"],
    ["更多感人的故事", "他救了三个人", "一共跑了七趟"],
    ["评论千万条，友善第一条"], ["想看"], ["留言规范"],
    ["推广：从三个试点村开始"], ["痔疮的症状"], ["白癜风的治疗"],
    ["► 第一步，打开阀门", "► 第二步，关上电源"],
    ["领取《结婚证》,他们等了三年"], ["下载“河湾通”客户端，注册后即可领取奖券"],
    ["第1页：封面", "第2页：目录"], ["封面：硬皮，蓝色布面，烫金"],
    ["※ 来源: 河湾统计局，2022年"], ["8.5 分"], ["编辑"], ["收听"], ["+3"], ["我同意", "我不同意"],
    ["请继续阅读第三章"], ["08:00", "12:30"], ["23:30", "人群上桥", "00:00", "烟火升空"], ["周小平", "捐款 500元"], ["【捐款】老段捐出三万元"],
    ["同场加映"], ["恒生指数 20000.30 -42.64 -1.29%"], ["本文来自一次偶然的谈话"], ["※ 本文的三个问题"], ["转寄给他的信"],
    ["采访", "编辑", "写作"], ["点击进入【设置】，选择网络"],
]  # fmt: skip


@pytest.mark.parametrize("lines", LIKE_CHROME, ids=lambda lines: lines[0])
def test_lines_like_these_stay_in_an_article(lines: list[str]) -> None:
    story = [*FIRST, *lines, *THEN]
    assert clean(*MENU, *HEAD, *story, *FOOT).text.split("\n") == story


@pytest.mark.parametrize(
    "line",
    [*(line for lines in LIKE_CHROME for line in lines), "播报", "立即登录", "1.5x", "有用", "打开App，点击右上角", "结尾 余韵悠长", "加入会员，享受八折优惠"],
)  # fmt: skip
def test_and_they_come_back_from_clean_text(line: str) -> None:
    assert clean(*FIRST, line, *THEN).text.split("\n") == [*FIRST, line, *THEN]


@pytest.mark.parametrize(
    "line",
    [
        "如有疑问，请拨打热线，我们的工作人员将在两个小时之内给您回复并提供解决方案。",
        "该观点并不新鲜，十年前就有人提出了类似的建议，供市政府参考，只是没有人相信。",
        "三、该内容仅适用于二零二三年之后签订的合同，之前签订的由双方承担责任。",
        "以上就是小编在河湾一天的全部经历和介绍，老桥的故事还在继续。",
    ],
)
def test_an_article_may_end_with_such_a_sentence(line: str) -> None:
    assert clean(*MENU, *HEAD, *FIRST, *THEN, line, *FOOT).text.split("\n") == [*FIRST, *THEN, line]


@pytest.mark.parametrize(
    "line",
    [
        "“你们都来了！快坐下吃面吧！”", "问：桥什么时候能修好？", "床前明月光，疑是地上霜", "材料：面粉五百克、鸡蛋两个、清水适量",
        "The bridge was built in 1962 and it will close.",
    ],
)  # fmt: skip
def test_a_first_line_that_is_no_headline_stays(line: str) -> None:
    article = clean(*MENU[:5], line, "举头望明月，低头思故乡", *FIRST, *THEN, *FOOT)
    assert article.text.split("\n") == [line, "举头望明月，低头思故乡", *FIRST, *THEN]


def test_a_closing_list_that_is_announced_stays() -> None:
    channels = (
        [f"{name}{at}" for at in range(4) for name in ("一套", "二套")]
        + ["新闻", "体育", "财经"]
        + [f"乡镇频道{at}" for at in "一二三四五"]
    )
    story = [*FIRST, "河湾电视台的频道一览如下。", *channels]
    assert clean(*MENU, *HEAD, *story, *FOOT).text.split("\n") == story


def test_an_interview_goes_on_with_its_speakers() -> None:
    asked = [
        "河湾周刊：您是怎么进这一行的？",
        "谷师傅：说来不怕笑话，是分配的，厂里要两个手脚轻的人。",
        "河湾周刊：当学徒的时候学什么？",
        "谷师傅：先学看水，再学看木头，第三年才许摸斧子，师傅说急不得。",
    ]
    more = ["河湾周刊：您担心这一行消失吗？", "谷师傅：不担心，只要还有人过河就得有人造船。"]
    article = clean(*MENU, *HEAD, *asked, *FIRST, "【相关专题】", *LINKS, *more, *FOOT)
    assert article.text.split("\n")[-2:] == more


def test_a_list_counts_on_behind_what_is_put_into_it() -> None:
    def shop(number: int, name: str) -> list[str]:
        about = f"{name}的老板原来是船工，店里留着一条旧缆绳和两盏马灯，客人可以坐在舱板上喝茶看河水。"
        return [f"{number}. {name}", about, f"地址：河湾大南街{number}号地下", f"电话：3700 0{number}18"]

    before = [*shop(1, "缝纫机茶馆"), *shop(2, "三楼后座")]
    after = [*shop(3, "企"), *shop(4, "冰室对面")]
    article = clean(*MENU, *HEAD, FIRST[0], *before, "【同場加映】", *LINKS, *after, "文：周小平", *FOOT)
    assert set(after) - {"电话：3700 0418", "地址：河湾大南街4号地下"} <= set(article.text.split("\n"))


def test_a_list_of_others_that_begins_anew_is_none_of_the_article() -> None:
    own = [line for at in (1, 2, 3) for line in (f"{at}、第{at}件事", f"第{at}件：{FIRST[0]}")]
    ranking = [f"{at}、{line}" for at, line in enumerate((*LINKS, "南岸的戏院改卖便当", THEN[0]), 1)]
    article = clean(*MENU, *HEAD, *own, "热门排行", *ranking, *FOOT)
    assert article.text.split("\n") == own


def test_the_next_article_of_a_page_that_never_ends_is_another() -> None:
    following = ["山城茶园迎来采摘季", "发布时间：2024-05-02 09:00 更新时间：2024-05-02 10:00", *THEN]
    article = clean(*MENU, *HEAD, *FIRST, "往下看更多文章", *following, *FOOT)
    assert article.text.split("\n") == FIRST


def test_a_notice_ends_with_whom_to_call_the_office_and_the_date() -> None:
    end = [
        "咨询电话：0433-0000158（教导处） 联系人：朴老师",
        "举报电话：0433-0000101",
        "特此通知。",
        "河湾镇第二中心小学",
        "2014年6月3日",
    ]
    article = clean(*MENU, *HEAD, "各位家长：", *FIRST, *end, "(责任编辑：admin)", "顶一下", *FOOT)
    assert article.text.split("\n") == ["各位家长：", *FIRST, *end]


def test_what_a_paper_says_of_itself_under_an_article_is_none_of_it() -> None:
    notes = [
        "作者簡介：註冊物理治療師，執業十五年，業餘越野跑手。",
        "※ 河灣新聞網提醒您：飲酒過量，有害健康",
        "緊貼最新資訊，讚好河灣Facebook專頁",
    ]
    article = clean(*MENU, *HEAD, *FIRST, *THEN, *notes, *FOOT)
    assert article.text.split("\n") == [*FIRST, *THEN]


def test_a_digital_paper_s_pages_are_none_of_an_article() -> None:
    pages = [
        "本版標題導航",
        "山城茶園迎來採摘季",
        "版面導航",
        "第A01版：要聞",
        "第A02版：澳聞",
        "第A03版：體育",
        "第A04版：廣告",
    ]
    article = clean(*MENU, *HEAD, *FIRST, *THEN, *pages, "返回目录", "下一版", "版权所有 © 2024 河湾报")
    assert article.text.split("\n") == [*FIRST, *THEN]


def test_pages_in_english_and_japanese() -> None:
    english = [
        "The old branch line will reopen in the spring, after the villagers bought nine miles of track for a pound.",
        "Volunteers have spent three winters on the signal box. Its levers shine again.",
        "The first train leaves at six in the morning, and the farmer who waits for it has bought the ticket.",
    ]
    page = clean(
        "Skip to content", "News", "Opinion", "Sport", "Culture", "Newsletters", "Sign in", "Old branch line to reopen after villagers buy track",
        "Fri 14 Mar 2014 09.00", "View image in fullscreen", *english, "Topics", "Share via Email", "Reuse this content",
        "This discussion is now closed for comments", "Most viewed", "Terms of use", "Privacy policy", "© 2014 The Harrow Post. All rights reserved.",
    )  # fmt: skip
    assert page.text.split("\n") == english
    assert page.title == "Old branch line to reopen after villagers buy track"
    japanese = [
        "瀬戸内海に浮かぶ島で、六年前に閉校した小学校の図書室が、島民だけの手で開き続けている。",
        "校舎は木造二階建て。教室の窓には板が打ち付けられているが、東の端だけは毎週水曜の午後、明かりがつく。",
        "市は建物の使用を認める代わりに、電気代と修繕費は島で持つことを条件にした。",
    ]
    page = clean(
        "本文へジャンプ", "ホーム", "ニュース", "社会", "スポーツ", "ログイン", "会員登録", "島の図書室、十二人が守る", "2015年8月5日 16時30分",
        "シェア", "ツイート", "印刷",
        *japanese, "[PR]", "関連記事", "島の船、時刻が変わる", "アクセスランキング", "利用規約", "プライバシーポリシー", "掲載の記事・写真の無断転載を禁じます",
    )  # fmt: skip
    assert page.text.split("\n") == japanese


STAYING = [
    ["优", "良", "普通", "差"],
    ["感谢广大网友踊跃投递作品，本次征文活动共收到来稿三千余件。"],
    ["更多服务内容", "上门检修船底和船舷的裂缝", "为旧船补漆并更换全部铁钉"],
    ["延伸阅读", "老船匠收徒记", "2023-05-01 发布"],
    ["他常听的格式有三种。", "WAV", "MP3", "FLAC"],
    ["广告时间"],
    ["★老陈提醒您：每年夏天要上一次桐油", "★老陈提醒您：冬天不要把船泡在水里"],
    ["摄影 第三课"],
    ["作者系老陈的徒弟，学艺三年，能独自换一整块船底板。"],
    ["河湾已有三十多个社群，人情味越来越浓。"],
    ["船体图纸.pdf (2 MB)"],
    ["维基媒体基金会是一家总部设在旧金山的非营利组织，成立于2003年，负责运营维基百科等项目。"],
    ["「無断転載を禁ず」と書かれた看板"],
    ["総合ランキング", "1位 河湾市立中央図書館", "2位 港町ふれあい交流センター"],
    ["Love", "Sad", "Angry"],
    ["Share your thoughts"],
    ["12 responses to the survey"],
    ["Register to vote by Friday at any post office or at the town hall on Mill Lane."],
    ["We use cookies to bribe the children, she said, and it works every time."],
    ["The paper is a reader-supported publication with nine members of staff, and it has no owner to please."],
    ["More from the sea", "Mackerel smoked over beech and alder", "Cod cheeks with brown butter and capers"],
]


@pytest.mark.parametrize("lines", STAYING, ids=lambda lines: lines[0][:20])
def test_what_only_looks_like_chrome_cuts_nothing(lines: list[str]) -> None:
    article = clean(*MENU, *HEAD, *FIRST, *lines, *THEN, *FOOT)
    assert [*FIRST, *THEN] == [line for line in article.text.split("\n") if line in (*FIRST, *THEN)]
    if "阅读" not in lines[0]:  # the heading of the links goes
        assert set(lines) <= set(article.text.split("\n"))


def test_paragraphs_without_points_above_a_date_stay() -> None:
    diary = [line.rstrip("。") for line in FIRST]
    article = clean(*MENU, *HEAD, *diary, "2019年5月18日 星期六", *THEN, *FOOT)
    assert set(diary) <= set(article.text.split("\n"))


@pytest.mark.parametrize("deck", ["大桥首日通行车辆超过三千辆", "船没了，人还在"])
def test_a_line_of_the_text_is_no_title_where_one_stands_above_the_date(deck: str) -> None:
    article = clean(*MENU, "闸口旁边的烟火人间", "2024-05-01 08:00 来源：河湾日报", deck, *FIRST, *THEN, *FOOT)
    assert article.title == "闸口旁边的烟火人间"
    assert deck in article.text.split("\n")


@pytest.mark.parametrize(
    "line", ["2024-05-01 09:14·江苏", "2024-05-01 09:14 原创", "2024-05-01 09:14 ·已编辑", "新闻/综合报道"]
)
def test_places_and_words_are_no_authors(line: str) -> None:
    assert clean(*MENU, HEAD[0], line, *FIRST, *THEN, *FOOT).authors == ()
