from __future__ import annotations

from edge.affect import Emotion
from edge.learning.effects import SILENCE_EVERY_NS, Effects
from tests.edge.learning.support import SECOND, state


def test_valence_is_looked_at_when_it_is_time_and_not_before() -> None:
    effects = Effects()
    effects.answered(7, 0)
    assert effects.see(state(-0.5), 14 * SECOND, 15) is None
    effect = effects.see(state(-0.1), 15 * SECOND, 15)
    assert effect is not None
    assert (effect.number, effect.after) == (7, -0.1)
    assert effects.see(state(0.5), 16 * SECOND, 15) is None, "once"


def test_another_answer_cuts_the_one_before() -> None:
    effects = Effects()
    effects.answered(1, 0)
    effects.answered(2, 10 * SECOND)
    assert effects.see(state(0.0), 15 * SECOND, 15) is None
    effect = effects.see(state(0.2), 25 * SECOND, 15)
    assert effect is not None
    assert effect.number == 2


def test_thanks_cut_it_as_well() -> None:
    effects = Effects()
    effects.answered(1, 0)
    effects.answered(None, 10 * SECOND)
    assert effects.see(state(0.0), 20 * SECOND, 15) is None


def test_a_state_that_comes_too_late_or_rests_on_no_sense_says_nothing() -> None:
    effects = Effects()
    effects.answered(1, 0)
    assert effects.see(state(0.0, sensed=False), 20 * SECOND, 15) is None
    assert effects.see(state(0.0), 31 * SECOND, 15) is None
    assert effects.see(state(0.0), 32 * SECOND, 15) is None


def test_a_silence_to_a_feeling_is_watched_now_and_then() -> None:
    effects = Effects()
    assert effects.see(state(0.0, Emotion.NEUTRAL), 0, 15) is None
    assert effects.see(state(0.0, Emotion.NEUTRAL), 15 * SECOND, 15) is None, "there was nothing to answer"
    begun = state(-0.6)
    assert effects.see(begun, 20 * SECOND, 15) is None
    effect = effects.see(state(-0.4, None), 35 * SECOND, 15)
    assert effect is not None
    assert effect.number is None
    assert effect.begun is begun
    for second in range(36, 36 + 100):
        assert effects.see(state(-0.6), second * SECOND, 15) is None, "not all the time"
    assert effects.see(state(-0.6), 20 * SECOND + SILENCE_EVERY_NS, 15) is None
    assert effects.see(state(-0.6), 35 * SECOND + SILENCE_EVERY_NS, 15) is not None


def test_an_answer_ends_a_silence() -> None:
    effects = Effects()
    effects.see(state(-0.6), 0, 15)
    effects.answered(3, 5 * SECOND)
    effect = effects.see(state(0.0), 20 * SECOND, 15)
    assert effect is not None
    assert effect.number == 3
