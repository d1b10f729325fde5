"""The generator by the shipped net and the real interpreter, and what a net that chooses badly may choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models, default_directory
from edge.affect import Emotion, Language
from edge.response import generate
from edge.response.checker import refusal
from edge.response.generate import choices, clause, decode
from edge.response.nets import Ordered, load
from edge.response.pieces import MOST, pieces
from edge.response.window import (
    CHOICES,
    CONTROLS,
    FIRST_PLACE,
    KINDS,
    NOTHING,
    STEPS,
    TABLE,
    WINDOW,
    codes,
    prompt,
    tell,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

EN, ZH = Language.EN, Language.ZH


@pytest.fixture(scope="module")
def net() -> Ordered:
    models = Models(default_directory(), Cpu())
    return load(models, generate.NAME, generate.TASK, generate.INPUTS, generate.LABELS)


class Wild:
    """A net whose scores are drawn by lot: whatever it wants, only what is allowed comes out."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self.calls = 0

    def run(self, *values: NDArray[np.generic]) -> tuple[NDArray[np.float32], ...]:
        self.calls += 1
        ids, kinds = values
        assert ids.shape == (1, WINDOW, 3)
        assert int(ids[..., :2].max()) < TABLE
        assert int(kinds.max()) < KINDS
        return (self._random.normal(size=(1, STEPS, CHOICES)).astype(np.float32),)


SENTENCES = [
    ("Honestly, my boss shouted at me in front of everyone and I just sat there.", EN),
    ("I'm so tired. The washing machine broke again, and nobody came.", EN),
    ("When I got home, the house was dark and my sister was crying.", EN),
    ("唉，开了三个小时的会，我一句话都没说上，真的很憋屈。", ZH),
    ("我妈又催我结婚了，我不想回家过年。", ZH),
]


@given(st.integers(0, 10_000), st.sampled_from(SENTENCES))
@settings(max_examples=150, deadline=None)
def test_whatever_a_net_wants_only_pieces_of_what_was_said_come_out_in_their_order(
    seed: int, spoken: tuple[str, Language]
) -> None:
    words, language = spoken
    said = pieces(words, language)
    found = decode(Wild(seed), said, language, Emotion.SAD, feeling=False)
    if found is not None:
        told = "".join(piece.told for piece in said).replace(" ", "").lower()
        rest = iter(told)
        assert all(character in rest for character in found.text.replace(" ", "").lower())
        assert 0 < found.sure <= 1


@given(st.integers(0, 10_000), st.sampled_from(SENTENCES))
@settings(max_examples=60, deadline=None)
def test_nothing_is_told_back_that_the_checker_refuses(seed: int, spoken: tuple[str, Language]) -> None:
    words, language = spoken
    found = clause(Wild(seed), words, language, None, feeling=False, least=0.0)
    assert found is None or refusal(words, found.text, language) is None


def test_a_net_that_is_not_sure_is_not_believed() -> None:
    words, language = SENTENCES[0]
    assert all(clause(Wild(seed), words, language, None, feeling=False, least=0.99) is None for seed in range(40))


def test_what_may_not_be_told_back_does_not_reach_the_net() -> None:
    wild = Wild(0)
    for words in ("Do you like me?", "I took all my pills", "I'm at http://a.b", ""):
        assert clause(wild, words, EN, None, feeling=False) is None
    assert wild.calls == 0


def test_the_first_choice_is_nothing_or_where_a_clause_begins_and_then_the_next_piece() -> None:
    said = pieces("I am really tired, and my dog ran away.", EN)
    first = choices(said, [])
    assert first[0] == NOTHING
    assert {said[choice - FIRST_PLACE].plain for choice in first[1:]} == {"i", "my"}
    after_am = [said[choice - FIRST_PLACE].plain for choice in choices(said, [0, 1])]
    assert after_am == ["really", "tired"]


def test_a_piece_that_is_told_back_comes_back_into_the_window_with_its_place() -> None:
    said = pieces("My dog ran away", EN)
    ids, kinds = prompt(said, codes(EN, Emotion.SAD, feeling=True), EN)
    tell(ids, kinds, 0, 2)
    row = CONTROLS + MOST + 1
    assert ids[row].tolist() == [*ids[CONTROLS + 2, :2].tolist(), 3]
    assert kinds[row] == kinds[CONTROLS + 2]
    tell(ids, kinds, STEPS, 0)  # beyond the window: nothing is written


@pytest.mark.parametrize(
    ("words", "language", "emotion", "back"),
    [
        ("They had the meeting without me. Again.", EN, Emotion.ANGRY, "they had the meeting without you"),
        ("My sister got married today! What a day.", EN, Emotion.HAPPY, "your sister got married"),
        ("会开完了，我还没说上话", ZH, Emotion.ANGRY, "会开完了，你还没说上话"),
    ],
)
def test_the_shipped_net_tells_back_what_happened(
    net: Ordered, words: str, language: Language, emotion: Emotion, back: str
) -> None:
    found = clause(net, words, language, emotion, feeling=False)
    assert found is not None
    assert found.text == back
