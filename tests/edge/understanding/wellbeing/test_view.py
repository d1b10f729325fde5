from __future__ import annotations

import sys

import pytest

from edge.affect import CIRCUMPLEX, EMOTIONS, Emotion, Sense, State
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.views import views
from edge.understanding.wellbeing.day import Span, Sums
from edge.understanding.wellbeing.view import GAP_S, SPAN_S, Spans
from tests.edge.understanding.wellbeing.support import nobody, state

HAPPY = EMOTIONS.index(Emotion.HAPPY)


def through(view: Spans, states: list[State]) -> list[Span]:
    return [span for state in states for span in view.see(state, None)]


def total(spans: list[Span]) -> Sums:
    sums = Sums()
    for span in spans:
        sums.merge(span.sums)
    return sums


def end(view: Spans, at_s: float) -> list[Span]:
    """What is still within, by a State in which nobody is there."""
    return list(view.see(nobody(at_s), None))


@pytest.mark.parametrize("rate_hz", [1, 5, 30])
def test_time_counts_and_not_the_number_of_states(rate_hz: int) -> None:
    view = Spans()
    labels = [Emotion.HAPPY if second < 40 else Emotion.SAD for second in range(100)]
    states = [state(i / rate_hz, labels[i // rate_hz]) for i in range(100 * rate_hz)]
    sums = total([*through(view, states), *end(view, 100.0)])
    assert sums.seen_s == pytest.approx(100, abs=1e-6)
    assert sums.told[HAPPY] == pytest.approx(40, abs=1e-6)
    mixed = 0.4 * states[0].affect.valence + 0.6 * states[-1].affect.valence
    assert sums.valence / sums.told_s == pytest.approx(mixed)
    assert states[0].affect.valence == pytest.approx(CIRCUMPLEX[Emotion.HAPPY][0], abs=0.1)


def test_a_gap_is_not_counted() -> None:
    view = Spans()
    spans = through(view, [state(0.0), state(1.0), state(1.0 + GAP_S + 0.1), state(GAP_S + 2.1)])
    assert total([*spans, *end(view, GAP_S + 2.2)]).seen_s == pytest.approx(1 + 1 + 0.1, abs=1e-6)


def test_nobody_there_is_no_time_at_all_and_unsure_is_seen_but_not_told() -> None:
    view = Spans()
    spans = through(view, [nobody(0.0), nobody(1.0), state(2.0, None), state(3.0), nobody(4.0), nobody(9.0)])
    sums = total(spans)
    assert sums.seen_s == pytest.approx(2.0)
    assert sums.told_s == pytest.approx(1.0)


def test_a_state_of_an_earlier_moment_counts_no_time_twice() -> None:
    view = Spans()
    spans = through(view, [state(0.0), state(2.0), state(1.0, Emotion.SAD), state(3.0)])
    sums = total([*spans, *end(view, 4.0)])
    assert sums.seen_s == pytest.approx(4.0)
    assert sums.told[EMOTIONS.index(Emotion.SAD)] == pytest.approx(1.0)


def test_a_span_is_of_one_set_of_senses_and_at_most_half_a_minute() -> None:
    view = Spans()
    spans = through(view, [state(second, Emotion.HAPPY, Sense.FACE) for second in range(70)])
    spans += through(view, [state(second, Emotion.HAPPY, Sense.FACE, Sense.TEXT) for second in range(70, 80)])
    spans += end(view, 80.0)
    assert [(span.end_ns - span.start_ns) / 1e9 for span in spans] == [SPAN_S, SPAN_S, 10.0, 10.0]
    assert [Sense.TEXT in span.senses for span in spans] == [False, False, False, True]


def test_a_withdrawn_sense_takes_with_it_what_was_not_handed_on() -> None:
    view = Spans()
    through(view, [state(second) for second in range(10)])
    view.forget(Sense.TEXT)
    assert total(end(view, 10.0)).seen_s == pytest.approx(10.0)
    through(view, [state(second) for second in range(20, 30)])
    view.forget(Sense.FACE)
    assert end(view, 30.0) == []


def test_memory_is_the_same_after_a_day_as_after_a_minute() -> None:
    def size(view: Spans) -> int:
        return sum(sys.getsizeof(value) for value in (*vars(view).values(), *view._sums.told))

    view = Spans()
    through(view, [state(second + 0.5) for second in range(60)])
    early = size(view)
    for second in range(60, 86_400, 2):
        for span in view.see(state(second + 0.5), None):
            assert span.sums.seen_s <= SPAN_S + 2
    assert size(view) == early


def test_the_runtime_gets_this_view() -> None:
    assert any(isinstance(view, Spans) for view in views(UnderstandingSettings()))
