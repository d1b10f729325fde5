"""Each hot path does its work once. How long it takes is not a test."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from edge.affect import Reading, Sense, State
from tests.benchmarks.against import interval
from tests.benchmarks.paths import BLOCK, PATHS


@pytest.mark.parametrize("name", ["face-tracked", "face-detecting", "text-20-words"])
def test_a_sense_gives_a_reading_with_an_opinion(name: str) -> None:
    reading = PATHS[name]()()
    assert isinstance(reading, Reading)
    assert reading.affect is not None


def test_the_voice_gives_one_when_its_window_is_full() -> None:
    call = PATHS["voice-hop"]()
    reading = [call() for _ in range(8)][-1]
    assert reading.affect is not None


@pytest.mark.parametrize(("name", "shape"), [("log-mel", (BLOCK, 40)), ("pitch", (BLOCK,))])
def test_features_come_for_each_frame(name: str, shape: tuple[int, ...]) -> None:
    found, _ = PATHS[name]()()
    assert found.shape == shape
    assert np.isfinite(found).all()


def test_the_others_do_something() -> None:
    assert PATHS["expression"]()().shape == (7,)
    assert isinstance(PATHS["understanding"]()(), State)
    three = PATHS["understanding-all"]()
    assert {sense for _ in range(6) for sense, _ in three().shares} == set(Sense)
    assert PATHS["mailbox"]()() == (1, 0)
    assert json.loads(PATHS["mqtt-payload"]()())["senses"]["face"] == "ON"


def test_a_step_of_the_loop_reaches_the_state() -> None:
    step = PATHS["loop-step"]()
    runtime = [step() for _ in range(3)][-1]
    assert runtime._tally.readings["face"] == 3


def test_the_runner_prints_a_figure_for_each() -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "mailbox", "mqtt-payload", "--seconds", "0.05", "--json"]
    figures = json.loads(subprocess.check_output(command, text=True))
    assert set(figures) == {"mailbox", "mqtt-payload"}
    assert all(figure > 0 for figure in figures.values())


def test_the_interval_is_that_of_the_sign_test() -> None:
    assert interval([float(n) for n in range(1, 11)]) == (2.0, 5.5, 9.0)  # 97.9 %; one further in has 89.1 %
    assert interval([float(n) for n in range(1, 7)]) == (1.0, 3.5, 6.0)
    with pytest.raises(ValueError, match="5 pairs"):
        interval([1.0] * 5)
