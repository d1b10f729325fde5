"""The corpora of reflections and what is learnt from them: every pair may be told back, and is read as on a device."""

from __future__ import annotations

import numpy as np
import pytest

from converters.corpora.reflections import by_hand, cores, expanded, pairs
from converters.train.reply_material import NO_STEP, is_held, row, rows
from converters.train.reply_silver import silver
from edge.affect import Emotion, Language
from edge.response.checker import found_in, refusal
from edge.response.generate import choices
from edge.response.pieces import pieces
from edge.response.window import CHOICES, END, FIRST_PLACE, NOTHING, STEPS, WINDOW

EN, ZH = Language.EN, Language.ZH


def test_a_line_stands_for_each_choice() -> None:
    assert expanded("I'm (so) [sad|down]") == ["I'm sad", "I'm down", "I'm so sad", "I'm so down"]


@pytest.mark.parametrize("language", Language)
def test_there_are_thousands_of_things_that_happen_of_every_area_and_feeling(language: Language) -> None:
    found = cores(language, each=1000)
    assert len({core.said for core in found}) > 1000
    assert len({core.area for core in found}) == 18
    assert {core.emotion for core in found} == set(Emotion)


@pytest.mark.parametrize("language", Language)
def test_every_pair_may_be_told_back(language: Language) -> None:
    written = list(pairs(language, 300, seed=3))
    assert len(written) == 300
    for pair in written:
        assert pair.told is None or refusal(pair.said, pair.told, language) is None
    assert 0.04 < np.mean([pair.told is None for pair in written]) < 0.25


@pytest.mark.parametrize("language", Language)
def test_pairs_by_hand_may_be_told_back_but_for_a_few_that_are_too_hard_for_the_checker(language: Language) -> None:
    refused = [
        pair.said for pair in by_hand(language) if pair.told and refusal(pair.said, pair.told, language) is not None
    ]
    assert len(refused) <= 3, refused


@pytest.mark.parametrize("language", Language)
def test_what_is_learnt_is_what_the_device_may_choose(language: Language) -> None:
    for pair in pairs(language, 100, seed=4):
        made = row(pair)
        assert made is not None
        _, _, targets = made
        said = pieces(pair.said, language)
        told: list[int] = []
        for target in targets[targets != NO_STEP].tolist():
            assert target in choices(said, told)
            if target not in {END, NOTHING}:
                told.append(target - FIRST_PLACE)
        assert (pair.told is None) is bool(targets[0] == NOTHING)


def test_rows_have_the_shapes_of_the_net() -> None:
    made = rows(list(pairs(EN, 20)))
    assert made.ids.shape == (20, WINDOW, 3)
    assert made.targets.shape == (20, STEPS)
    assert int(made.targets.max()) < CHOICES


def test_the_same_seed_gives_the_same_pairs_and_another_others() -> None:
    assert list(pairs(ZH, 30, 1)) == list(pairs(ZH, 30, 1))
    assert list(pairs(ZH, 30, 1)) != list(pairs(ZH, 30, 2))


def test_lines_are_held_out_by_their_text_alone() -> None:
    held = [is_held(core.line) for core in cores(EN, each=1)]
    assert 0.05 < np.mean(held) < 0.3


def test_the_rule_takes_what_says_most_of_the_person_and_nothing_where_nothing_may_be_told() -> None:
    words = "The film was long. My boss shouted at me again, and the bus was late."
    pair = silver(words, EN, Emotion.ANGRY, "test")
    assert pair.told == "your boss shouted at you again"
    assert found_in(pair.told, pieces(words, EN), EN) is not None
    assert silver("What a nice day!", EN, Emotion.HAPPY, "test").told is None
