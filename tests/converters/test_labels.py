from __future__ import annotations

import pytest

from converters.datasets import labels
from converters.datasets.labels import ours
from edge.affect import EMOTIONS

SAID = {
    "angry": "anger Angry ANG 愤怒 生气 Wut Ärger",
    "disgust": "disgusted DIS Disgust 厌恶 厭惡 Ekel",
    "fear": "fearful scared afraid FEA 恐惧 害怕 Angst",
    "happy": "joy Happiness HAP happy 高兴 开心 快樂 Freude",
    "sad": "sadness SAD 悲伤 难过 Trauer",
    "surprise": "surprised Surprise pleasant_surprise astonished 惊讶 驚訝",
    "neutral": "NEU Neutral 中性 no-emotion",
}


@pytest.mark.parametrize(("name", "word"), [(name, word) for name, words in SAID.items() for word in words.split()])
def test_a_synonym_means_the_same_in_every_case_and_script(name: str, word: str) -> None:
    assert ours(word) == ours(f" {word.upper()} ") == name


def test_our_own_words_stay() -> None:
    assert [ours(emotion.value) for emotion in EMOTIONS] == [emotion.value for emotion in EMOTIONS]


@pytest.mark.parametrize("word", ["calm", "平静", "contempt", "boredom", "W", "01", "3", "", "nothing of the kind"])
def test_what_is_none_of_the_seven_is_left_out(word: str) -> None:
    assert ours(word) is None


def test_what_the_model_can_say_is_kept_as_the_model_writes_it() -> None:
    assert ours("Boredom", known=("angry", "boredom")) == "boredom"
    assert ours("bored", known=("boredom",)) == "boredom"
    assert ours("joy", known=("joy", "love")) == "joy"
    assert ours("joy", known=("love",)) == "happy"


def test_a_code_counts_only_beside_the_table_of_its_set() -> None:
    assert ours("F", codes=labels.EMODB) == "happy"
    assert ours("f", codes=labels.SAVEE) == "fear"
    assert ours("L", codes=labels.EMODB) is None
    assert ours("L", known=("boredom",), codes=labels.EMODB) == "boredom"
    assert ours("02", codes=labels.RAVDESS) is None
    assert ours("08", codes=labels.RAVDESS) == "surprise"
    assert [ours(str(n), codes=labels.FER2013) for n in range(7)] == [emotion.value for emotion in EMOTIONS]
    assert ours("7", codes=labels.FER2013) is None
