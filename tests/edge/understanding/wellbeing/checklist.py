"""What a report may not say, beyond what no reply may (tests/edge/response/checklist.py), and what it has to."""

from __future__ import annotations

from edge.affect import Language

FORBIDDEN: dict[Language, dict[str, tuple[str, ...]]] = {
    Language.EN: {
        "a diagnosis": (
            "illness",
            "sick",
            "patient",
            "mental",
            "mood swing",
            "risk",
            "abnormal",
            "normal",
            "healthy",
            "unhealthy",
            "stress",
            "suffer",
            "score",
            "warning",
            "alarm",
            "deteriorat",
            "worse",
            "decline",
            "problem",
            "treatment",
            "doctor",
        ),
        "an order": (
            "please ",
            "make sure",
            "try to",
            "remember to",
            "it is important",
            "don't forget",
            "seek",
            "need to",
        ),
        "blame": (
            "fail",
            "only ",
            "too negative",
            "not enough of you",
            "your fault",
            "missed",
            "unfortunately",
            "bad week",
        ),
        "praise or a target": ("well done", "great", "congrat", "goal", "streak", "target", "improve", "better than"),
    },
    Language.ZH: {
        "a diagnosis": (
            "症",
            "病",
            "患",
            "心理",
            "精神",
            "风险",
            "异常",
            "正常",
            "压力",
            "医",
            "恶化",
            "变差",
            "警",
            "问题",
            "下滑",
        ),
        "an order": ("请", "务必", "必须", "要记得", "应该", "应当", "一定要", "尽快", "最好"),
        "blame": ("没能", "未能", "失败", "你的错", "可惜", "遗憾", "不够好", "糟"),
        "praise or a target": ("做得好", "真棒", "目标", "连续", "打卡", "改善", "进步", "达标"),
    },
}
"""Reason → phrases, in lower case. "It says nothing about health" is the one place where health is named."""

ORDERS: dict[Language, tuple[str, ...]] = {
    Language.EN: (
        "talk ",
        "call ",
        "tap ",
        "rest ",
        "go ",
        "see ",
        "ask ",
        "tell ",
        "take ",
        "do ",
        "let ",
        "keep ",
        "think ",
    ),
    Language.ZH: ("去", "找", "跟", "打", "休息一", "告诉"),
}
"""How a sentence begins that orders."""

UNKNOWN: dict[Language, tuple[str, ...]] = {
    Language.EN: ("signs, not feelings", "often wrong", "knows nothing of the rest", "nothing about health"),
    Language.ZH: ("不是感受", "常常会错", "不知道你一天里的其余时间", "不说明健康情况"),
}
"""What every report says of itself."""

PERSON: dict[Language, str] = {Language.EN: "with a person you like to talk to", Language.ZH: "和一个你愿意聊聊的人"}
OFFER: dict[Language, str] = {Language.EN: "if it fits", Language.ZH: "如果这和你"}
