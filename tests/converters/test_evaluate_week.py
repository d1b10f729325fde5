"""The week of talks and the sample of replies: read with care, held on a clock that leaps, repetition counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from converters.__main__ import main
from converters.evaluate_claims import sample
from converters.evaluate_week import Held, Talk, figures, hold, page, talks
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import Affect, Emotion, Language, Reading, Reply, Sense, State
from edge.cli.converse import Turn
from edge.errors import SettingsError

NEUTRAL = Affect.of((0, 0, 0, 0, 0, 0, 1.0))


def turn(text: str | None, at_minute: int) -> Turn:
    at_ns = at_minute * 60_000_000_000
    reading = Reading(Sense.TEXT, at_ns, NEUTRAL, 1.0, words="x")
    state = State(at_ns, Emotion.NEUTRAL, NEUTRAL, None, (), (), ())
    return Turn(reading, state, None if text is None else Reply(text, Language.EN, "affirm", at_ns))


@pytest.mark.parametrize("language", Language)
def test_forty_talks_over_seven_days_in_every_place(language: Language) -> None:
    week = talks(language)
    assert len(week) == 40
    assert {talk.day for talk in week} == set(range(1, 8))
    assert {talk.place for talk in week} == {"home", "car", "service", "wellbeing", "tutor", "game"}
    assert list(week) == sorted(week, key=lambda talk: talk.minute)


def test_a_talk_that_is_too_short_or_out_of_the_week_is_refused(tmp_path: Path) -> None:
    text = '[[talk]]\nday = {day}\nat = "07:00"\nplace = "home"\nwho = "x"\nsays = ["a", "b", "c"]\n'
    (tmp_path / "en.toml").write_text(text.format(day=8))
    with pytest.raises(SettingsError, match="day"):
        talks(Language.EN, tmp_path)
    (tmp_path / "en.toml").write_text(text.format(day=1))
    assert talks(Language.EN, tmp_path)[0].minute == 420


def test_what_is_said_again_is_counted_within_a_day_and_within_the_week_for_each_device() -> None:
    home = Talk(day=1, at="07:00", place="home", who="x", says=("a", "b", "c"))
    car = home.model_copy(update={"place": "car"})
    held = [
        Held(home, (turn("A", 0), turn(None, 1), turn("B", 2))),
        Held(home, (turn("A", 600), turn("B", 2 * 24 * 60))),
        Held(car, (turn("A", 700),)),
    ]
    told = figures(held)
    assert (told["replies"], told["silent"], told["different"]) == (5, 1, 2)
    assert (told["again_within_a_day"], told["again_within_the_week"], told["most_often"]) == (1, 2, 3)


def test_the_page_shows_every_turn() -> None:
    talk = Talk(day=2, at="07:00", place="home", who="Ada", says=("a|b", "c", "d"))
    held = [Held(talk, (turn("Yes.", 0), turn(None, 1), turn("No.", 2)))]
    told = page(held, figures(held), Language.EN)
    assert "## Day 2" in told
    assert "| a\\|b | neutral 1.00 | Yes. *affirm* |" in told
    assert "| c | neutral 1.00 | *(silence)* |" in told


@pytest.mark.parametrize("language", Language)
def test_nothing_is_said_twice_within_a_day(language: Language) -> None:
    told = figures(hold(talks(language), Models(Path("models"), Cpu())))
    assert told["again_within_a_day"] == 0
    assert told["replies"] > 180
    assert told["crisis"] == 0


def test_the_command_prints_one_language_or_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "week", "--language", "zh"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# A week of talks: zh")
    assert "吴奶奶" in out
    assert main(["evaluate", "week", "--language", "en", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["en"]["talks"] == 40


def test_the_sample_is_the_same_each_time_and_holds_no_claim(capsys: pytest.CaptureFixture[str]) -> None:
    found = sample(Language.EN, Models(Path("models"), Cpu()))
    assert len(found) == 100
    assert not any(one.marked for one in found)
    assert main(["evaluate", "claims", "--language", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"{number}. {one.said} → {one.reply}" for number, one in enumerate(found, start=1)]
