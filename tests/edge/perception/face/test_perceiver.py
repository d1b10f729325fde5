from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.affect import Emotion, Sense
from edge.errors import InputError, ModelError
from edge.perception.face.perceiver import FacePerceiver
from edge.perception.face.settings import FaceSettings
from tests.edge.perception.face.support import blurred, covered, read, reason, relit, resized, turned

if TYPE_CHECKING:
    from edge.accelerators.model import Models
    from tests.edge.perception.face.support import Picture


def test_a_smiling_portrait_is_happy(perceiver: FacePerceiver, portrait: Picture) -> None:
    reading = read(perceiver, portrait)
    assert reading.sense is Sense.FACE
    assert reading.captured_ns == 7
    assert reading.affect is not None
    assert reading.affect.label is Emotion.HAPPY
    assert reading.affect.confidence > 0.6
    assert reading.affect.valence > 0.3
    assert reading.quality > 0.5
    assert reading.reason is None


def test_the_smile_is_told_as_a_cue_with_its_unit(perceiver: FacePerceiver, portrait: Picture) -> None:
    cues = {cue.name: cue for cue in read(perceiver, portrait).cues}
    assert cues["smile"].phrase == "smiling"
    assert cues["smile"].unit == "% of eye distance"
    assert cues["smile"].value > 1
    assert abs(cues["head yaw"].value) < 12
    assert "other faces" not in cues


def test_cues_come_with_the_most_notable_first(perceiver: FacePerceiver, portrait: Picture) -> None:
    strengths = [cue.strength for cue in read(perceiver, portrait).cues]
    assert strengths == sorted(strengths, reverse=True)


def test_a_second_face_is_counted(perceiver: FacePerceiver, portrait: Picture) -> None:
    pair = np.concatenate([portrait[:, 150:410], portrait[:, 150:410]], axis=1)
    reading = read(perceiver, np.ascontiguousarray(pair))
    others = [cue for cue in reading.cues if cue.name == "other faces"]
    assert [(cue.value, cue.phrase) for cue in others] == [(1.0, "another face in view")]


def test_a_second_face_is_counted_though_the_nearest_cannot_be_read(models: Models, portrait: Picture) -> None:
    perceiver = FacePerceiver(FaceSettings(darkest=200.0), models)
    perceiver.attach()
    pair = np.concatenate([portrait[:, 150:410], portrait[:, 150:410]], axis=1)
    reading = read(perceiver, np.ascontiguousarray(pair))
    assert reading.affect is None
    assert [cue.value for cue in reading.cues if cue.name == "other faces"] == [1.0]


def test_the_nearest_of_two_faces_is_read(perceiver: FacePerceiver, portrait: Picture) -> None:
    near = portrait[20:240, 170:390]
    far = covered(portrait, slice(124, 180), slice(210, 345))[20:240, 170:390]
    scene = np.full((220, 400, 3), 120, np.uint8)
    scene[:, :220] = near
    scene[40:180, 240:380] = resized(far, 140, 140)
    assert read(perceiver, scene).affect is not None


def test_an_empty_room_has_no_face(perceiver: FacePerceiver) -> None:
    assert reason(perceiver, np.full((480, 640, 3), 120, np.uint8)) == "no face is in view"


@pytest.mark.parametrize("factor", [0.0, 0.1])
def test_darkness_is_named(perceiver: FacePerceiver, portrait: Picture, factor: float) -> None:
    assert "too dark" in reason(perceiver, relit(portrait, factor))


@pytest.mark.parametrize("picture", ["white", "washed out"])
def test_over_exposure_is_named(perceiver: FacePerceiver, portrait: Picture, picture: str) -> None:
    shot = np.full((480, 640, 3), 255, np.uint8) if picture == "white" else relit(portrait, 2.2)
    assert "over-exposed" in reason(perceiver, shot)


def test_blur_is_named(perceiver: FacePerceiver, portrait: Picture) -> None:
    assert "blurred" in reason(perceiver, blurred(portrait, 4.5))


def test_a_nearly_lying_head_counts_as_turned_away(perceiver: FacePerceiver, portrait: Picture) -> None:
    assert "turned away" in reason(perceiver, turned(portrait, 75))


@pytest.mark.parametrize("degrees", [-30, 30])
def test_a_leaning_head_is_still_read(perceiver: FacePerceiver, portrait: Picture, degrees: int) -> None:
    reading = read(perceiver, turned(portrait, degrees))
    assert reading.affect is not None
    assert reading.affect.label is Emotion.HAPPY


@pytest.mark.parametrize("rows", [slice(80, 110), slice(124, 180)], ids=["eyes", "mouth"])
def test_a_covered_part_is_named(perceiver: FacePerceiver, portrait: Picture, rows: slice) -> None:
    assert "covered" in reason(perceiver, covered(portrait, rows, slice(210, 345)))


def test_a_face_under_the_least_size_is_named_with_both_figures(models: Models, portrait: Picture) -> None:
    perceiver = FacePerceiver(FaceSettings(least_size=200), models)
    perceiver.attach()
    said = reason(perceiver, portrait)
    assert "too small" in said
    assert "200 are needed" in said


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("darkest", 200.0, "too dark"),
        ("brightest", 100.0, "over-exposed"),
        ("least_sharpness", 1.9, "blurred"),
        ("least_texture", 0.95, "covered"),
        ("most_roll", 0.01, "leaning"),
    ],
)
def test_a_documented_limit_applies(models: Models, portrait: Picture, setting: str, value: float, said: str) -> None:
    perceiver = FacePerceiver(FaceSettings.model_validate({setting: value}), models)
    perceiver.attach()
    assert said in reason(perceiver, portrait)


def test_a_chip_that_the_face_fills_is_read(perceiver: FacePerceiver, portrait: Picture) -> None:
    chip = resized(portrait[50:190, 210:350], 48, 48)
    reading = read(perceiver, chip)
    assert reading.affect is not None
    assert reading.affect.label is Emotion.HAPPY


def test_a_picture_of_twenty_megapixels_reads_as_the_small_one(perceiver: FacePerceiver, portrait: Picture) -> None:
    large = np.repeat(np.repeat(portrait, 8, axis=0), 8, axis=1)
    reading, small = read(perceiver, large), read(perceiver, portrait)
    assert reading.affect is not None
    assert small.affect is not None
    assert np.allclose(reading.affect.probabilities, small.affect.probabilities, atol=0.15)


def test_the_picture_is_not_written_to(perceiver: FacePerceiver, portrait: Picture) -> None:
    before = portrait.copy()
    portrait.flags.writeable = False
    read(perceiver, portrait)
    portrait.flags.writeable = True
    assert np.array_equal(portrait, before)


def test_a_reading_does_not_depend_on_what_came_before(perceiver: FacePerceiver, portrait: Picture) -> None:
    first = read(perceiver, portrait)
    read(perceiver, relit(portrait, 0.5)[:300, 100:500])
    assert read(perceiver, portrait) == first


def test_buffers_are_made_once(perceiver: FacePerceiver, portrait: Picture) -> None:
    assert perceiver._parts is not None
    tracker, chipper = perceiver._parts
    detector, fit = tracker._detector, tracker._landmarks

    def buffers() -> list[int]:
        kept = (detector._canvas, detector._input, fit._crop, fit._input, chipper._grey, chipper._cropper._patch)
        return [id(buffer) for buffer in kept]

    before = buffers()
    read(perceiver, portrait)
    read(perceiver, np.repeat(np.repeat(portrait, 3, axis=0), 3, axis=1))
    assert buffers() == before


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((480, 640), np.uint8),
        np.zeros((480, 640, 4), np.uint8),
        np.zeros((480, 640, 3), np.float32),
        np.zeros((0, 640, 3), np.uint8),
    ],
)
def test_a_picture_of_another_kind_is_refused(perceiver: FacePerceiver, picture: Picture) -> None:
    with pytest.raises(InputError, match=r"wanted \(height, width, 3\) uint8 BGR"):
        read(perceiver, picture)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 2000, 3), (2000, 1, 3), (3, 5, 3)])
def test_odd_sizes_are_no_trouble(perceiver: FacePerceiver, shape: tuple[int, ...]) -> None:
    assert read(perceiver, np.full(shape, 120, np.uint8)).affect is None


def test_after_stop_it_needs_attach_again(models: Models, portrait: Picture) -> None:
    perceiver = FacePerceiver(FaceSettings(), models)
    with pytest.raises(ModelError, match="attach"):
        read(perceiver, portrait)
    perceiver.attach()
    perceiver.stop()
    with pytest.raises(ModelError, match="attach"):
        read(perceiver, portrait)
    perceiver.attach()
    assert read(perceiver, portrait).affect is not None
