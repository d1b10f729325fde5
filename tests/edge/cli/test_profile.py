"""``rapport profile`` and what ``rapport consent --for personal`` does to profiles, as they are typed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edge.affect import Language, Sense
from edge.cli import main
from edge.cli.profile import standing
from edge.privacy.vault import open_vault
from edge.safety.consent import Consent
from edge.safety.grants import Purpose
from edge.safety.settings import ConsentSettings
from edge.settings import load
from edge.understanding.person.baseline import Baseline
from edge.understanding.person.profiles import Profiles
from tests.edge.understanding.person.readings import reading

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAPPORT_DEVICE__STATE_DIRECTORY", str(tmp_path))
    return tmp_path


def learn(state: Path, name: str, minutes: float) -> None:
    profiles, baseline = Profiles(open_vault(state)), Baseline(name, 36_000)
    for _ in range(int(120 * minutes)):
        baseline.learn(reading(Sense.VOICE, 0, pitch=200.0), 0.5)
        baseline.learn(reading(Sense.FACE, 0, smile=1.0), 0.25)
    profiles.save(baseline.record(), profiles.revision(name), frozenset(Sense))


def test_a_profile_is_begun_used_shown_and_forgotten(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile"]) == 0
    assert "no profile is kept" in capsys.readouterr().out
    assert main(["profile", "new", "小明"]) == 0
    assert main(["profile", "use", "小明"]) == 0
    assert "* 小明" in capsys.readouterr().out
    learn(state, "小明", 12)
    assert main(["profile", "show"]) == 0
    told = capsys.readouterr().out
    assert "face: usual not known yet: 6 of 10 minutes" in told
    assert "voice: usual known, from 12 minutes" in told
    assert "Hz" in told
    assert main(["profile", "show", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["senses"]["voice"]["usual"]["pitch"]["value"] == pytest.approx(200, rel=0.02)
    assert found["senses"]["face"]["known"] is False
    assert main(["profile", "forget", "小明"]) == 0
    assert main(["profile", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"profiles": [], "selected": None}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["use", "Anna"], "no profile 'Anna'"),
        (["forget", "Anna"], "no profile 'Anna'"),
        (["show", "Anna"], "no profile 'Anna'"),
        (["show"], "nobody's profile is selected"),
        (["new", "../x"], "'../x' is no name of a profile"),
        (["use"], "needs the name"),
    ],
)
def test_what_cannot_be_done_is_told_with_the_remedy(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profile", *words]) == 1
    error = capsys.readouterr().err
    assert told in error
    assert "rapport profile" in error or "Choose" in error
    assert main(["profile", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["profiles"] == []


def test_the_profile_that_the_settings_name_is_not_begun_anew_when_it_is_forgotten(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAPPORT_UNDERSTANDING__PERSON__PROFILE", "Anna")
    learn(state, "Anna", 1)
    assert main(["profile", "forget", "Anna"]) == 0
    assert Profiles(open_vault(state)).selected() == ""
    learn(state, "Bert", 1)
    assert main(["profile", "forget", "Bert"]) == 0


def test_a_name_in_the_settings_that_is_none_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAPPORT_UNDERSTANDING__PERSON__PROFILE", "../x")
    assert main(["profile"]) == 2
    assert "understanding.person.profile" in capsys.readouterr().err


def test_how_far_learning_is_can_be_asked_of_doctor_and_explain(state: Path) -> None:
    settings = load(None)
    assert standing(settings) == []
    learn(state, "Anna", 3)
    assert main(["profile", "use", "Anna"]) == 0
    (told,) = standing(settings)
    assert told == (
        "Person 'Anna': face: usual not known yet: 1 of 10 minutes; voice: usual not known yet: 3 of 10 minutes."
    )
    assert standing(settings, Language.ZH) == [
        "'Anna'：表情：平常的样子还不了解（1/10分钟）；声音：平常的样子还不了解（3/10分钟）。"
    ]
    (state / "vault.key").chmod(0o644)
    assert "chmod 600" in standing(settings)[0]


def granted(state: Path) -> set[tuple[Sense, Purpose]]:
    return {(s.sense, s.purpose) for s in Consent(ConsentSettings(), state).status() if s.state == "granted"}


def test_a_grant_is_for_the_purpose_that_is_named_and_else_for_emotion(state: Path) -> None:
    assert main(["consent", "grant", "face"]) == 0
    assert granted(state) == {(Sense.FACE, Purpose.EMOTION)}
    assert main(["consent", "grant", "face", "--for", "personal"]) == 0
    assert granted(state) == {(Sense.FACE, Purpose.EMOTION), (Sense.FACE, Purpose.PERSONAL)}
    assert main(["consent", "withdraw", "face", "--for", "personal"]) == 0
    assert granted(state) == {(Sense.FACE, Purpose.EMOTION)}


def test_a_withdrawal_without_a_purpose_is_of_every_one(state: Path) -> None:
    for purpose in ("emotion", "drowsiness", "personal"):
        assert main(["consent", "grant", "face", "--for", purpose]) == 0
    assert main(["consent", "withdraw", "face"]) == 0
    assert granted(state) == set()


def test_withdrawing_erases_what_was_learned_though_no_device_is_running(state: Path) -> None:
    learn(state, "Anna", 1)
    assert main(["consent", "withdraw", "voice", "--for", "emotion"]) == 0
    record = Profiles(open_vault(state)).read("Anna")
    assert record is not None
    assert set(record.senses) == {Sense.FACE, Sense.VOICE}
    assert main(["consent", "withdraw", "voice", "--for", "personal"]) == 0
    record = Profiles(open_vault(state)).read("Anna")
    assert record is not None
    assert set(record.senses) == {Sense.FACE}
    assert main(["consent", "withdraw"]) == 0
    record = Profiles(open_vault(state)).read("Anna")
    assert record is not None
    assert record.senses == {}
