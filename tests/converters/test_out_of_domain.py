from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest

from converters import strangers_face, strangers_text, strangers_voice
from converters.__main__ import main
from converters.figures import auroc
from converters.out_of_domain import LEAST, Own, grey, keep, mean_auroc, measured, write
from converters.package import More
from edge.accelerators.card import read_card
from edge.accelerators.model import default_directory
from edge.errors import InputError
from edge.perception.face.expression import standardised
from tests.edge.perception.voice.sounds import needs_espeak

ROOT = Path(__file__).resolve().parents[2]
PORTRAIT = ROOT / "var" / "portrait" / "astronaut.png"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A copy of the models, to be written into."""
    for name in ("face-expression", "text-emotion"):
        shutil.copytree(default_directory() / name, tmp_path / "models" / name)
    return tmp_path / "models"


def blobs(rows: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    noise = np.random.default_rng(5).integers(0, 256, (rows, 6, 6), dtype=np.uint8)
    return np.array([cv2.resize(each, (48, 48), interpolation=cv2.INTER_CUBIC) for each in noise], np.uint8)


def faces() -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """The astronaut's face, cut a little differently each time."""
    portrait = cv2.imread(str(PORTRAIT), cv2.IMREAD_GRAYSCALE)
    assert portrait is not None, "scripts/test puts the portrait into var/portrait"
    shifts = [(x, y) for x in range(-6, 7, 2) for y in range(-6, 7, 2)]
    cuts = [portrait[45 + y : 185 + y, 153 + x : 293 + x] for x, y in shifts]
    return np.array([cv2.resize(cut, (48, 48), interpolation=cv2.INTER_AREA) for cut in cuts], np.uint8)


def test_auroc_is_the_share_of_pairs_in_the_right_order_and_a_tie_counts_half() -> None:
    assert auroc(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 1.0
    assert auroc(np.array([0.0, 2.0]), np.array([1.0])) == 0.5
    assert auroc(np.array([1.0, 1.0, 2.0]), np.array([1.0, 1.0])) == pytest.approx((0.5 + 0.5 + 1.0) / 3)


def test_threshold_and_floor_are_quantiles_of_the_models_own_kind_alone(models: Path) -> None:
    card = read_card(models / "face-expression")
    chance = np.random.default_rng(0)
    own = chance.normal(0, 1, (1000, 7)).astype(np.float32)
    own[:, 0] += chance.uniform(3, 9, 1000).astype(np.float32)
    far = chance.normal(0, 0.2, (50, 7)).astype(np.float32)
    found = measured("max-logit", card, Own(own), {"weak": far, "few": far[: LEAST - 1]}, "made up")
    assert np.mean(own.max(axis=1) < found.threshold) == pytest.approx(0.05, abs=0.002)
    assert np.mean(own.max(axis=1) < found.floor) == pytest.approx(0.005, abs=0.002)
    assert [(stranger.name, stranger.n) for stranger in found.strangers] == [("weak", 50)]
    assert mean_auroc(found) > 0.99
    write(models / "face-expression", found)
    assert read_card(models / "face-expression") == card.model_copy(update={"domain": found})


def test_no_language_is_strange_as_a_whole(models: Path) -> None:
    card = read_card(models / "text-emotion")
    logits = np.zeros((400, 7), np.float32)
    logits[:, 0] = np.concatenate([np.linspace(5, 9, 300), np.linspace(2, 3, 100)])
    own = Own(logits, groups=np.array(["en"] * 300 + ["zh"] * 100))
    found = measured("max-logit", card, own, {}, "made up")
    assert found.floor < found.threshold == pytest.approx(2.05, abs=0.01)


def test_logits_that_are_too_large_are_strange_to_the_typical_energy_only(models: Path) -> None:
    card = read_card(models / "face-expression")
    chance = np.random.default_rng(0)
    own = Own(chance.normal(0, 1, (500, 7)).astype(np.float32))
    loud = {"loud": own.logits[:100] * 8}
    assert mean_auroc(measured("energy", card, own, loud, "made up")) < 0.5
    assert mean_auroc(measured("typical-energy", card, own, loud, "made up")) > 0.9


def test_the_command_writes_a_score_into_the_card(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strangers_face, "EACH", 30)
    np.savez(tmp_path / "own.npz", images=faces())
    data = ["--data", str(tmp_path / "own.npz"), "--portrait", str(PORTRAIT)]
    assert main(["out-of-domain", "face", "--models", str(models), *data]) == 0
    domain = read_card(models / "face-expression").domain
    assert domain is not None
    assert (domain.n, domain.on) == (49, "own.npz")
    assert mean_auroc(domain) > 0.8
    assert f"now has {domain.method}, threshold {domain.threshold}" in capsys.readouterr().out


def test_chips_are_had_back_from_what_the_net_is_given() -> None:
    chips = blobs(5)
    assert (grey(chips.astype(np.float32)) == chips).all()
    given = np.array([standardised(chip) for chip in chips])
    again = np.array([standardised(chip) for chip in grey(given)])
    np.testing.assert_allclose(again, given, atol=0.05)


def test_what_was_found_is_kept_for_packaging_the_run_again(models: Path, tmp_path: Path) -> None:
    own = Own(np.random.default_rng(0).normal(0, 1, (50, 7)).astype(np.float32))
    found = measured("energy", read_card(models / "text-emotion"), own, {}, "made up")
    (tmp_path / "more.toml").write_text('[[metrics]]\nname = "accuracy"\nvalue = 0.9\non = "made up"\n')
    keep(tmp_path, found)
    more = More.model_validate(tomllib.loads((tmp_path / "more.toml").read_text()))
    assert more.domain == found
    assert [metric.value for metric in more.metrics] == [0.9]


def test_strange_pictures_are_of_the_size_that_the_net_takes_and_all_different() -> None:
    kinds = strangers_face.strangers(blobs(30), PORTRAIT)
    assert set(kinds) > {"noise", "parts of a picture without a face", "faces upside down", "faces in pieces"}
    for chips in kinds.values():
        assert chips.shape[1:] == (48, 48)
        assert chips.dtype == np.uint8
        assert len(np.unique(chips.reshape(len(chips), -1), axis=0)) == len(chips)


def test_a_face_in_pieces_has_the_same_pixels() -> None:
    chips = blobs(4)
    pieces = strangers_face.strangers(chips, PORTRAIT)["faces in pieces"]
    assert sorted(np.sort(chip.ravel()).tolist() for chip in pieces) == sorted(
        np.sort(chip.ravel()).tolist() for chip in chips
    )


def test_without_the_portrait_the_remedy_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="rapport models fetch"):
        strangers_face.strangers(blobs(4), tmp_path / "gone.png")


def test_strange_texts_are_many_and_the_same_each_time() -> None:
    kinds = strangers_text.strangers()
    assert kinds == strangers_text.strangers()
    for texts in kinds.values():
        assert len(texts) >= 60
        assert all(text.strip() for text in texts)


@needs_espeak
def test_strange_sounds_are_neither_silent_nor_clipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strangers_voice, "EACH", 4)
    kinds = strangers_voice.strangers()
    assert len(kinds) == 6
    for sounds in kinds.values():
        for sound in sounds:
            assert sound.dtype == np.int16
            assert 0 < len(sound) <= 48_000
            assert 5000 < np.abs(sound).max() < 32_000
