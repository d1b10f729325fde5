"""Feedback in the runtime: what the loop does with it in its own turns."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from edge.affect import Affect, Emotion, Language, Reading, Sense
from edge.learning.feedback import Verdict
from edge.outlets.outlet import Item, Outcome
from edge.runtime import Runtime
from edge.settings import load
from tests.edge.test_runtime import Kept

if TYPE_CHECKING:
    from pathlib import Path

SAD = Affect.of(tuple(0.94 if emotion is Emotion.SAD else 0.01 for emotion in Emotion))


class Told(Kept):
    """Also keeps what became of feedback."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: list[Outcome] = []

    def offer(self, item: Item) -> None:
        super().offer(item)
        if isinstance(item, Outcome):
            self.outcomes.append(item)


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path / "run"))
    environment = {
        "RAPPORT_CONSENT__GRANTS": '["text"]',
        "RAPPORT_WORDS__SOURCE": str(tmp_path / "never-opened.txt"),
        "RAPPORT_DEVICE__STATE_DIRECTORY": str(tmp_path),
        "RAPPORT_CONSOLE__ENABLED": "false",
        "RAPPORT_SPEECH__ENGINE": "none",
        "RAPPORT_RESPONSE__MIN_GAP_S": "0",
    }
    made = Runtime(load(None, environment))
    made._outlets.append(Told())
    made._hear_feedback()  # as the loop does before it takes the first Reading
    return made


def say(runtime: Runtime, words: str) -> Told:
    now_ns = time.monotonic_ns()
    runtime._step(Reading(Sense.TEXT, now_ns, SAD, 1.0, words=words, language=Language.EN))
    runtime._hear_feedback()
    told = runtime._outlets[0]
    assert isinstance(told, Told)
    return told


def test_what_the_home_says_is_told_to_the_outlets_in_the_next_turn(runtime: Runtime) -> None:
    told = say(runtime, "My friend moved away")
    assert len(told.replies) == 1
    runtime._learner.post(b"helped")
    assert told.outcomes == []
    runtime._hear_feedback()
    assert told.outcomes == [Outcome("helped")]


def test_not_now_by_a_button_silences_and_in_words_is_answered_first(runtime: Runtime) -> None:
    told = say(runtime, "My friend moved away")
    runtime._learner.post(b"not-now")
    runtime._hear_feedback()
    say(runtime, "I miss her so much")
    assert len(told.replies) == 1
    say(runtime, "Hello")
    assert len(told.replies) == 2, "a greeting ends the rest"
    say(runtime, "leave me alone")
    assert len(told.replies) == 3
    say(runtime, "I miss her so much")
    assert len(told.replies) == 3


def test_crisis_talk_is_answered_while_it_is_to_be_quiet_and_never_learned_from(runtime: Runtime) -> None:
    told = say(runtime, "My friend moved away")
    runtime._learner.post(b"not-now")
    runtime._hear_feedback()
    say(runtime, "I want to kill myself")
    assert told.replies[-1].crisis
    runtime._learner.post(b"helped")
    runtime._hear_feedback()
    assert [outcome.taken for outcome in told.outcomes] == [True, False], "it is not about what was said before either"
    (one,) = runtime._learner._memory.answers
    assert (one.strategy, one.verdict) == (told.replies[0].strategy, Verdict.NOT_NOW)


def test_settings_of_learning_are_live(runtime: Runtime) -> None:
    learning = runtime.settings.learning.model_copy(update={"orders": False, "feedback_minutes": 1.0})
    runtime._adopt(runtime.settings.model_copy(update={"learning": learning}))
    assert runtime._learner._settings.feedback_minutes == 1.0
    assert not runtime._learner._settings.orders
