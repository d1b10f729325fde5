from __future__ import annotations

from dataclasses import replace

import pytest

from edge.affect import EMOTIONS, Emotion, Language, Sense
from edge.understanding.explanation import explain
from edge.understanding.graph.evidence import mixed
from edge.understanding.graph.graph import graph
from edge.understanding.in_context import InContext
from edge.understanding.record import state_record
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.understanding import Understanding
from tests.edge.understanding.words import affect, phrases, said, sensed, state

E = Emotion


def context(**tables: dict[str, object]) -> InContext:
    return InContext(UnderstandingSettings.model_validate(tables))


def test_an_event_is_told_in_the_words_of_the_graph_and_stays_on_the_device() -> None:
    reading = context().take(said("I failed my chemistry exam", E.SAD))
    assert phrases(reading) == ["about the exam (may matter: being able to do it)"]
    assert reading.cues[0].quotes
    told = Understanding(UnderstandingSettings()).update(reading)
    assert any("about the exam" in line for line in explain(told, quoting=True))
    assert not any("exam" in line for line in explain(told, quoting=False))
    assert "exam" not in str(state_record(told))


def test_the_need_is_told_in_the_language_of_the_words() -> None:
    assert phrases(context().take(said("六级又没过", E.SAD))) == ["about 考试 (may matter: 能做好)"]


def test_an_event_moves_words_that_are_unsure_by_no_more_than_its_weight() -> None:
    words = said("我被裁了", E.NEUTRAL, 0.4)
    reading = context(graph={"weight_zh": 0.2}).take(words)
    assert words.affect is not None
    assert reading.affect is not None
    moved = [abs(a - b) for a, b in zip(reading.affect.probabilities, words.affect.probabilities, strict=True)]
    assert max(moved) <= 0.2
    sad = EMOTIONS.index(E.SAD)
    assert reading.affect.probabilities[sad] == pytest.approx(0.8 * 0.1 + 0.2 * 0.5)
    assert reading.affect.valence < words.affect.valence


@pytest.mark.parametrize(
    "words",
    [
        said("我被裁了", E.NEUTRAL, 0.5),
        said("I lost my job", E.NEUTRAL, 0.4),
        said("我被裁了", None),
    ],
)
def test_an_event_moves_nothing_where_words_are_sure_or_abstain_or_the_weight_is_zero(words: object) -> None:
    assert isinstance(words, type(said("")))
    assert context().take(words).affect == words.affect


def test_the_mixture_is_a_distribution_between_the_two() -> None:
    joy = affect(E.HAPPY)
    assert mixed(joy, (1, 0, 0, 0, 0, 0, 0), 0.0) == joy
    half = mixed(joy, (1, 0, 0, 0, 0, 0, 0), 0.5)
    assert half.probabilities[0] == pytest.approx(0.5 + joy.probabilities[0] / 2)


def test_the_voice_heard_before_makes_cheerful_words_less_sure_until_its_consent_is_gone() -> None:
    listening = context()
    listening.see(state(None), sensed(Sense.VOICE, E.ANGRY))
    assert any("perhaps not meant" in phrase for phrase in phrases(listening.take(said("Oh great", E.HAPPY))))
    listening.forget(Sense.VOICE)
    assert phrases(listening.take(said("Oh great", E.HAPPY))) == []


def test_what_was_believed_can_be_denied_until_a_consent_is_gone() -> None:
    listening = context()
    listening.see(state(E.SAD), None)
    assert phrases(listening.take(said("I'm fine", E.NEUTRAL))) == ["denies being sad"]
    listening.forget(Sense.FACE)
    assert phrases(listening.take(said("I'm fine", E.NEUTRAL))) == []


def test_the_turns_before_are_dropped_with_the_consent_for_words() -> None:
    listening = context()
    listening.take(said("It hurts", E.SAD))
    assert phrases(listening.take(said("yes", at_s=1))) == ["goes on from what was said before"]
    listening.forget(Sense.TEXT)
    assert phrases(listening.take(said("yes", at_s=2))) == []


def test_other_senses_and_readings_without_words_stay_as_they_are() -> None:
    listening = context()
    for reading in (sensed(Sense.FACE, E.SAD), sensed(Sense.VOICE, E.SAD), replace(said("x"), words=None), said(" ")):
        assert listening.take(reading) is reading


def test_settings_change_while_it_runs() -> None:
    listening = context()
    listening.adopt(UnderstandingSettings.model_validate({"graph": {"weight_en": 0.3}}))
    words = said("I lost my job", E.NEUTRAL, 0.4)
    assert listening.take(words).affect != words.affect


def test_the_graphs_of_the_devices_languages_are_read_at_start() -> None:
    from edge.understanding.graph.graph import graph

    graph.cache_clear()
    InContext(UnderstandingSettings(), (Language.ZH,))
    assert graph.cache_info().currsize == 1


def test_the_triggers_of_events_are_compiled_one_by_one_while_nobody_waits() -> None:
    graph.cache_clear()
    listening = InContext(UnderstandingSettings(), (Language.EN,))
    patterns = list(graph(Language.EN).each_pattern())

    def compiled() -> int:
        return sum(pattern._compiled is not None for pattern in patterns)

    assert compiled() == 0
    for _ in range(3):
        listening.prepare()
    assert compiled() == 3
    for _ in patterns:
        listening.prepare()
    assert compiled() == len(patterns)
