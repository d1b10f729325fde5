"""What a screen reader says of the face."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Language

if TYPE_CHECKING:
    from edge.outlets.avatar.looks import Pose

OF = {Language.EN: "The face of {name}: {seen}", Language.ZH: "{name}的脸：{seen}"}
SPEAKING = {Language.EN: "{seen}, speaking", Language.ZH: "{seen}，正在说话"}
SEEN = {
    Language.EN: {
        "asleep": "asleep",
        "unsure": "unsure",
        "smiling": "smiling",
        "surprised": "surprised",
        "concerned": "concerned",
        "worried": "worried",
        "unhappy": "unhappy",
        "stern": "stern",
        "calm": "calm",
    },
    Language.ZH: {
        "asleep": "睡着了",
        "unsure": "拿不准",
        "smiling": "微笑",
        "surprised": "惊讶",
        "concerned": "关切",
        "worried": "担心",
        "unhappy": "难过",
        "stern": "严肃",
        "calm": "平静",
    },
}


def told(pose: Pose, language: Language, name: str, *, speaking: bool = False) -> str:
    """The face in words."""
    seen = SEEN[language][expression(pose)]
    if speaking:
        seen = SPEAKING[language].format(seen=seen)
    return OF[language].format(name=name, seen=seen)


def expression(pose: Pose) -> str:
    """What somebody would call it, one of the keys of SEEN."""
    look = pose.look
    signs = (
        ("asleep", pose.sleep, 0.5),
        ("unsure", pose.doubt, 0.4),
        ("smiling", look.smile, 0.35),
        ("worried", min(look.inner_brows, look.lids, -look.smile), 0.2),
        ("surprised", min(look.brows, look.lids), 0.2),
        ("stern", -look.inner_brows, 0.5),
        ("unhappy", -look.smile, 0.3),
        ("concerned", look.inner_brows, 0.2),
    )
    return next((name for name, value, least in signs if value >= least), "calm")
