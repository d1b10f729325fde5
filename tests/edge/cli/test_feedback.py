"""``rapport feedback``, ``learned`` and ``report replies``, as they are typed, beside a device that runs."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from edge.affect import Emotion
from edge.cli import main
from edge.learning.feedback import Source, Verdict
from edge.learning.store import Store
from edge.privacy.vault import open_vault
from tests.broker import Broker, Listener, running_broker
from tests.edge.learning.support import answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.learning.answers import Answer
    from tests.edge.cli.conftest import Rapport

SAID = "I am so sad, my best friend moved away"


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with running_broker() as made:
        yield made


@contextmanager
def device(rapport: Rapport, broker: Broker) -> Iterator[None]:
    """A device that hears words from the home."""
    rapport.environment |= {
        "RAPPORT_MQTT__HOST": broker.host,
        "RAPPORT_MQTT__PORT": str(broker.plain),
        "RAPPORT_WORDS__SOURCE": "mqtt",
        "RAPPORT_CAMERA__SOURCE": "none",
        "RAPPORT_MICROPHONE__SOURCE": "none",
        "RAPPORT_CONSENT__GRANTS": '["text"]',
        "RAPPORT_RESPONSE__MIN_GAP_S": "0",
        "RAPPORT_DEVICE__ID": f"d{time.monotonic_ns()}",
    }
    running = subprocess.Popen(
        rapport.command("run"),
        env=rapport.environment,
        cwd=rapport.home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        _, told = running.communicate(timeout=20)
    assert running.returncode == 0, told


def test_feedback_by_hand_by_words_and_by_the_home_is_one_thing(rapport: Rapport, broker: Broker) -> None:
    for words in ("consent grant voice --for personal", "profile new Anna", "profile use Anna"):
        assert rapport(*words.split()).returncode == 0
    with device(rapport, broker):
        root = f"rapport/{rapport.environment['RAPPORT_DEVICE__ID']}"
        with Listener(broker, f"{root}/#") as home:
            home.on(f"{root}/availability", "online")
            while not any(message.topic == f"{root}/reply" for message in home.heard):
                home.say(f"{root}/say", SAID)  # lost where nobody listens yet, so again, but not while it is answered
                deadline = time.monotonic() + 5
                while time.monotonic() < deadline and not any(m.topic == f"{root}/reply" for m in home.heard):
                    time.sleep(0.1)
            first = rapport("feedback", "helped")
            assert (first.returncode, first.stdout) == (0, "feedback: helped\n"), first.stderr
            again = rapport.json("feedback", "helped")
            assert again == {
                "feedback": "helped",
                "emotion": None,
                "taken": False,
                "reason": "it was counted already",
            }
            home.say(f"{root}/feedback", "wrong angry")
            told = home.wait(lambda message: b"wrong" in message.payload and message.topic.endswith("outcome")).json()
            assert told == {"feedback": "wrong", "emotion": "angry", "taken": True, "reason": None}
            replies = sum(message.topic == f"{root}/reply" for message in home.heard)
            home.say(f"{root}/say", "you got me wrong")
            home.on(f"{root}/reply", times=replies + 1)
            home.say(f"{root}/feedback", "not-now")
            home.wait(lambda message: b"not-now" in message.payload and message.topic.endswith("outcome"))
            replies = sum(message.topic == f"{root}/reply" for message in home.heard)
            for _ in range(3):
                home.say(f"{root}/say", SAID)
            home.say(f"{root}/say", "what should I do?")  # a question ends the rest
            asked = home.on(f"{root}/reply", times=replies + 1).json()
            assert asked["strategy"] in {"suggest", "question"}, (
                "what was said while it was to be quiet is not answered"
            )
    found = rapport.json("learned")
    assert found["profile"] == "Anna"
    assert found["corrections"]
    exported = rapport("privacy", "export").stdout
    # What was said first and what was asked last; the answer to a correction is not learned from.
    assert len(json.loads(exported)["vault"]["learned"]) == 2
    assert SAID.split()[-2] not in exported
    assert rapport("profile", "forget", "Anna").returncode == 0
    assert rapport.json("privacy", "export")["vault"]["learned"] == []


class Typed:
    """Runs a command in this process: what it printed, and its exit code."""

    def __init__(self, state: Path, printed: pytest.CaptureFixture[str]) -> None:
        self.state = state
        self._printed = printed
        self.err = ""

    def __call__(self, words: str, *, code: int = 0) -> str:
        assert main(words.split()) == code, words
        out, self.err = self._printed.readouterr()
        return out

    def json(self, words: str, *, code: int = 0) -> Any:  # noqa: ANN401 - whatever the command prints
        return json.loads(self(f"{words} --json", code=code))


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path / "run"))
    return Typed(tmp_path / "state", capsys)


def test_without_a_device_feedback_says_what_to_do(typed: Typed) -> None:
    assert typed("feedback helped", code=1) == ""
    assert "rapport run CONFIG" in typed.err


@pytest.mark.parametrize(
    ("given", "told"), [("feedback wrong", "Name one of angry, disgust"), ("feedback helped sad", "takes none")]
)
def test_what_does_not_fit_together_is_told(typed: Typed, given: str, told: str) -> None:
    typed(given, code=2)
    assert told in typed.err


def keep(state: Path, profile: str, *answers: Answer) -> None:
    Store(open_vault(state)).save(profile, enumerate(answers), 90, None)


def some() -> list[Answer]:
    today = datetime.now(tz=UTC).date()
    told = [
        answer("affirm", day=today, rank=1, verdict=Verdict.HELPED, by=Source.SPOKEN, after=0.0),
        answer("reflect", day=today, verdict=Verdict.NOT_NOW, by=Source.TAPPED),
        answer("reflect", day=today, verdict=Verdict.WRONG, emotion=Emotion.ANGRY, by=Source.HOME),
        answer("silent", day=today, after=-0.4),
    ]
    return [*told, answer("suggest", day=today - timedelta(days=365))]


def test_what_was_learned_is_shown(typed: Typed) -> None:
    typed("learned", code=1)
    assert "rapport profile use NAME" in typed.err
    assert "nothing was learned yet" in typed("learned --profile Anna")
    keep(typed.state, "Anna", *some())
    found = typed.json("learned --profile Anna")
    assert (found["answers"], found["judged"]) == (3, 2), "what is too old is not counted"
    affirm, reflect = found["strategies"]
    assert affirm["expected"]["value"] > 0 > reflect["expected"]["value"]
    assert affirm["expected"]["low"] < affirm["expected"]["value"] < affirm["expected"]["high"]
    assert set(affirm["by_feeling"]) == {"sad"}
    assert found["corrections"] == {"sad → angry": 1}
    told = typed("learned --profile Anna")
    assert "affirm" in told
    assert "sad → angry 1" in told


def test_what_replies_did_is_reported_in_both_languages(typed: Typed) -> None:
    typed("report replies", code=1)
    assert "rapport profile use NAME" in typed.err
    keep(typed.state, "Anna", *some())
    assert typed.json("report replies --profile Anna")["feedback"] == {"helped": 1, "not-now": 1, "wrong": 1}
    assert "no effect shown, no claim made" in typed("report replies --profile Anna")
    assert "没有看出效果，不下结论" in typed("report replies --profile Anna --language zh")


def test_what_was_learned_is_forgotten_of_one_or_of_all(typed: Typed) -> None:
    for profile in ("Anna", "Ben"):
        keep(typed.state, profile, *some())
    assert typed.json("learned forget --profile Anna") == {"forgotten": True}
    assert typed.json("learned --profile Anna")["answers"] == 0
    assert typed.json("learned --profile Ben")["answers"] == 3
    assert typed("learned forget") == "Forgotten.\n"
    assert typed("learned forget") == "There was nothing to forget.\n"


def test_a_withdrawal_of_the_last_grant_for_it_erases_what_was_learned(typed: Typed) -> None:
    typed("consent grant face voice --for personal")
    keep(typed.state, "Anna", *some())
    typed("consent withdraw face --for personal")
    assert typed.json("learned --profile Anna")["answers"] == 3
    typed("consent withdraw voice")
    assert typed.json("learned --profile Anna")["answers"] == 0
