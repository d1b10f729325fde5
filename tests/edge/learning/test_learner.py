from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.affect import Emotion
from edge.learning.answers import MOST
from edge.learning.bandit import NOT_LEARNED
from edge.learning.feedback import Feedback, Source, Verdict
from edge.learning.learner import A_TURN, WAITING, Learner
from edge.learning.memory import EXPIRE_EVERY_NS
from edge.learning.store import Store
from edge.privacy.clerk import Clerk
from edge.privacy.forget import forget
from edge.privacy.vault import open_vault
from edge.response.strategy import Strategy, order, rule_for
from edge.response.talk import Talk
from tests.edge.learning.support import DAY, MINUTE, SECOND, Wall, answered, learner, moment, state

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HELPED = Feedback(Verdict.HELPED, Source.TAPPED)
NOT_NOW = Feedback(Verdict.NOT_NOW, Source.HOME)
ANGRY = Feedback(Verdict.WRONG, Source.HOME, Emotion.ANGRY)


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def kept(store: Store, profile: str = "Anna") -> int:
    return len(store.read(profile) or ())


def test_feedback_counts_once_for_the_latest_reply() -> None:
    made = learner()
    assert made.give(HELPED, 0).reason == "there was no reply that it could be about"
    answered(made, 0)
    assert made.give(HELPED, SECOND).taken
    assert made.give(HELPED, 2 * SECOND).reason == "it was counted already"
    assert made._memory.answers.verdicts()[0][3] == 1.0
    assert len(made._memory.answers.verdicts()) == 1


def test_who_pressed_the_wrong_button_may_correct_it_once() -> None:
    made = learner()
    answered(made, 0)
    assert made.give(HELPED, 0).taken
    assert made.give(NOT_NOW, 0).taken
    assert made.give(HELPED, 0).reason == "that reply was judged and corrected already"
    assert [value for *_, value in made._memory.answers.verdicts()] == [-1.0]


def test_feedback_long_after_is_refused_with_the_reason() -> None:
    made = learner(feedback_minutes=5)
    answered(made, 0)
    assert made.give(HELPED, 8 * MINUTE).reason == "the latest reply was 8 minutes ago, 5 are allowed"
    assert made.give(HELPED, 5 * MINUTE).taken
    assert not made._memory.answers.verdicts() or len(made._memory.answers.verdicts()) == 1


def test_a_clock_that_jumps_back_is_no_reason_to_refuse() -> None:
    made = learner()
    answered(made, 10 * MINUTE)
    assert made.give(HELPED, 0).taken


def test_the_thanks_for_thanks_are_not_what_feedback_is_about() -> None:
    made = learner()
    first = answered(made, 0)
    thanks = moment(talk=Talk.THANKS)
    made.learn(thanks, made.order(rule_for(thanks), thanks)[0], SECOND)
    assert made.give(HELPED, 2 * SECOND).taken
    assert made._memory.answers.verdicts()[0][1] == first.value


@pytest.mark.parametrize("talk", sorted(NOT_LEARNED))
def test_of_delicate_talk_nothing_is_learned_or_kept(talk: Talk) -> None:
    made = learner()
    answered(made, 0)
    at = moment(talk=talk)
    made.learn(at, made.order(rule_for(at), at)[0], SECOND)
    assert made.give(HELPED, 2 * SECOND).reason == "there was no reply that it could be about"
    assert [one.situation.talk for one in made._memory.answers] == ["statement"]
    assert made._memory.answers.verdicts() == [], "nor for what was before"


def test_what_is_felt_after_thanks_is_not_the_effect_of_the_answer_before() -> None:
    made = learner(effect_s=15)
    answered(made, 0)
    thanks = moment(talk=Talk.THANKS)
    made.learn(thanks, made.order(rule_for(thanks), thanks)[0], 5 * SECOND)
    made.see(state(0.4), 20 * SECOND)
    assert [one.after for one in made._memory.answers] == [None]


def test_words_that_are_not_taken_are_talk_and_no_outcome() -> None:
    made = learner()
    made.give(Feedback(Verdict.HELPED, Source.SPOKEN), 0)
    assert made.outcomes() == []
    made.give(HELPED, 0)
    assert [outcome.taken for outcome in made.outcomes()] == [False]
    assert made.outcomes() == []


def test_not_now_by_a_button_asks_for_quiet_taken_or_not() -> None:
    made = learner()
    made.give(HELPED, 0)
    assert not made.quiet_wanted(0)
    made.give(NOT_NOW, 0)
    assert made.quiet_wanted(0)
    assert not made.quiet_wanted(0)
    made.give(Feedback(Verdict.NOT_NOW, Source.SPOKEN), MINUTE)
    assert not made.quiet_wanted(MINUTE), "in words it is a dismissal, which is answered first"


def test_not_now_again_and_again_is_one_press_until_it_is_meant() -> None:
    made = learner()
    asked = []
    for second in range(0, 25, 2):
        made.give(NOT_NOW, second * SECOND)
        asked.append(made.quiet_wanted(second * SECOND))
    assert asked.count(True) == 3


def test_feedback_moves_the_order_within_the_rule() -> None:
    made = learner()
    at = moment(Emotion.SAD)
    rule = rule_for(at)
    assert made.order(rule, at)[0] is Strategy.REFLECT
    now_ns = 0
    for _ in range(30):
        now_ns += MINUTE
        chosen = answered(made, now_ns)
        made.give(HELPED if chosen is Strategy.AFFIRM else NOT_NOW, now_ns)
    assert sum(made.order(rule, at)[0] is Strategy.AFFIRM for _ in range(20)) == 20


def test_if_the_settings_say_so_it_is_only_counted() -> None:
    made = learner(orders=False)
    at = moment(Emotion.SAD)
    for count in range(10):
        made.learn(at, made.order(rule_for(at), at)[0], count * SECOND)
        made.give(Feedback(Verdict.NOT_NOW, Source.TAPPED), count * SECOND)
    assert made.order(rule_for(at), at) == order(rule_for(at), at)
    assert len(made._memory.answers.verdicts()) == 10


def test_a_correction_is_kept_for_the_personal_head_and_moves_no_order() -> None:
    made = learner()
    answered(made, 0)
    assert made.give(ANGRY, 0).taken
    (one,) = made._memory.answers
    assert (one.emotion, one.situation.label) == (Emotion.ANGRY, "sad")
    at = moment(Emotion.SAD)
    assert made.order(rule_for(at), at) == order(rule_for(at), at)


def test_the_effect_of_an_answer_and_of_silence_is_seen() -> None:
    made = learner(effect_s=15)
    answered(made, 0)
    made.see(state(-0.25), 15 * SECOND)
    made.see(state(-0.5), 1000 * SECOND)
    made.see(state(-0.4), 1015 * SECOND)
    reflect, silent = made._memory.answers
    assert reflect.after == -0.25
    assert (silent.strategy, silent.situation.valence, silent.after, silent.verdict) == ("silent", -0.5, -0.4, None)


def test_a_flood_of_the_home_is_bounded_counted_and_hardly_logged(caplog: pytest.LogCaptureFixture) -> None:
    made = learner()
    answered(made, 0)
    with caplog.at_level(logging.WARNING):
        for count in range(10_000):
            made.post(b"helped" if count % 2 else b"rubbish")
    assert made.refused == 10_000 - WAITING
    assert len(caplog.records) <= 5
    made.turn(0, "", may=None)
    assert len(made.outcomes()) == A_TURN, "the loop goes on"
    for _ in range(WAITING):
        made.turn(0, "", may=None)
    assert len(made._memory.answers.verdicts()) == 1


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(["answer", "helped", "not-now", "wrong", "late", "see"]), max_size=60))
def test_whatever_comes_in_whatever_order_each_reply_is_judged_once(steps: list[str]) -> None:
    made, now_ns, replies = learner(), 0, 0
    for step in steps:
        now_ns += SECOND
        if step == "answer":
            answered(made, now_ns)
            replies += 1
        elif step == "late":
            now_ns += 6 * MINUTE
        elif step == "see":
            made.see(state(-0.3), now_ns)
        else:
            made.give({"helped": HELPED, "not-now": NOT_NOW, "wrong": ANGRY}[step], now_ns)
    judged = [one for one in made._memory.answers if one.verdict is not None]
    assert len(judged) <= replies
    assert made._bandit.posterior.count == len(made._memory.answers.verdicts())


# What is kept, and what is not.


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """As another process has it."""
    return Store(open_vault(tmp_path))


def running(store: Store, wall: Wall | None = None, **what: object) -> Learner:
    clerk = Clerk(open_vault(store._vault.path.parent))
    clerk.start()
    return learner(clerk, wall, **what)


def clerk_of(made: Learner) -> Clerk:
    clerk = made._memory._clerk
    assert clerk is not None
    return clerk


def rest(made: Learner) -> None:
    """Until the clerk has nothing to do."""
    until(lambda: clerk_of(made).idle)


def turn(made: Learner, now_ns: int, profile: str, *, may: bool | None) -> None:
    """Turns of the loop; what they ask of the clerk is done when this returns."""
    clerk_of(made).notice()
    for _ in range(3):
        made.turn(now_ns, profile, may=may)
        rest(made)


def stop(made: Learner) -> None:
    clerk = clerk_of(made)
    made.stop()
    clerk.stop(5)
    assert clerk.vault is not None
    clerk.vault.close()


def profiles(store: Store) -> int:
    ((count,),) = store._vault.rows("SELECT count(*) FROM learned_profile")
    return int(str(count))


def test_with_consent_and_a_profile_it_is_kept_over_a_restart(store: Store) -> None:
    made = running(store)
    turn(made, 0, "Anna", may=True)
    chosen = answered(made, 0)
    made.give(HELPED, 0)
    until(lambda: kept(store) == 1)
    stop(made)
    again = running(store)
    turn(again, 0, "Anna", may=True)
    assert again._bandit.posterior.count == 1
    assert [one.strategy for one in again._memory.answers] == [chosen.value]
    stop(again)


@pytest.mark.parametrize(("profile", "may"), [("Anna", False), ("Anna", None), ("", True)])
def test_without_consent_or_profile_it_acts_for_this_run_and_nothing_is_kept(
    store: Store,
    profile: str,
    may: bool | None,  # noqa: FBT001
) -> None:
    made = running(store)
    turn(made, 0, profile, may=may)
    answered(made, 0)
    assert made.give(HELPED, 0).taken
    assert made._bandit.posterior.count == 1
    assert not made.keeps
    stop(made)
    assert profiles(store) == 0


def test_a_withdrawal_forgets_in_memory_and_on_disk(store: Store) -> None:
    made = running(store)
    turn(made, 0, "Anna", may=True)
    answered(made, 0)
    made.give(HELPED, 0)
    until(lambda: kept(store) == 1)
    turn(made, SECOND, "Anna", may=False)
    assert made._bandit.posterior.count == 0
    until(lambda: profiles(store) == 0)
    stop(made)
    assert profiles(store) == 0, "nothing is written at stop"


def test_a_start_without_consent_erases_what_was_kept(store: Store) -> None:
    made = running(store)
    turn(made, 0, "Anna", may=True)
    until(lambda: store.revision("Anna") is not None)
    stop(made)
    again = running(store)
    turn(again, 0, "Anna", may=False)
    until(lambda: profiles(store) == 0)
    stop(again)


def test_what_was_said_before_consent_is_not_kept_after_it(store: Store) -> None:
    made = running(store)
    turn(made, 0, "Anna", may=False)
    answered(made, 0)
    made.give(HELPED, 0)
    rest(made)
    turn(made, SECOND, "Anna", may=True)
    until(lambda: store.revision("Anna") is not None)
    stop(made)
    assert kept(store) == 0


def test_another_profile_is_another_person(store: Store) -> None:
    made = running(store)
    turn(made, 0, "Anna", may=True)
    answered(made, 0)
    made.give(HELPED, 0)
    turn(made, SECOND, "Ben", may=True)
    assert made._bandit.posterior.count == 0
    assert made.give(HELPED, SECOND).reason == "there was no reply that it could be about"
    rest(made)
    turn(made, 2 * SECOND, "Ben", may=True)
    rest(made)
    turn(made, 3 * SECOND, "Anna", may=True)
    rest(made)
    turn(made, 4 * SECOND, "Anna", may=True)
    assert made._bandit.posterior.count == 1
    stop(made)
    assert (kept(store, "Anna"), kept(store, "Ben")) == (1, 0)


def test_what_another_process_forgets_is_forgotten_and_not_written_again(store: Store) -> None:
    made = running(store)
    turn(made, 0, "Anna", may=True)
    answered(made, 0)
    made.give(HELPED, 0)
    until(lambda: kept(store) == 1)
    rest(made)
    store.forget("Anna")
    turn(made, SECOND, "Anna", may=True)
    assert made._bandit.posterior.count == 0
    stop(made)
    assert kept(store) == 0


def test_a_row_that_is_not_understood_is_not_used_and_not_written_over(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    made = running(store)
    turn(made, 0, "Anna", may=True)
    with store._vault.transaction() as transaction:
        transaction.run("INSERT INTO learned VALUES ('Anna', 0, '{}', 9e9)")
        transaction.run("UPDATE learned_profile SET revision = 1")
    with caplog.at_level(logging.ERROR):
        turn(made, SECOND, "Anna", may=True)
    assert "rapport learned forget" in caplog.text
    answered(made, SECOND)
    assert made.give(HELPED, SECOND).taken, "for this run it counts"
    stop(made)
    assert store._vault.rows("SELECT answer FROM learned") == [("{}",)]


def test_what_is_said_while_it_is_being_read_is_not_lost(store: Store) -> None:
    made = running(store)
    turn(made, 0, "Anna", may=True)
    answered(made, 0)
    made.give(HELPED, 0)
    stop(made)
    again = running(store)
    clerk_of(again).put(("test",), lambda: time.sleep(0.2))  # a slow disk
    again.turn(0, "Anna", may=True)
    answered(again, 0)
    assert again.give(HELPED, 0).taken
    turn(again, SECOND, "Anna", may=True)
    assert again._bandit.posterior.count == 2
    stop(again)
    assert kept(store) == 2


def test_when_all_is_forgotten_nothing_comes_back_from_memory(store: Store) -> None:
    made = running(store)
    turn(made, 0, "Anna", may=True)
    answered(made, 0)
    made.give(HELPED, 0)
    rest(made)
    forget(store._vault.path.parent)
    made._memory.changed(now=True)  # a save that is due just now
    rest(made)
    turn(made, SECOND, "Anna", may=True)
    assert made._bandit.posterior.count == 0
    stop(made)
    assert kept(store) == 0


def test_effects_are_written_when_it_is_time(store: Store) -> None:
    made = running(store, save_minutes=5)
    turn(made, 0, "Anna", may=True)
    rest(made)
    turn(made, SECOND, "Anna", may=True)
    answered(made, SECOND)
    turn(made, 2 * SECOND, "Anna", may=True)
    rest(made)
    assert kept(store) == 0
    turn(made, 6 * MINUTE, "Anna", may=True)
    until(lambda: kept(store) == 1)
    stop(made)


def test_what_is_too_old_goes_once_the_clock_can_be_believed(store: Store) -> None:
    wall = Wall()
    made = running(store, wall, days_kept=10)
    turn(made, 0, "Anna", may=True)
    answered(made, 0)
    (one,) = made._memory.answers
    assert one.day == DAY
    wall.wall_s += 20 * 86_400  # the wall clock is set
    turn(made, EXPIRE_EVERY_NS, "Anna", may=True)
    assert len(made._memory.answers) == 1, "a clock that was just set deletes nothing"
    wall.run(3600)
    turn(made, 2 * EXPIRE_EVERY_NS, "Anna", may=True)
    assert len(made._memory.answers) == 0
    stop(made)


def test_however_long_it_runs_it_holds_so_many_and_no_more(store: Store) -> None:
    made = running(store)
    turn(made, 0, "Anna", may=True)
    for count in range(MOST + 200):
        answered(made, count * SECOND)
    assert len(made._memory.answers) == MOST
    stop(made)
    assert kept(store) == MOST
