"""``rapport wellbeing`` as it is typed, on files as they lie on a disk."""

from __future__ import annotations

import stat
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from edge.affect import EMOTIONS, Emotion, Sense
from edge.privacy.vault import open_vault
from edge.understanding.wellbeing.book import Book, Shelf
from edge.understanding.wellbeing.day import Sums

if TYPE_CHECKING:
    from pathlib import Path

    from tests.edge.cli.conftest import Rapport

DAYS = 50
TODAY = datetime.now().astimezone().date()


def grant(rapport: Rapport, *senses: str) -> None:
    assert rapport("consent", "grant", *senses, "--for", "wellbeing").returncode == 0


def fill(rapport: Rapport, profile: str = "default") -> None:
    """Fifty days up to today that became less pleasant, every tenth missing, with a tap on every third."""
    with closing(open_vault(rapport.home / "state")) as vault, Shelf(vault).opened() as book:
        for number in range(DAYS):
            if number % 10 == 4:
                continue
            sums = Sums()
            sums.add(3600, EMOTIONS.index(Emotion.HAPPY), 0.5 - 0.012 * number + 0.02 * (number % 4), 0.1)
            page = book.page(profile, TODAY - timedelta(days=DAYS - 1 - number))
            page.add(sums, frozenset({Sense.FACE}), 2)
            if number % 3 == 0:
                page.moods = [5 - number // 13]


def files(rapport: Rapport) -> list[str]:
    state = rapport.home / "state"
    return sorted(path.name for path in state.iterdir()) if state.is_dir() else []


def kept(rapport: Rapport) -> list[str]:
    """The profiles of which there are days."""
    with closing(open_vault(rapport.home / "state")) as vault:
        return sorted((Shelf(vault).read() or Book()).profiles)


def spoil(rapport: Rapport) -> None:
    with closing(open_vault(rapport.home / "state")) as vault, vault.transaction() as transaction:
        transaction.run("UPDATE wellbeing_day SET page = '{'")


def test_without_consent_a_tap_is_refused_with_the_line_to_type_and_nothing_is_stored(rapport: Rapport) -> None:
    refused = rapport("wellbeing", "mood", "4")
    assert refused.returncode == 1
    assert "rapport consent grant face voice text --for wellbeing" in refused.stderr
    assert files(rapport) == []
    assert rapport("consent", "grant", "face").returncode == 0
    assert rapport("wellbeing", "mood", "4").returncode == 1, "a grant for one purpose says nothing about another"
    assert kept(rapport) == []


def test_in_a_car_nothing_is_kept_even_with_a_grant(rapport: Rapport) -> None:
    grant(rapport, "face")
    assert rapport("wellbeing", "mood", "4", RAPPORT_SAFETY__CONTEXT="car").returncode == 1
    assert kept(rapport) == []


def test_a_tap_is_noted_and_shown(rapport: Rapport) -> None:
    grant(rapport, "text")
    done = rapport("wellbeing", "mood", "4")
    assert done.returncode == 0
    assert "4 of 5" in done.stdout
    assert rapport.json("wellbeing", "mood", "2") == {"profile": "default", "day": str(TODAY), "mood": 2}
    shown = rapport.json("wellbeing")
    assert [(entry["day"], entry["moods"]) for entry in shown["days"]] == [(str(TODAY), [4, 2])]
    assert "mood 4 2" in rapport("wellbeing", "show").stdout


@pytest.mark.parametrize("given", [["mood"], ["mood", "0"], ["mood", "6"], ["mood", "4.5"], ["mood", "fine"]])
def test_what_is_no_mood_is_wrong_use(rapport: Rapport, given: list[str]) -> None:
    done = rapport("wellbeing", *given)
    assert done.returncode == 2
    assert "1 (bad) to 5 (good)" in done.stderr


@pytest.mark.parametrize(
    "given",
    [["show", "4"], ["mood", "4", "--week", "2026-W01"], ["show", "--svg", "x.svg"], ["report", "--language", "fr"]],
)
def test_what_does_not_fit_together_is_wrong_use(rapport: Rapport, given: list[str]) -> None:
    assert rapport("wellbeing", *given).returncode == 2


@pytest.mark.parametrize("week", ["2026-48", "2026-W54", "W48", "2026-W00", "2026-w10"])
def test_a_week_that_does_not_exist_is_named(rapport: Rapport, week: str) -> None:
    done = rapport("wellbeing", "report", "--week", week)
    assert done.returncode == 1
    assert repr(week) in done.stderr


def test_a_report_in_words_as_picture_and_as_data(rapport: Rapport, tmp_path: Path) -> None:
    fill(rapport)
    week = (TODAY - timedelta(days=7)).strftime("%G-W%V")
    english = rapport("wellbeing", "report", "--week", week, "--svg", tmp_path / "week.svg")
    assert english.returncode == 0, english.stderr
    assert f"Week {week}" in english.stdout
    assert "less pleasant" in english.stdout
    assert "a person you like to talk to" in english.stdout
    picture = tmp_path / "week.svg"
    assert picture.read_text(encoding="utf-8").startswith("<svg")
    assert stat.S_IMODE(picture.stat().st_mode) == 0o600
    chinese = rapport("wellbeing", "report", "--language", "zh", RAPPORT_DEVICE__LANGUAGES='["en"]')
    assert "不那么愉快" in chinese.stdout
    record = rapport.json("wellbeing", "report", "--week", week)
    assert record["week"] == week
    assert record["change"]["told"] in {"trend", "step"}
    assert record["change"]["slope"]["high"] < 0
    assert record["agreement"]["days"] >= 10


def test_a_picture_that_cannot_be_written_is_named(rapport: Rapport) -> None:
    fill(rapport)
    done = rapport("wellbeing", "report", "--svg", rapport.home / "nowhere" / "a.svg")
    assert done.returncode == 1
    assert "nowhere" in done.stderr


def test_without_a_day_show_says_how_it_begins_and_a_report_fails(rapport: Rapport) -> None:
    shown = rapport("wellbeing")
    assert shown.returncode == 0
    assert "--for wellbeing" in shown.stdout
    assert rapport("wellbeing", "report").returncode == 1
    assert files(rapport) == []


def test_forgetting_leaves_no_row(rapport: Rapport) -> None:
    fill(rapport)
    fill(rapport, "小明")
    assert rapport.json("wellbeing", "--profile", "小明")["profile"] == "小明"
    assert rapport("wellbeing", "forget", "--profile", "小明").returncode == 0
    assert kept(rapport) == ["default"]
    assert "Forgotten" in rapport("wellbeing", "forget").stdout
    assert kept(rapport) == []
    assert rapport.json("wellbeing", "forget") == {"forgotten": False}


@pytest.mark.parametrize("purpose", [["--for", "wellbeing"], ["--for", "emotion"], []], ids=str)
def test_a_withdrawal_deletes_at_once_whether_or_not_a_device_runs(rapport: Rapport, purpose: list[str]) -> None:
    grant(rapport, "face", "text")
    fill(rapport)
    assert kept(rapport) == ["default"]
    assert rapport("consent", "withdraw", "face", *purpose).returncode == 0
    days = rapport.json("wellbeing")["days"]
    assert {entry["minutes"] for entry in days} == {0.0}, "the taps stay while another sense is granted"
    assert rapport("consent", "withdraw", "text", *purpose).returncode == 0
    assert kept(rapport) == []


def test_a_withdrawal_works_even_where_nothing_may_run(rapport: Rapport) -> None:
    grant(rapport, "face")
    fill(rapport)
    assert rapport("consent", "withdraw", RAPPORT_SAFETY__CONTEXT="school").returncode == 0
    assert kept(rapport) == []


def test_a_row_that_is_not_understood_is_named_with_its_remedy(rapport: Rapport) -> None:
    fill(rapport)
    spoil(rapport)
    for given in (["show"], ["report"]):
        done = rapport("wellbeing", *given)
        assert done.returncode == 1
        assert "rapport wellbeing forget" in done.stderr
    assert rapport("wellbeing", "forget").returncode == 0
    assert rapport("wellbeing").returncode == 0


def test_the_doctor_says_what_is_kept(rapport: Rapport) -> None:
    def found() -> str:
        return next(str(entry["found"]) for entry in rapport.json("doctor") if entry["name"] == "wellbeing")

    assert found() == "nothing is kept"
    fill(rapport)
    assert "45 days" in found()
    spoil(rapport)
    assert "cannot be read" in found()


def test_a_time_zone_that_does_not_exist_is_named(rapport: Rapport) -> None:
    done = rapport("wellbeing", RAPPORT_UNDERSTANDING__WELLBEING__TIMEZONE="Mars/Olympus")
    assert done.returncode == 2
    assert "Mars/Olympus" in done.stderr
