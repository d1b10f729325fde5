"""`rapport converse`: what is typed is answered as the running device would, and crisis talk by fixed words alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from edge.accelerators.model import default_directory

if TYPE_CHECKING:
    from pathlib import Path

    from tests.edge.cli.conftest import Rapport

CRISIS = "I want to kill myself"


def turns(rapport: Rapport, script: str, **environment: str) -> list[dict[str, Any]]:
    path = rapport.home / "script.txt"
    path.write_text(script, encoding="utf-8")
    done = rapport("converse", "--json", "--script", path, **environment)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_line_is_answered_in_its_language_at_its_time(rapport: Rapport) -> None:
    told = turns(rapport, "[00:01.00] I finally got the job!\n[01:30.00] 今天终于升职了！\n")
    assert [(turn["at_s"], turn["state"], turn["language"]) for turn in told] == [
        (1, "happy", "en"),
        (90, "happy", "zh"),
    ]
    assert all(turn["reply"] and turn["strategy"] and not turn["crisis"] for turn in told)


def test_who_wants_to_be_left_alone_is(rapport: Rapport) -> None:
    told = turns(rapport, "Leave me alone.\nWhat a day.\nIt rains.\n")
    assert told[0]["reply"] is not None
    assert [turn["reply"] for turn in told[1:]] == [None, None]


@pytest.mark.parametrize("line", [CRISIS, "我不想活了"])
def test_words_of_crisis_get_fixed_words_and_are_not_repeated(rapport: Rapport, line: str) -> None:
    (turn,) = turns(rapport, f"{line}\n", RAPPORT_SAFETY__COUNTRY="DE")
    assert turn["crisis"]
    assert turn["strategy"] == "crisis"
    assert "112" in turn["reply"]
    assert turn["said"] is None


def test_words_of_crisis_are_answered_without_any_model(rapport: Rapport, tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(default_directory(), models, ignore=shutil.ignore_patterns("text-emotion"))
    calm, *crisis = turns(rapport, f"I like tea.\n{CRISIS}\n我不想活了\n", RAPPORT_MODELS__DIRECTORY=str(models))
    assert calm["state"] == "unsure"
    assert [(turn["crisis"], turn["language"]) for turn in crisis] == [(True, "en"), (True, "zh")]


def test_words_that_the_model_does_not_know_are_answered_in_their_language(rapport: Rapport) -> None:
    told = turns(rapport, "太无聊了。\n我饿了，我们去吃点东西吧。\n")
    assert {turn["language"] for turn in told} == {"zh"}


def test_what_is_typed_is_answered_whatever_bytes_come(rapport: Rapport) -> None:
    done = subprocess.run(
        rapport.command("converse", "--json"),
        env=rapport.environment,
        cwd=rapport.home,
        input=b"\n  \n\xff\xfe\n\x00I finally got the job!\nand no line feed",
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    said = [json.loads(line)["said"] for line in done.stdout.decode().splitlines()]
    assert said[-2:] == ["I finally got the job!", "and no line feed"]


def test_a_person_reads_what_is_believed_and_the_answer_with_its_strategy(rapport: Rapport) -> None:
    (rapport.home / "script.txt").write_text("I finally got the job!\n", encoding="utf-8")
    believed, answer = rapport("converse", "--script", "script.txt").stdout.splitlines()
    assert believed.startswith("  happy 0.")
    assert answer.endswith("]")


def test_a_script_that_is_not_there_and_a_place_where_nobody_is_answered_are_told(rapport: Rapport) -> None:
    done = rapport("converse", "--script", "nowhere.txt")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--script is 'nowhere.txt', which cannot be read" in done.stderr
    refused = rapport("converse", "--script", "nowhere.txt", RAPPORT_SAFETY__CONTEXT="work")
    assert refused.returncode == 1
    assert "Nobody is answered there" in refused.stderr


def test_a_silence_is_told_with_its_reason(rapport: Rapport) -> None:
    (_, resting, nod) = turns(rapport, "Leave me alone.\nWhat a day.\nOkay.\n")
    assert (resting["silence"], nod["silence"]) == ("resting for 10 min", "resting for 10 min")
    script = rapport.home / "script.txt"
    script.write_text("Okay.\n", encoding="utf-8")
    assert "(silence: needs no answer)" in rapport("converse", "--script", script).stdout


FURIOUS = """\
My boss shouted at me in front of everyone
He does that every single week and I am furious
I hate him so much
I am so angry at him
yes please
"""


def test_a_proposal_is_shown_and_what_is_done_after_a_yes(rapport: Rapport) -> None:
    allowed = {"RAPPORT_ACTIONS__ALLOWED": '["softer_music"]'}
    told = turns(rapport, FURIOUS, **allowed)
    proposal, act = told[-2:]
    assert (proposal["strategy"], proposal["acts"]) == ("act", [{"kind": "proposal", "action": "softer_music"}])
    assert (act["strategy"], act["acts"]) == ("act", [{"kind": "act", "action": "softer_music"}])
    shown = rapport("converse", "--script", rapport.home / "script.txt", **allowed).stdout
    assert shown.count("[act softer_music]") == 2
    assert all(turn["acts"] == [] for turn in turns(rapport, FURIOUS))
