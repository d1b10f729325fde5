from __future__ import annotations

import shutil
import tomllib
from typing import TYPE_CHECKING

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models, default_directory
from edge.affect import EMOTIONS, Affect, Emotion, Language, Reading, Sense
from edge.errors import ModelError
from edge.perception.text.perceiver import TextPerceiver
from edge.perception.text.settings import TextSettings
from edge.sensors.signals import Utterance
from tests.edge.perception.counting import Counting

if TYPE_CHECKING:
    from pathlib import Path


def _perceiver(**changes: int) -> TextPerceiver:
    perceiver = TextPerceiver(TextSettings.model_validate(changes), Models(default_directory(), Cpu()))
    perceiver.attach()
    return perceiver


READER = _perceiver()


def read(words: str) -> Reading:
    return READER.perceive(Utterance(words, 7))


def test_in_a_language_of_less_sureness_the_same_is_said_less_surely(tmp_path: Path) -> None:
    shutil.copytree(default_directory() / "text-emotion", tmp_path / "text-emotion")
    card = tmp_path / "text-emotion" / "card.toml"
    content = tomllib.loads(card.read_text(encoding="utf-8"))
    readings = []
    for sureness in (1.0, 0.4):
        card.write_text(tomli_w.dumps({**content, "sureness": {"zh": sureness}}), encoding="utf-8")
        perceiver = TextPerceiver(TextSettings(), Models(tmp_path, Cpu()))
        perceiver.attach()
        readings.append([perceiver.perceive(Utterance(words, 7)).affect for words in ("我太高兴了", "I am so happy")])
    (zh, en), (unsure, same) = readings
    assert zh is not None
    assert unsure is not None
    assert unsure.label is zh.label
    assert unsure.confidence < zh.confidence
    assert same == en


def felt(words: str) -> Emotion:
    affect = read(words).affect
    assert affect is not None
    return affect.label


@pytest.mark.parametrize(
    ("words", "emotion"),
    [
        ("I hate that you keep lying to me", Emotion.ANGRY),
        ("This makes me so mad, I am furious", Emotion.ANGRY),
        ("Gross, this fridge is disgusting", Emotion.DISGUST),
        ("Yuck, that smells disgusting", Emotion.DISGUST),
        ("I'm really scared of the storm", Emotion.FEAR),
        ("I am worried and anxious about the operation", Emotion.FEAR),
        ("I love my new bike, it is wonderful", Emotion.HAPPY),
        ("thanks so much, that was great!", Emotion.HAPPY),
        ("I feel so sad and lonely since she died", Emotion.SAD),
        ("I miss him so much, I have been crying all day", Emotion.SAD),
        ("Wow, I did not expect that at all!", Emotion.SURPRISE),
        ("I am so surprised, I can't believe you came", Emotion.SURPRISE),
        ("The bus stops at the corner", Emotion.NEUTRAL),
        ("The meeting is at three", Emotion.NEUTRAL),
        ("气死我了，他又骗我", Emotion.ANGRY),
        ("你凭什么这样说我，太过分了", Emotion.ANGRY),
        ("好恶心，这碗汤里有虫子", Emotion.DISGUST),
        ("这垃圾臭得我想吐", Emotion.DISGUST),
        ("外面好黑，我好害怕", Emotion.FEAR),
        ("我很担心爸爸的病", Emotion.FEAR),
        ("今天真高兴，我们一起去公园玩", Emotion.HAPPY),
        ("谢谢你，我太开心了", Emotion.HAPPY),
        ("他走了，我很难过", Emotion.SAD),
        ("一个人过年，好孤独，好想哭", Emotion.SAD),
        ("天哪，居然是你", Emotion.SURPRISE),
        ("真没想到他竟然考上了清华", Emotion.SURPRISE),
        ("会议改到下午四点", Emotion.NEUTRAL),
        ("帮我打开空调", Emotion.NEUTRAL),
        ("我覺得很難過", Emotion.SAD),
        ("ｉ ａｍ ｓｏ ｈａｐｐｙ", Emotion.HAPPY),
    ],
)
def test_clear_sentences_are_understood(words: str, emotion: Emotion) -> None:
    assert felt(words) is emotion


@pytest.mark.parametrize("words", ["I am not happy", "I'm not happy at all", "not great", "我不开心", "我一点也不高兴"])
def test_denied_joy_is_not_joy(words: str) -> None:
    assert felt(words) is not Emotion.HAPPY
    assert any(cue.name == "negation" for cue in read(words).cues)


@pytest.mark.parametrize(("words", "emotion"), [("I'm not angry", Emotion.ANGRY), ("我没有生气", Emotion.ANGRY)])
def test_a_denied_bad_feeling_is_not_that_feeling(words: str, emotion: Emotion) -> None:
    assert felt(words) is not emotion


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("thank you so much, this is wonderful", "they killed her and nobody cares"),
        ("谢谢大家，今天真的太开心了", "他走了，我心里好难过"),
    ],
)
def test_valence_follows_what_is_said(better: str, worse: str) -> None:
    high, low = read(better).affect, read(worse).affect
    assert high is not None
    assert low is not None
    assert high.valence > 0.2 > -0.1 > low.valence


def test_what_is_denied_turns_valence_too() -> None:
    affect = read("I am not happy at all").affect
    assert affect is not None
    assert affect == Affect.of(affect.probabilities)
    assert affect.valence < 0.1


def test_a_fine_feeling_is_told_where_there_is_one() -> None:
    assert "sounds like gratitude" in {cue.phrase for cue in read("Thank you so much for your help!").cues}
    assert "fine" not in {cue.name for cue in read("The bus stops at the corner").cues}


def test_the_end_of_a_long_text_is_read_as_well_as_its_beginning() -> None:
    calm = "the bus stops at the corner and then it goes on to the next one " * 3
    first, last = read(calm + "today").affect, read(calm + "and i am so happy, i love it, it is wonderful").affect
    assert first is not None
    assert last is not None
    happy = EMOTIONS.index(Emotion.HAPPY)
    assert last.probabilities[happy] > 2 * first.probabilities[happy]


def test_a_reading_names_sense_time_words_and_language() -> None:
    reading = read("I am so happy today!")
    assert (reading.sense, reading.captured_ns, reading.words) == (Sense.TEXT, 7, "I am so happy today!")
    assert reading.language is Language.EN
    assert read("我很好").language is Language.ZH


def test_the_words_that_decided_are_told() -> None:
    cues = {cue.name: cue for cue in read("Since the move I feel so lonely in the evening!").cues}
    assert "lonely" in cues["words"].phrase
    assert cues["words"].value > 0.05
    assert cues["exclamation"].value == 1.0
    assert "so" in cues["intensity"].phrase
    assert "孤独" in next(cue.phrase for cue in read("晚上一个人在家，特别孤独").cues if cue.name == "words")


@pytest.mark.parametrize(
    ("words", "runs", "told"),
    [
        ("The bus stops at the corner", 1, None),
        ("Take the garden chair, it is so sad", 2, '"so sad"'),
        ("The bread, the outside, a painful walk", 3, '"painful"'),
        ("他走了，我很难过", 3, '"很难过"'),
        ("桃子，你真不容易", 3, '"容易"'),
    ],
)
def test_words_are_tried_until_one_decided(words: str, runs: int, told: str | None) -> None:
    accelerator = Counting()
    perceiver = TextPerceiver(TextSettings(), Models(default_directory(), accelerator))
    perceiver.attach()
    accelerator.invocations = 0  # the golden vector
    reading = perceiver.perceive(Utterance(words, 0))
    assert next((cue.phrase for cue in reading.cues if cue.name == "words"), None) == told
    assert accelerator.invocations == runs


def test_the_value_of_the_words_is_what_the_label_loses_without_them() -> None:
    whole, rest = read("Take the garden chair, it is so sad"), read("Take the garden chair, it is").affect
    assert whole.affect is not None
    assert rest is not None
    loss = whole.affect.confidence - rest.probabilities[EMOTIONS.index(Emotion.SAD)]
    assert next(cue.value for cue in whole.cues if cue.name == "words") == pytest.approx(loss, abs=1e-3)


def test_no_words_are_tried_when_the_settings_say_so() -> None:
    reading = _perceiver(occlusions=0).perceive(Utterance("I feel so lonely", 0))
    assert "words" not in {cue.name for cue in reading.cues}


@pytest.mark.parametrize("words", ["", "   ", "\n\t", "...", "?!", "12345", "\u200b\u200b", "-- 7 --"])
def test_a_text_without_words_abstains(words: str) -> None:
    reading = read(words)
    assert (reading.affect, reading.reason, reading.quality) == (None, "no words", 0.0)


@pytest.mark.parametrize(
    "words",
    ["Привет, как дела?", "مرحبا كيف حالك", "今日はとても楽しいです", "ich weiss nicht was ich heute machen soll"],
)
def test_another_language_abstains_and_passes_the_words_on(words: str) -> None:
    reading = read(words)
    assert (reading.affect, reading.reason, reading.words) == (None, "language not supported", words)


@pytest.mark.parametrize(
    ("words", "emotion"), [("great!", Emotion.HAPPY), ("超开心！", Emotion.HAPPY), ("scared", Emotion.FEAR)]
)
def test_a_single_clear_word_is_enough_at_lower_quality(words: str, emotion: Emotion) -> None:
    assert felt(words) is emotion
    assert 0.3 < read(words).quality < read("I think that this is a really great day").quality


def test_emoji_alone_are_read_without_a_language() -> None:
    reading = read("😂😂")
    assert reading.affect is not None
    assert reading.language is None


def test_a_megabyte_is_read_to_the_limit_and_says_so() -> None:
    words = "I am so happy. " * 70_000
    reading = read(words)
    assert reading.affect is not None
    assert reading.affect.label is Emotion.HAPPY
    cut = next(cue for cue in reading.cues if cue.name == "length")
    assert (cut.value, cut.phrase) == (float(len(words)), "only the first 600 characters were read")
    assert reading.words is words


def test_readings_do_not_depend_on_what_was_read_before() -> None:
    first = read("I am afraid of the dark")
    read("我今天特别高兴，" * 40)
    assert read("I am afraid of the dark") == first


def test_case_width_and_direction_marks_change_nothing() -> None:
    assert read("\u202eI AM SO SAD\u202c\u200b").affect == read("i am so sad").affect


def test_perceiving_before_attach_is_a_mistake_of_the_caller() -> None:
    perceiver = TextPerceiver(TextSettings(), Models(default_directory(), Cpu()))
    with pytest.raises(RuntimeError, match="before attach"):
        perceiver.perceive(Utterance("hello", 0))


def test_a_stopped_perceiver_can_be_attached_again() -> None:
    perceiver = _perceiver()
    perceiver.stop()
    perceiver.attach()
    assert perceiver.perceive(Utterance("hello", 0)).affect is not None


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="text-emotion"):
        TextPerceiver(TextSettings(), Models(tmp_path, Cpu())).attach()


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120))
def test_any_text_gives_a_reading_or_an_abstention(words: str) -> None:
    reading = read(words)
    assert (reading.affect is None) == (reading.reason is not None)
    assert 0.0 <= reading.quality <= 1.0
    assert all(0.0 <= cue.strength <= 1.0 for cue in reading.cues)
    strengths = [cue.strength for cue in reading.cues]
    assert strengths == sorted(strengths, reverse=True)


@settings(max_examples=60, deadline=None)
@given(st.text("我你不开心难过气怕了的，！ not happy sad'!", max_size=60))
def test_any_mixture_of_known_words_gives_a_reading_or_an_abstention(words: str) -> None:
    reading = read(words)
    assert (reading.affect is None) == (reading.reason is not None)
