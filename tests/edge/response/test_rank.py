"""The ranker by the shipped net: what was said for these words goes first; what it is told of a candidate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models, default_directory
from edge.affect import Affect, Emotion, Language
from edge.errors import ModelError
from edge.response import rank
from edge.response.candidates import Candidate, Source
from edge.response.nets import Ordered, load
from edge.response.rank import FEATURES, READ, SOURCES, STRATEGIES, UNITS, Ranker, Weighing, features, units
from edge.response.strategy import Strategy
from tests.edge.response.support import affect_of

EN, ZH = Language.EN, Language.ZH
SAID = "My boss shouted at me in front of everyone"
RIGHT = Candidate(
    "So your boss shouted at you in front of everyone. That sounds maddening.", Strategy.REFLECT, Source.MODEL
)
WRONG = Candidate("So your sister got married. Enjoy every bit of it.", Strategy.REFLECT, Source.MODEL)
PLAIN = Candidate("That sounds maddening.", Strategy.REFLECT, Source.TEMPLATES)


class Reading:
    """Reads every text alike, and counts."""

    def __init__(self, emotion: Emotion = Emotion.ANGRY) -> None:
        self.texts: list[str] = []
        self._emotion = emotion

    def affect(self, text: str, language: Language) -> Affect | None:
        self.texts.append(f"{language.value} {text}")
        return affect_of(self._emotion, 0.9)


def weighing(**changes: object) -> Weighing:
    given = {"words": SAID, "language": EN, "label": Emotion.ANGRY, "valence": -0.5, "arousal": 0.6, "confidence": 0.9}
    return Weighing(**{**given, "turns": 0, "longest": 140, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def net() -> Ordered:
    return load(Models(default_directory(), Cpu()), rank.NAME, rank.TASK, rank.INPUTS)


def test_what_was_made_for_these_words_goes_before_what_was_made_for_others(net: Ordered) -> None:
    ranker = Ranker(net, Reading())
    assert ranker.best([WRONG, RIGHT, PLAIN], weighing(), [None, None, None]) is RIGHT


def test_a_template_that_was_just_used_goes_behind_one_that_was_not(net: Ordered) -> None:
    other = Candidate("That would put anyone on edge.", Strategy.REFLECT, Source.TEMPLATES)
    ranker = Ranker(net, Reading())
    assert ranker.best([PLAIN, other], weighing(), [0, None]) is other
    assert ranker.best([PLAIN, other], weighing(), [None, 0]) is PLAIN


def test_what_the_net_is_told_of_a_candidate() -> None:
    found = features(RIGHT, weighing(last="So your boss"), affect_of(Emotion.ANGRY, 0.9), 3)
    assert found.shape == (FEATURES,)
    assert np.isfinite(found).all()
    at = len(STRATEGIES) + len(SOURCES)
    assert found[STRATEGIES.index(Strategy.REFLECT)] == 1
    assert found[len(STRATEGIES) + SOURCES.index(Source.MODEL)] == 1
    assert found[at] == pytest.approx(0.9)
    assert found[at + 3] > 0.5, "most of its words were said"
    assert found[at + 6] == pytest.approx(0.25), "three replies ago"
    assert found[at + 7] == 1, "it begins as the last one did"


@pytest.mark.parametrize(("text", "language"), [(SAID, EN), ("领导当着大家的面骂了我", ZH), ("", EN)])
def test_units_are_places_of_the_small_table(text: str, language: Language) -> None:
    found = units(text, language)
    assert found.shape == (UNITS, 2)
    assert 0 <= int(found.min()) <= int(found.max()) < rank.PLACES


def test_texts_of_ours_are_read_once_and_the_persons_words_are_not_remembered(net: Ordered) -> None:
    reading = Reading()
    ranker = Ranker(net, reading)
    quoting = Candidate("So your boss shouted at you.", Strategy.REFLECT, Source.MODEL, quotes=True)
    for _ in range(2):
        ranker.best([PLAIN, quoting], weighing(), [None, None])
    assert reading.texts.count(f"en {PLAIN.text}") == 1
    assert reading.texts.count(f"en {quoting.text}") == 2
    assert (quoting.text, EN) not in ranker._read


def test_what_is_remembered_is_bounded(net: Ordered) -> None:
    ranker = Ranker(net, Reading())
    for number in range(READ + 5):
        ranker._reading(Candidate(f"Text {number}.", Strategy.REFLECT, Source.TEMPLATES), EN)
    assert len(ranker._read) == READ


def test_a_model_with_other_inputs_is_refused() -> None:
    models = Models(default_directory(), Cpu())
    with pytest.raises(ModelError, match="needs text, words"):
        load(models, rank.NAME, rank.TASK, ("text", "words"))


def test_the_models_of_the_room_are_small() -> None:
    sizes = {
        name: (Path(default_directory()) / name / "model.tflite").stat().st_size
        for name in (rank.NAME, "reply-generator")
    }
    assert sizes[rank.NAME] <= 150_000
    assert sizes["reply-generator"] <= 2 << 20
