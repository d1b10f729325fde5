"""Figures of any way to combine the senses, with senses missing, at random, or of another label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.bootstrap import DRAWS
from converters.calibration import calibration_error
from converters.fusion_sets import SENSES, Trios, with_another, with_noise
from edge.affect import Affect, Reading
from edge.understanding.abstention import doubt
from edge.understanding.fusion import Evidence, Pool, heard, pool, weigh
from edge.understanding.settings import UnderstandingSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from converters.fusion_readings import Heard
    from edge.affect import Sense

    Floats = NDArray[np.float64]
    Predict = Callable[[Trios], Floats]
    Told = Callable[[Trios], NDArray[np.bool_]]

COVERAGE = 0.7
"""Part of the trios that are answered, the surest first, for ``precision_at_70``."""
FACTORS = dict.fromkeys(SENSES, 1.0)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Trios as they are changed; ``told`` are the senses that say what is true."""

    name: str
    trios: Trios
    told: tuple[int, ...]

    @property
    def clean(self) -> bool:
        """Whether every sense that speaks tells the truth."""
        return bool((self.trios.present[:, self.told].sum(axis=1) == self.trios.present.sum(axis=1)).all())


def scenarios(trios: Trios, heard: Mapping[Sense, Heard], seed: int) -> Iterator[Scenario]:
    """All three; one and two missing; one at random, and of another label; one alone with one at random."""
    yield Scenario("all three", trios, (0, 1, 2))
    for place, sense in enumerate(SENSES):
        others = tuple(other for other in range(len(SENSES)) if other != place)
        yield Scenario(f"without the {sense}", trios.without(sense), others)
    for place, sense in enumerate(SENSES):
        yield Scenario(f"only the {sense}", trios.without(*(other for other in SENSES if other != sense)), (place,))
    for place, sense in enumerate(SENSES):
        others = tuple(other for other in range(len(SENSES)) if other != place)
        yield Scenario(f"the {sense} at random", with_noise(trios, sense, seed + place), others)
    for place, sense in enumerate(SENSES):
        others = tuple(other for other in range(len(SENSES)) if other != place)
        yield Scenario(f"the {sense} of another label", with_another(trios, heard, sense, seed + place), others)
    for place, sense in enumerate(SENSES):
        noisy = with_noise(trios, sense, seed + place)
        for other, left in enumerate(SENSES):
            if other != place:
                gone = SENSES[3 - place - other]
                yield Scenario(f"the {sense} at random, only the {left} beside it", noisy.without(gone), (other,))


def predict_by(fitted: Pool) -> Predict:
    """The device's own code, Reading by Reading."""

    def predict(trios: Trios) -> Floats:
        found = [pool(_evidence(trios, row, fitted), fitted).probabilities for row in range(len(trios))]
        return np.array(found, np.float64)

    return predict


def told_by(fitted: Pool) -> Told:
    """Whether the State would have a label, by the device's own code and its default thresholds, without time."""
    settings = UnderstandingSettings()

    def told(trios: Trios) -> NDArray[np.bool_]:
        out = np.zeros(len(trios), np.bool_)
        for row in range(len(trios)):
            evidence = _evidence(trios, row, fitted)
            out[row] = doubt(pool(evidence, fitted), evidence, settings, "", fitted) is None
        return out

    return told


def _evidence(trios: Trios, row: int, fitted: Pool) -> list[Evidence]:
    """One trio as the device has it, nothing faded and no sense set lower by the user."""
    readings = {
        sense: Reading(
            sense, 0, Affect.of(tuple(trios.probabilities[row, place].tolist())), float(trios.quality[row, place])
        )
        for place, sense in enumerate(SENSES)
        if trios.present[row, place]
    }
    return weigh(heard(readings, fitted), FACTORS, 0)


def figures(scenario: Scenario, probabilities: Floats, seed: int = 0, told: Told | None = None) -> dict[str, Any]:
    """Accuracy, gain over the best sense that tells the truth, calibration, and precision against coverage.

    With ``told`` also which part is told at the default thresholds, and how much of that is right.

    The intervals are of a bootstrap over the items of each sense at once (Owen, The pigeonhole bootstrap, Annals of
    Applied Statistics 1(2), 2007): a trio counts as often as its face, its voice and its sentence were drawn. So they
    say what other faces, clips and sentences would give, which plain resampling of trios would not.
    """
    trios = scenario.trios
    right = (probabilities.argmax(axis=1) == trios.truth).astype(np.float64)
    alone = (trios.probabilities.argmax(axis=2) == trios.truth[:, None]).astype(np.float64)
    singles = alone.mean(axis=0)
    best = max(scenario.told, key=lambda place: singles[place])
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    weights = _weights(trios, seed)
    answered = {} if told is None else _answered(told(trios), right)
    drawn = np.array([(weight @ right, weight @ alone[:, best], weight.sum()) for weight in weights])
    accuracy, reference = drawn[:, 0] / drawn[:, 2], drawn[:, 1] / drawn[:, 2]
    return {
        "scenario": scenario.name,
        "n": len(trios),
        "accuracy": _rounded(right.mean()),
        "interval": _ends(accuracy),
        "best_sense": SENSES[best].value,
        "best_single": _rounded(singles[best]),
        "gain": _rounded(right.mean() - singles[best]),
        "gain_interval": _ends(accuracy - reference),
        "ece": _rounded(calibration_error(probabilities, trios.truth)),
        "precision_at_70": _rounded(precision[int(COVERAGE * len(order)) - 1]),
        "precision": [_rounded(precision[int(share * len(order)) - 1]) for share in np.linspace(0.05, 1, 20)],
        **answered,
    }


def _answered(told: NDArray[np.bool_], right: Floats) -> dict[str, float]:
    return {"told": _rounded(told.mean()), "right_of_told": _rounded(right[told].mean()) if told.any() else 0.0}


def _weights(trios: Trios, seed: int) -> Iterator[Floats]:
    """(n,) how often each trio counts, DRAWS times."""
    random = np.random.default_rng(seed)
    places = [np.unique(trios.items[:, place], return_inverse=True)[1] for place in range(len(SENSES))]
    used = [
        place for place in range(len(SENSES)) if trios.present[:, place].any() and (trios.items[:, place] >= 0).any()
    ]
    for _ in range(DRAWS):
        weight = np.ones(len(trios))
        for place in used:
            many = int(places[place].max()) + 1
            weight *= np.bincount(random.integers(0, many, many), minlength=many)[places[place]]
        yield weight


def _ends(values: Floats) -> list[float]:
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return [_rounded(low), _rounded(high)]


def _rounded(value: Any) -> float:  # noqa: ANN401 - any of numpy's numbers
    return round(float(value), 4)
