from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from edge.affect import Language
from edge.learning.effect import LEAST, effects, mean_change, quantile
from edge.learning.feedback import Verdict
from edge.learning.report import lines, record
from tests.edge.learning.support import answer

if TYPE_CHECKING:
    from edge.learning.answers import Answer

NO_CLAIM = {Language.EN: "no effect shown, no claim made", Language.ZH: "没有看出效果，不下结论"}


def people(count: int, effect: dict[str, float], seed: int = 0, silences: int = 60, label: str = "sad") -> list[Answer]:
    """Valence wanders back to its usual whatever is said, the more the lower it was; answers add their effect."""
    random = np.random.default_rng(seed)

    def one(strategy: str, usual: float, gain: float) -> Answer:
        low = float(np.clip(random.normal(usual, 0.2), -1, 1))
        after = float(np.clip(low + 0.7 * (-0.2 - low) + gain + random.normal(0, 0.1), -1, 1))
        return answer(strategy, label, low, after=after)

    # people are answered when they are lowest: what looks like an effect is where they were
    answers = [one(strategy, -0.7, gain) for strategy, gain in effect.items() for _ in range(count)]
    return [*answers, *(one("silent", -0.4, 0.0) for _ in range(silences))]


def by_name(answers: list[Answer]) -> dict[str, object]:
    return {found.strategy: found for found in effects(answers)}


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("freedom", [4, 5, 7, 12, 40, 300])
def test_students_quantile_is_scipys(confidence: float, freedom: int) -> None:
    assert quantile(confidence, freedom) == pytest.approx(stats.t.ppf((1 + confidence) / 2, freedom), rel=0.005)


def test_regression_to_the_mean_is_not_taken_for_an_effect() -> None:
    (found,) = effects(people(60, {"reflect": 0.0}))
    assert found.change is not None
    assert found.change.low > 0.2, "valence did rise after it"
    assert found.effect is not None
    assert not found.shown


def test_a_true_effect_is_found_and_its_interval_holds_it() -> None:
    reflect, suggest = effects(people(80, {"suggest": 0.15, "reflect": 0.0}))
    assert suggest.shown
    assert suggest.effect is not None
    assert suggest.effect.low <= 0.15 <= suggest.effect.high
    assert not reflect.shown


def test_of_many_households_without_an_effect_few_are_told_of_one() -> None:
    told = [
        any(found.shown for found in effects(people(20, {"suggest": 0, "reflect": 0, "question": 0}, seed)))
        for seed in range(200)
    ]
    assert np.mean(told) <= 0.09, "5 % is meant; 9 % is two and a half standard errors above"


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    held = []
    for seed in range(200):
        (found,) = effects(people(25, {"suggest": 0.1}, seed))
        assert found.effect is not None
        held.append(found.effect.low <= 0.1 <= found.effect.high)
    assert 0.91 <= np.mean(held) <= 0.99


def test_without_silences_to_compare_with_no_effect_is_told() -> None:
    (found,) = effects(people(60, {"reflect": 0.4}, silences=LEAST - 1))
    assert found.effect is None
    assert not found.shown
    (found,) = effects([*people(60, {"reflect": 0.4}, silences=0), *people(0, {}, label="angry")])
    assert found.effect is None, "silence to another feeling is no comparison"


def test_of_few_answers_nothing_is_told() -> None:
    (found,) = effects(people(4, {"reflect": 0.4}))
    assert (found.answers, found.seen, found.change, found.effect) == (4, 4, None, None)
    assert mean_change([0.1] * 4) is None
    assert effects([]) == []


def test_an_effect_that_was_not_seen_counts_as_an_answer_only() -> None:
    (found,) = effects([answer(), answer(after=0.0)])
    assert (found.answers, found.seen) == (2, 1)


def test_a_valence_that_never_moves_gives_an_interval_of_no_width_and_no_crash() -> None:
    same = [answer("reflect", after=-0.5) for _ in range(20)] + [answer("silent", after=-0.5) for _ in range(20)]
    (found,) = effects(same)
    assert not found.shown


@pytest.mark.parametrize("language", Language)
def test_the_report_makes_no_claim_where_none_is_shown(language: Language) -> None:
    answers = people(60, {"reflect": 0.0, "suggest": 0.4})
    answers[0] = answer(verdict=Verdict.HELPED, after=0.0)
    told = record("Anna", answers)
    assert told["feedback"] == {"helped": 1, "not-now": 0, "wrong": 0}
    _, reflect, suggest, *_ = text = lines(told, language, 15)
    assert reflect.endswith(NO_CLAIM[language])
    assert NO_CLAIM[language] not in suggest
    assert "60" in "\n".join(text), "how many silences it rests on"


@pytest.mark.parametrize("language", Language)
def test_of_nothing_the_report_says_so(language: Language) -> None:
    assert len(lines(record("Anna", []), language, 15)) == 1
