from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from edge.accelerators.card import Card, Domain, read_card
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models, default_directory, softmax
from edge.perception.domain import energy, score, trust
from edge.perception.settings import DomainSettings
from edge.perception.text.perceiver import UNFAMILIAR, TextPerceiver
from edge.perception.text.settings import TextSettings
from edge.sensors.signals import Utterance

LOGITS = st.lists(st.floats(-50, 50, width=32), min_size=2, max_size=10).map(lambda v: np.array(v, np.float32))
TEMPERATURES = st.floats(0.2, 10)
SENTENCE = "I love my new bike, it is wonderful"


@given(LOGITS, TEMPERATURES)
def test_energy_is_the_logarithm_of_the_summed_exponents(
    logits: np.ndarray[tuple[int], np.dtype[np.float32]], t: float
) -> None:
    wanted = -t * np.log(np.sum(np.exp(logits.astype(np.float64) / t)))
    assert energy(logits, t) == pytest.approx(wanted, abs=1e-6)


@given(LOGITS, TEMPERATURES)
def test_the_largest_probability_is_that_of_the_softmax(
    logits: np.ndarray[tuple[int], np.dtype[np.float32]], t: float
) -> None:
    assert score("max-softmax", logits, t) == pytest.approx(max(softmax(logits, t)), abs=1e-9)


@given(LOGITS, st.floats(0.1, 5))
def test_larger_logits_are_more_at_home_for_energy_and_for_the_largest_of_them(
    logits: np.ndarray[tuple[int], np.dtype[np.float32]], more: float
) -> None:
    for method in ("energy", "max-logit"):
        assert score(method, logits + np.float32(more)) > score(method, logits)


@given(LOGITS)
def test_typical_energy_is_best_at_the_usual_one(logits: np.ndarray[tuple[int], np.dtype[np.float32]]) -> None:
    usual = energy(logits)
    assert score("typical-energy", logits, usual=usual) == 0.0
    for shift in (-2.0, 2.0):
        assert score("typical-energy", logits + np.float32(shift), usual=usual) == pytest.approx(-2.0, abs=1e-4)


def card_with(floor: float, threshold: float) -> Card:
    card = read_card(default_directory() / "text-emotion")
    domain = Domain(method="max-logit", threshold=threshold, floor=floor, on="made up", n=1)
    return card.model_copy(update={"domain": domain})


@pytest.mark.parametrize(("top", "factor"), [(5.0, 1.0), (2.0, 1.0), (1.5, 0.25), (1.0, 0.25), (0.5, 0.0)])
def test_trust_falls_in_steps(top: float, factor: float) -> None:
    logits = np.array([top, 0.0, -1.0], np.float32)
    assert trust(card_with(1.0, 2.0), logits, DomainSettings(quality=0.25)) == factor


def test_whoever_wants_no_abstention_gets_a_lower_quality() -> None:
    logits = np.zeros(7, np.float32)
    assert trust(card_with(1.0, 2.0), logits, DomainSettings(quality=0.25, abstain=False)) == 0.25


def test_a_card_that_says_nothing_is_trusted() -> None:
    card = card_with(1.0, 2.0).model_copy(update={"domain": None})
    assert trust(card, np.zeros(7, np.float32), DomainSettings()) == 1.0


def reader(tmp_path: Path, floor: float, threshold: float) -> TextPerceiver:
    """The text sense with a model whose card has these bounds."""
    folder = Path(shutil.copytree(default_directory() / "text-emotion", tmp_path / "text-emotion"))
    path = folder / "card.toml"
    domain = {"method": "max-logit", "threshold": threshold, "floor": floor, "on": "made up", "n": 1}
    path.write_text(tomli_w.dumps(tomllib.loads(path.read_text()) | {"domain": domain}))
    perceiver = TextPerceiver(TextSettings(), Models(tmp_path, Cpu()))
    perceiver.attach()
    return perceiver


def test_a_sense_says_less_surely_what_is_strange_to_its_model_and_nothing_of_the_strangest(tmp_path: Path) -> None:
    utterance = Utterance(SENTENCE, 7)
    known = reader(tmp_path / "known", -99.0, -99.0).perceive(utterance)
    odd = reader(tmp_path / "odd", -99.0, 99.0).perceive(utterance)
    strange = reader(tmp_path / "strange", 99.0, 99.0).perceive(utterance)
    assert known.affect == odd.affect
    assert known.affect is not None
    assert odd.quality == pytest.approx(known.quality * DomainSettings().quality)
    assert (strange.affect, strange.quality, strange.reason, strange.words) == (None, 0.0, UNFAMILIAR, SENTENCE)
