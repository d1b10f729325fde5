from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Language
from edge.perception.text.features import IDS, TABLE, UNITS, ids


def test_hashes_are_the_same_on_every_machine() -> None:
    # A change here makes every trained model worthless: train anew.
    assert ids("so happy", Language.EN)[0, :3].tolist() == [[8312, 3487, 20933], [10045, 13248, 17666], [0, 0, 0]]
    assert ids("你好", Language.ZH)[0, :3].tolist() == [[332, 4824, 8406], [17444, 17444, 12487], [0, 0, 0]]


def test_words_with_the_same_beginning_share_an_id() -> None:
    first, second = ids("disgusting", Language.EN)[0, 0], ids("disgusted", Language.EN)[0, 0]
    assert first[0] != second[0]
    assert first[1] == second[1]


def test_chinese_characters_have_the_pair_with_the_next_as_well() -> None:
    whole, other = ids("开心", Language.ZH)[0], ids("开门", Language.ZH)[0]
    assert whole[0, 0] == other[0, 0]
    assert whole[0, 1] != other[0, 1]
    assert whole[1, 0] == whole[1, 1]  # there is no next


def test_words_and_pairs_have_two_places_that_seldom_both_meet_another_s() -> None:
    words = [f"w{number}" for number in range(1500)]
    found = np.array([ids(word, Language.EN)[0, 0, [0, 2]] for word in words])
    assert len({int(place) for place in found[:, 0]}) < len(words)
    assert len({tuple(places) for places in found.tolist()}) == len(words)


def test_spaces_between_chinese_characters_are_nothing() -> None:
    np.testing.assert_array_equal(ids("我 很好", Language.ZH), ids("我很好", Language.ZH))


@pytest.mark.parametrize(("words", "parts"), [(0, 1), (1, 1), (UNITS, 1), (UNITS + 1, 2), (2 * UNITS + 1, 3)])
def test_a_long_text_is_read_in_full_parts_and_its_end_is_the_last(words: int, parts: int) -> None:
    text = " ".join(f"w{number}" for number in range(words))
    found = ids(text, Language.EN)
    assert len(found) == parts
    assert (np.count_nonzero(found[:, :, 0], axis=1) == min(words, UNITS)).all()
    if words:
        last = found[-1, min(words, UNITS) - 1]
        np.testing.assert_array_equal(last, ids(f"w{words - 1}", Language.EN)[0, 0])


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.sampled_from(Language))
def test_any_text_has_places_within_the_table(text: str, language: Language) -> None:
    found = ids(text, language)
    assert found.dtype == np.int32
    assert found.shape[1:] == (UNITS, IDS)
    assert found.min() >= 0
    assert found.max() < TABLE
