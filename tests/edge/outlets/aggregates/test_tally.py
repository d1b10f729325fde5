from __future__ import annotations

from edge.affect import EMOTIONS, Affect, Emotion, Sense, State
from edge.outlets.aggregates.tally import Tally

SECOND = 1_000_000_000
HOUR = 3600 * SECOND


def state(emotion: Emotion | None, valence: float = 0.5) -> State:
    affect = Affect(tuple(float(one is (emotion or Emotion.NEUTRAL)) for one in EMOTIONS), valence, 0.0)
    return State(0, emotion, affect, None, ((Sense.TEXT, 1.0),), (), ())


def told(tally: Tally) -> dict[str, int]:
    names = [*EMOTIONS, "unsure"]
    return {str(name): count for name, count in zip(names, tally.hour().minutes, strict=True) if count}


def see(tally: Tally, emotion: Emotion | None, start_s: int, end_s: int, valence: float = 0.5) -> None:
    for second in range(start_s, end_s):
        tally.see(state(emotion, valence), second * SECOND)


def test_each_minute_votes_for_what_was_told_longest() -> None:
    tally = Tally(0, HOUR)
    see(tally, Emotion.HAPPY, 0, 85)
    see(tally, Emotion.SAD, 85, 145)
    see(tally, None, 145, 300)
    assert told(tally) == {"happy": 1, "sad": 1, "unsure": 3}


def test_valence_is_summed_over_minutes_with_an_emotion() -> None:
    tally = Tally(0, HOUR)
    see(tally, Emotion.HAPPY, 0, 60, 0.8)
    see(tally, Emotion.SAD, 60, 120, -0.5)
    see(tally, None, 120, 180, 0.9)
    assert tally.hour().valence == 80 - 50


def test_a_whole_hour_has_sixty_votes_and_never_more() -> None:
    tally = Tally(HOUR, 2 * HOUR)
    see(tally, Emotion.ANGRY, 3500, 7300)
    assert told(tally) == {"angry": 60}


def test_what_was_before_and_after_is_not_counted() -> None:
    tally = Tally(HOUR, 2 * HOUR)
    see(tally, Emotion.ANGRY, 0, 3600)
    for at in (HOUR - 1, 2 * HOUR):
        tally.reply(at)
        tally.judge("helped", at)
    hour = tally.hour()
    assert (sum(hour.minutes), hour.replies, hour.feedback) == (0, 0, (0, 0, 0))


def test_a_state_does_not_hold_while_nothing_is_told() -> None:
    tally = Tally(0, HOUR)
    see(tally, Emotion.ANGRY, 0, 60)
    see(tally, Emotion.ANGRY, 1800, 1820)  # too little of a minute to vote
    assert told(tally) == {"angry": 1}


def test_what_may_not_be_counted_ends_what_holds() -> None:
    tally = Tally(0, HOUR)
    for second in range(120):
        tally.see(state(Emotion.ANGRY), second * SECOND)
        tally.see(None, second * SECOND + SECOND // 4)  # a quarter of each minute is left
    assert told(tally) == {}


def test_replies_and_feedback_are_counted() -> None:
    tally = Tally(0, HOUR)
    tally.reply(0)
    tally.reply(5)
    for feedback in ("helped", "not-now", "not-now", "wrong", "", "unknown"):
        tally.judge(feedback, 7)
    assert tally.hour().replies == 2
    assert tally.hour().feedback == (1, 2, 1)
