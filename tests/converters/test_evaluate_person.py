from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.__main__ import main
from converters.evaluate_person import auc, cues, table
from converters.evaluate_person_face import alteration
from edge.affect import Sense
from tests.edge.understanding.person.readings import reading

if TYPE_CHECKING:
    from pathlib import Path

    from converters.evaluate_person import Clip


def test_the_area_is_the_share_of_pairs_in_order_and_a_tie_is_half_of_one() -> None:
    positive = np.array([True, True, False, False])
    assert auc(np.array([3.0, 4.0, 1.0, 2.0]), positive) == 1.0
    assert auc(np.array([1.0, 2.0, 3.0, 4.0]), positive) == 0.0
    assert auc(np.array([1.0, 1.0, 1.0, 1.0]), positive) == 0.5
    assert auc(np.array([2.0, 4.0, 3.0, 1.0]), positive) == 0.75


def spoken() -> list[Clip]:
    """Four speakers an octave apart in all, each three semitones higher when aroused."""
    chance = np.random.default_rng(0)
    found: list[Clip] = []
    for place, speaker in enumerate("abcd"):
        for number in range(40):
            label = "angry" if number % 2 else "sad"
            semitones = 4 * place + 3 * (label == "angry") + chance.normal(0, 0.5)
            one = reading(Sense.VOICE, 0, pitch=110 * 2 ** (semitones / 12), energy=-20 + chance.normal(0, 3))
            found.append((speaker, label, [one] * 4))
    return found


def test_what_only_differs_within_a_speaker_is_found_relative_to_them() -> None:
    told = cues(spoken())
    for how in ("any clip", "calm clips"):
        pitch, energy = told[how]["pitch"], told[how]["energy"]
        assert pitch["absolute"] < 0.75
        assert pitch["relative"] > 0.95
        assert pitch["interval"][0] > 0
        assert abs(energy["relative"] - 0.5) < 0.1


def test_labels_are_not_looked_at_while_learning_from_any_clip() -> None:
    swapped = [(who, {"angry": "sad", "sad": "angry"}[label], heard) for who, label, heard in spoken()]
    pitch = cues(spoken())["any clip"]["pitch"]
    turned = cues(swapped)["any clip"]["pitch"]
    assert turned["relative"] == pytest.approx(1 - pitch["relative"], abs=0.002)


def test_a_camera_alters_every_picture_alike_and_another_camera_otherwise() -> None:
    chance = np.random.default_rng(0)
    picture = chance.integers(0, 255, (48, 48), dtype=np.uint8)
    one, other = alteration(chance), alteration(chance)
    assert (one(picture) == one(picture)).all()
    assert (one(picture) != other(picture)).any()
    assert one(picture).shape == picture.shape


def test_the_table_names_every_cue_of_every_set() -> None:
    told = cues([(who, label, [replace(heard[0])]) for who, label, heard in spoken()] * 2)
    row = {"camera": "plain", "mix": "as in FER+", "bound": 0.25, "accuracy": 0.5, "gain": 0.0, "interval": [0, 0]}
    page = table({"voice": {"emodb": told}, "face": {"everyone": [], "title": "", "rows": [row]}})
    assert "emodb: 320 clips of 4 speakers" in page
    assert page.count("energy") == 2


def test_a_folder_without_the_sets_and_options_of_others_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "person", "--data", str(tmp_path)]) == 1
    assert "voice/manifest.csv" in capsys.readouterr().err
    assert main(["evaluate", "person", "--data", str(tmp_path), "--classes", "sad"]) == 1
    assert "not for person" in capsys.readouterr().err
