"""Fusion's workstation side on a tiny synthetic set: three senses that are each right in about six cases of ten."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters import evaluate_fusion, fusion_figures, fusion_fit, fusion_network
from converters.__main__ import main
from converters.fusion_figures import Scenario, figures, predict_by, scenarios, told_by
from converters.fusion_fit import KNOWN, Ties, begin, fit, loss, pool_of, probabilities, solved
from converters.fusion_readings import PARTS, Heard, _read
from converters.fusion_sets import KINDS, SENSES, labels, lessons, paired, shared, with_another, with_noise
from converters.train.fusion import write
from edge.accelerators.card import PARAMETERS_FILE, checked_file, read_card
from edge.affect import Emotion, Sense
from edge.errors import InputError
from edge.understanding.fusion import BUILT_IN, Pool
from edge.understanding.pooled import NAME, parameters_of, parse

if TYPE_CHECKING:
    from pathlib import Path

TIES = Ties(3e-3, 10.0, 0.05)
SURPRISE = list(Emotion).index(Emotion.SURPRISE)


def heard(seed: int, number: int = 280) -> dict[Sense, Heard]:
    random = np.random.default_rng(seed)
    found = {}
    for place, sense in enumerate(SENSES):
        truth = np.arange(number) % KINDS
        if sense is Sense.VOICE:
            truth = truth[truth != SURPRISE]
        logits = random.normal(size=(len(truth), KINDS)) + 1.8 * np.eye(KINDS)[truth]
        out = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        features = np.column_stack([logits, random.normal(size=(len(truth), 2 + place))])
        found[sense] = Heard(out, random.uniform(0.4, 1, len(truth)), truth, features, np.arange(len(truth)) % 3, 0)
    return found


FIT, TEST = heard(0), heard(1)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fusion_figures, "DRAWS", 25)
    monkeypatch.setattr(fusion_fit, "CHECKED", 60)
    monkeypatch.setattr(fusion_fit, "ITERATIONS", 20)


@pytest.fixture(scope="module")
def made() -> fusion_fit.Fit:
    return fit(FIT, 2000, among=(TIES,))


def test_trios_share_their_label_and_a_seed_gives_the_same_again() -> None:
    known = shared(TEST)
    assert SURPRISE not in known
    assert len(known) == KINDS - 1
    trios = paired(TEST, 300, labels(TEST, "balanced", known), 3)
    for place, sense in enumerate(SENSES):
        assert (TEST[sense].truth[trios.items[:, place]] == trios.truth).all()
    again = paired(TEST, 300, labels(TEST, "balanced", known), 3)
    assert (again.items == trios.items).all()
    assert set(np.unique(trios.truth)) == set(known)


def test_noise_and_another_label_replace_one_sense_only() -> None:
    trios = paired(TEST, 200, labels(TEST, "balanced", shared(TEST)), 3)
    noisy, other = with_noise(trios, Sense.VOICE, 1), with_another(trios, TEST, Sense.VOICE, 1)
    for changed in (noisy, other):
        assert (changed.probabilities[:, [0, 2]] == trios.probabilities[:, [0, 2]]).all()
        assert (changed.probabilities[:, 1] != trios.probabilities[:, 1]).any()
    assert (noisy.items[:, 1] == -1).all()
    assert (TEST[Sense.VOICE].truth[other.items[:, 1]] != trios.truth).all()


def test_the_gradient_is_that_of_the_loss() -> None:
    trios, usual, ties = lessons(FIT, 200, 1, 0.2), np.array([0.7, 0.7, 0.7]), TIES.vector()
    vector = begin() + np.random.default_rng(0).normal(size=len(begin())) * 0.2
    slope, step = loss(vector, trios, usual, ties)[1], 1e-5
    for place in range(len(vector)):
        off = np.eye(len(vector))[place] * step
        up, down = loss(vector + off, trios, usual, ties)[0], loss(vector - off, trios, usual, ties)[0]
        assert slope[place] == pytest.approx((up - down) / (2 * step), abs=1e-7)


def test_what_is_fitted_is_what_the_device_computes() -> None:
    usual = fusion_fit.usual_quality(FIT)
    vector = solved(lessons(FIT, 1000, 1), usual, TIES)
    trios = lessons(TEST, 100, 2, 0.1)
    device = predict_by(pool_of(vector, usual))(trios)
    assert device == pytest.approx(probabilities(vector, trios, usual), abs=2e-3)  # four decimals in the file


def test_the_fitted_pool_is_above_the_best_sense_and_survives_a_sense_at_random(made: fusion_fit.Fit) -> None:
    trios = paired(TEST, 400, labels(TEST, "balanced", shared(TEST)), 3)
    predict = predict_by(made.pool)
    found = {
        case.name: figures(case, predict(case.trios), told=told_by(made.pool)) for case in scenarios(trios, TEST, 5)
    }
    assert found["all three"]["gain"] > 0.1
    assert abs(found["only the face"]["gain"]) < 0.02
    believing = Pool({sense: replace(trust, reliability=1 - 1e-6) for sense, trust in made.pool.trusts.items()})
    noisy = with_noise(trios, Sense.FACE, 5)
    believed = (predict_by(believing)(noisy).argmax(axis=1) == noisy.truth).mean()
    assert found["the face at random"]["accuracy"] > believed + 0.03
    assert found["all three"]["interval"][0] < found["all three"]["accuracy"] < found["all three"]["interval"][1]
    assert found["all three"]["right_of_told"] >= found["all three"]["accuracy"]


def test_ties_are_chosen_by_items_that_were_not_fitted() -> None:
    among = (Ties(1e-3, 1.0, 0.4), Ties(3e-3, 10.0, 0.03))
    chosen = fit(FIT, 300, among=among)
    assert {ties for ties, _ in chosen.chosen} == set(among)
    assert chosen.ties == min(chosen.chosen, key=lambda pair: pair[1])[0]


def test_figures_of_a_perfect_and_of_a_random_way() -> None:
    trios = paired(TEST, 700, labels(TEST, "balanced", shared(TEST)), 3)
    case = Scenario("all three", trios, (0, 1, 2))
    perfect = figures(case, np.eye(KINDS)[trios.truth])
    assert (perfect["accuracy"], perfect["ece"], perfect["precision_at_70"]) == (1.0, 0.0, 1.0)
    assert perfect["gain"] == pytest.approx(1 - perfect["best_single"], abs=1e-4)
    random = np.random.default_rng(0).dirichlet(np.ones(KINDS), 700)
    assert figures(case, random)["accuracy"] == pytest.approx(1 / KINDS, abs=0.05)


def test_the_slopes_of_the_canonical_correlation_are_right() -> None:
    random = np.random.default_rng(0)
    left, right = random.normal(size=(60, 3)), random.normal(size=(60, 2))
    right[:, 0] += left[:, 1]
    slopes = fusion_network.correlation_slopes(left, right)
    for which, array in enumerate((left, right)):
        for row, column in ((0, 0), (7, 1), (30, 1)):
            values = []
            for step in (1e-5, -1e-5):
                moved = [left.copy(), right.copy()]
                moved[which][row, column] += step
                values.append(fusion_network.total_correlation(*moved))
            assert slopes[which][row, column] == pytest.approx((values[0] - values[1]) / 2e-5, abs=1e-6), array.shape


def test_the_networks_learn_and_do_without_a_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fusion_network, "EPOCHS", 8)
    monkeypatch.setattr(fusion_network, "CCA_STEPS", 20)
    trios = paired(TEST, 300, labels(TEST, "balanced", shared(TEST)), 3)
    rivals = [fusion_network.decisions(FIT, 3000, 0), *fusion_network.features(FIT, TEST, 3000, 0)]
    assert [rival.name for rival in rivals] == [
        "network on decisions",
        "network on features",
        "network on canonical projections",
    ]
    for rival in rivals:
        said = rival.predict(trios)
        assert said.sum(axis=1) == pytest.approx(1)
        assert (said.argmax(axis=1) == trios.truth).mean() > 0.5  # chance: 0.17
        assert np.isfinite(rival.predict(trios.without(Sense.FACE, Sense.TEXT))).all()


def test_the_folder_that_is_written_is_what_the_device_reads(made: fusion_fit.Fit, tmp_path: Path) -> None:
    ways = {
        "pool": predict_by(made.pool),
        "built in": predict_by(BUILT_IN),
        "network on decisions": predict_by(BUILT_IN),
    }
    found = evaluate_fusion.measured(ways, TEST, 100, 0, told_by(made.pool))
    write(tmp_path / NAME, made, found, {"fit": FIT, "test": TEST})
    card = read_card(tmp_path / NAME)
    assert card.file == PARAMETERS_FILE
    assert parse(checked_file(tmp_path / NAME, card).read_bytes()) == made.pool
    assert {metric.name for metric in card.metrics} >= {"accuracy", "expected calibration error"}
    assert any("The pool is the default" in note for note in card.notes)
    assert parameters_of(made.pool).senses[Sense.VOICE].knows == tuple(
        emotion for emotion, known in zip(Emotion, KNOWN[1], strict=True) if known
    )


def test_the_command_measures_what_is_kept(
    made: fusion_fit.Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ways = {"pool": predict_by(made.pool), "network on decisions": predict_by(BUILT_IN)}
    found = evaluate_fusion.measured(ways, TEST, 100, 0)
    write(tmp_path / NAME, made, found, {"fit": FIT})
    monkeypatch.setattr(evaluate_fusion, "readings", lambda *_: dict(zip(PARTS, (FIT, TEST), strict=True)))
    words = ["evaluate", "fusion", "--data", str(tmp_path), "--models", str(tmp_path), "--trios", "100"]
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["mixes"]) == {"balanced", "met"}
    assert told["mixes"]["balanced"]["pool"][0]["scenario"] == "all three"
    assert told["items"]["test"]["voice"]["labels"]["surprise"] == 0
    assert main(words) == 0
    assert "| all three |" in capsys.readouterr().out


def test_wrong_use_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "fusion", "--data", str(tmp_path), "--trios", "3"]) == 1
    assert "at least 100" in capsys.readouterr().err
    assert main(["evaluate", "fusion", "--data", str(tmp_path), "--plot", "x.png"]) == 1
    assert "--plots FOLDER" in capsys.readouterr().err
    words = ["evaluate", "fusion", "--data", str(tmp_path), "--runs", str(tmp_path), "--readings", str(tmp_path)]
    assert main(words) == 1
    assert "fer2013_train_public.npz" in capsys.readouterr().err


def test_kept_readings_that_are_damaged_are_named(tmp_path: Path) -> None:
    path = tmp_path / "face-fit-0.npz"
    path.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(InputError, match="cannot be read as kept Readings"):
        _read(path)
