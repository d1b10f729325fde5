from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Language
from edge.perception.text.features import BUCKETS, LENGTH, MOST, FeatureVector, buckets, value


def test_hashes_are_the_same_on_every_machine() -> None:
    # A change here makes every trained model worthless: train anew.
    assert buckets("hi", Language.EN).tolist() == [158, 6278, 7291, 26075, 27748, 28611, 30900]
    assert buckets("你好", Language.ZH).tolist() == [6304, 14639, 24032]


def test_english_gives_words_pairs_and_runs_of_two_to_four_characters() -> None:
    padded = len(" so sad ")
    runs = sum(padded - n + 1 for n in (2, 3, 4)) - 1  # " s" stands twice
    assert len(buckets("so sad", Language.EN)) == runs + 2 + 1


def test_chinese_gives_runs_of_one_and_two_characters() -> None:
    assert len(buckets("我很好", Language.ZH)) == 3 + 2


def test_a_text_shorter_than_a_run_is_no_error() -> None:
    assert len(buckets("a", Language.EN)) == 2 + 1 + 1
    assert len(buckets("我", Language.ZH)) == 1
    assert len(buckets("", Language.EN)) == 0


def test_both_languages_share_emoji() -> None:
    assert len(set(buckets("😀", Language.EN)) & set(buckets("😀", Language.ZH))) == 1


def test_each_place_is_given_once_in_ascending_order() -> None:
    found = buckets("no no no no", Language.EN).tolist()
    assert found == sorted(set(found))


def test_word_order_matters() -> None:
    assert set(buckets("not happy just sad", Language.EN)) != set(buckets("not sad just happy", Language.EN))


@pytest.mark.parametrize(("count", "wanted"), [(0, MOST), (1, MOST), (4, MOST), (64, 1.0), (256, 0.5)])
def test_the_longer_the_text_the_less_each_run_counts(count: int, wanted: float) -> None:
    assert value(count) == pytest.approx(wanted)


def test_vectors_of_four_runs_and_more_have_one_length() -> None:
    for words in ("hi", "i was so glad to see you again after all this time"):
        assert np.linalg.norm(FeatureVector().fill(words, Language.EN)) == pytest.approx(LENGTH, rel=1e-5)


def test_the_vector_holds_the_last_text_only() -> None:
    vector = FeatureVector()
    first = vector.fill("i am happy", Language.EN).copy()
    vector.fill("我今天在家里看电视", Language.ZH)
    again = vector.fill("i am happy", Language.EN)
    np.testing.assert_array_equal(first, again)
    assert again is vector.array
    assert np.count_nonzero(again) == len(np.unique(buckets("i am happy", Language.EN)))
    vector.clear()
    assert not vector.array.any()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.sampled_from(Language))
def test_any_text_has_places_within_the_vector(text: str, language: Language) -> None:
    found = buckets(text, language)
    assert found.dtype == np.int64
    assert ((found >= 0) & (found < BUCKETS)).all()
