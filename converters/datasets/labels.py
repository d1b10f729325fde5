"""What others call emotions, in our words: synonyms in English, Chinese and German, and the codes of single sets.

A synonym means the same in every set. A code (a letter, a number) means something else in each, EMO-DB's "F" is joy and
SAVEE's "f" is fear, so it counts only beside the set's own table. "calm" (RAVDESS) and 平静 are left out: rest is a
feeling, neutral is the lack of one, and the two sound different.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from edge.affect import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_WORDS: dict[str, str] = {
    "angry": """anger angered ang mad rage fury furious wrath ärger ärgerlich wut wütend zorn zornig
        愤怒 生气 发怒 恼怒 气愤 怒 憤怒 生氣 發怒 惱怒 氣憤""",
    "disgust": """disgusted disgusting disgustful dis revulsion ekel angeekelt
        厌恶 恶心 嫌恶 反感 恶 厭惡 噁心 嫌惡 惡""",
    "fear": """fearful fea afraid scared frightened terrified terror angst ängstlich furcht
        恐惧 害怕 惧怕 恐慌 惧 恐 恐懼 懼怕 懼""",
    "happy": """happiness happily hap joy joyful joyous freude fröhlich glücklich glück
        高兴 开心 快乐 喜悦 幸福 喜 乐 高興 開心 快樂 喜悅 樂""",
    "sad": """sadness sadly sorrow sorrowful unhappy trauer traurig traurigkeit
        悲伤 难过 伤心 哀伤 悲哀 悲 哀 悲傷 難過 傷心 哀傷""",
    "surprise": """surprised surprising sur astonished astonishment pleasant_surprise pleasant_surprised
        pleasantly_surprised überraschung überrascht 惊讶 惊奇 吃惊 惊 驚訝 驚奇 吃驚 驚""",
    "neutral": "neu neutrality no_emotion 中性 中立 无情绪 無情緒",
    "boredom": "bored boring langeweile gelangweilt 无聊 無聊",
    "contempt": "contemptuous disdain verachtung 轻蔑 輕蔑 蔑视 蔑視",
    "calm": "calmness ruhe ruhig 平静 平靜",
}
"""Each of our seven, and what a model of ours may say beyond them, with what others call it."""
_OURS = frozenset(emotion.value for emotion in EMOTIONS)

EMODB: Mapping[str, str] = {
    "W": "angry",
    "L": "boredom",
    "E": "disgust",
    "A": "fear",
    "F": "happy",
    "T": "sad",
    "N": "neutral",
}
"""Sixth letter of an EMO-DB file (Wut, Langeweile, Ekel, Angst, Freude, Trauer, neutral): Burkhardt et al. 2005,
http://emodb.bilderbar.info/index-1280.html."""
RAVDESS: Mapping[str, str] = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fear",
    "07": "disgust",
    "08": "surprise",
}
"""Third number of a RAVDESS file: Livingstone & Russo 2018, https://zenodo.org/records/1188976."""
SAVEE: Mapping[str, str] = {
    "a": "angry",
    "d": "disgust",
    "f": "fear",
    "h": "happy",
    "n": "neutral",
    "sa": "sad",
    "su": "surprise",
}
"""Letters before the number of a SAVEE file: Haq & Jackson, http://kahlan.eps.surrey.ac.uk/savee/Database.html."""
TESS: Mapping[str, str] = {"ps": "surprise"}
"""TESS writes words, but "ps" for pleasant surprise: Pichora-Fuller & Dupuis 2020, doi:10.5683/SP2/E8H2MF."""
FER2013: Mapping[str, str] = {str(number): emotion.value for number, emotion in enumerate(EMOTIONS)}
"""FER2013's numbers 0 to 6; our order was taken from it: Goodfellow et al. 2013."""


def normal(label: str) -> str:
    """``label`` without case, outer space, and difference between blanks, hyphens and underscores."""
    return "_".join(unicodedata.normalize("NFKC", label).casefold().replace("-", " ").replace("_", " ").split())


_SYNONYMS = {normal(word): name for name, words in _WORDS.items() for word in (name, *words.split())}


def ours(label: str, known: Collection[str] = (), codes: Mapping[str, str] | None = None) -> str | None:
    """The word of ours, or of ``known``, for ``label``; None when there is none, and the row is left out.

    Args:
        label: as the set writes it; case does not matter.
        known: what the model can say. A label that stands in it is kept as it is written there, and so is one whose
            synonym does ("bored" where the model says "boredom").
        codes: what the set's own letters or numbers mean, one of the tables above; they count before the synonyms.

    Returns:
        One of ``known``, or one of the seven of ``edge.affect.EMOTIONS``, or None.
    """
    spelling = {normal(word): word for word in known}
    word = normal(label)
    if codes is not None:
        word = next((name for code, name in codes.items() if normal(code) == word), word)
    if word in spelling:
        return spelling[word]
    name = _SYNONYMS.get(word)
    if name is None or name in _OURS:
        return name
    return spelling.get(name)
