"""Eyes of the bundled portrait, with its lids drawn shut in the picture itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.errors import ModelError
from edge.perception.face import eyes, landmarks
from edge.perception.face.alignment import Cropper
from edge.perception.face.cues import LEFT_EYE, MOUTH, RIGHT_EYE, UNFEELING, eye_openness
from edge.perception.face.detector import TASK, Detector, Face
from edge.perception.face.expression import NAME as EXPRESSION
from edge.perception.face.eyes import Eyes, lids_of
from edge.perception.face.landmarks import Landmarks, Mesh
from edge.perception.face.perceiver import NOT_ASKED, Asked, FacePerceiver, somebody, without_feeling
from edge.perception.face.pose import frontal
from edge.perception.face.settings import FaceSettings
from edge.sensors.picture import read_picture
from edge.sensors.session.lids import shut_lids
from tests.edge.perception.face.conftest import ROOT
from tests.edge.perception.face.support import covered, read, resized, turned

if TYPE_CHECKING:
    from edge.accelerators.model import Models
    from edge.affect import Reading
    from tests.edge.perception.face.support import Picture

DRIVER = Asked(emotion=False, driver=True)


class Bench:
    """The nets of the device, one by one."""

    def __init__(self, models: Models, picture: Picture) -> None:
        self.eyes = Eyes(models.load(eyes.NAME, eyes.TASK), Cropper())
        self.fit = Landmarks(models.load("face-landmarks", landmarks.TASK), Cropper())
        self.face: Face = Detector(models.load("face-detect", TASK), 0.5).find(picture)[0]
        self.outlines = self.eyes.outlines(picture, self.mesh(picture))
        self.lids = [lids_of(outline) for outline in self.outlines]

    def mesh(self, picture: Picture) -> Mesh:
        return self.fit.fit(picture, self.face)

    def openness(self, picture: Picture) -> tuple[float, float]:
        return self.eyes.openness(picture, self.mesh(picture))


@pytest.fixture(scope="module")
def whole() -> Picture:
    """The portrait as it is; ``portrait`` is squeezed to three quarters of its height."""
    return read_picture(ROOT / "var" / "portrait" / "astronaut.png")


@pytest.fixture(scope="module")
def bench(models: Models, whole: Picture) -> Bench:
    return Bench(models, whole)


def test_shut_eyes_are_told_from_open_ones_and_half_shut_lie_between(bench: Bench, whole: Picture) -> None:
    means = [np.mean(bench.openness(shut_lids(whole, bench.lids, part))) for part in (0, 0.4, 0.7, 1)]
    assert means == sorted(means, reverse=True)
    assert means[0] > 0.27
    assert means[-1] < 0.5 * means[0]


def test_each_eye_is_measured_by_itself(bench: Bench, whole: Picture) -> None:
    for side in (0, 1):
        wink = bench.openness(shut_lids(whole, bench.lids[side : side + 1], 1.0))
        assert wink[side] < 0.6 * wink[1 - side]


def test_the_mesh_alone_would_not_see_shut_eyes(bench: Bench, whole: Picture) -> None:
    opened, shut = (eye_openness(frontal(bench.mesh(shut_lids(whole, bench.lids, part)).upright)) for part in (0, 1))
    assert shut > 0.85 * opened, "if it does by now, the net for eyes is not needed"


@pytest.mark.parametrize("factor", [0.7, 1.5])
def test_it_works_on_small_and_large_faces(models: Models, whole: Picture, factor: float) -> None:
    picture = resized(whole, int(512 * factor), int(512 * factor))
    there = Bench(models, picture)
    opened, shut = (np.mean(there.openness(shut_lids(picture, there.lids, part))) for part in (0, 1))
    assert shut < 0.55 * opened


def test_the_outline_lies_on_the_eyes_of_the_picture(bench: Bench, whole: Picture) -> None:
    mesh = bench.mesh(whole)
    for outline, corners in zip(bench.outlines, eyes.CORNERS, strict=True):
        found = outline[[eyes.OUTER, eyes.INNER]][:, 0]
        assert np.sort(found) == pytest.approx(mesh.picture[list(corners)][:, 0], abs=4)


class Watching(FacePerceiver):
    """A perceiver whose ``asked`` may change between pictures; each picture stands for itself."""

    def __init__(self, models: Models, asked: Asked) -> None:
        self.now = asked
        super().__init__(FaceSettings(redetect_s=0), models, lambda: self.now)
        self.attach()


def values(reading: Reading) -> dict[str, float]:
    return {cue.name: cue.value for cue in reading.cues}


def test_for_a_driver_alone_nothing_of_a_feeling_is_in_the_reading(
    models: Models, portrait: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, load = list[str](), models.load

    def noted(name: str, *more: object) -> object:
        loaded.append(name)
        return load(name, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(models, "load", noted)
    reading = read(Watching(models, DRIVER), portrait)
    assert loaded == ["face-detect", "face-landmarks", eyes.NAME]
    assert reading.affect is None
    assert reading.reason == NOT_ASKED
    assert set(values(reading)) == UNFEELING
    assert somebody(reading), "the camera must not slow down as if nobody were there"


def test_for_feelings_alone_no_eye_is_measured(models: Models, portrait: Picture) -> None:
    reading = read(Watching(models, Asked()), portrait)
    assert reading.affect is not None
    assert not {LEFT_EYE, RIGHT_EYE, MOUTH} & set(values(reading))


def test_what_is_asked_for_may_change_while_running(models: Models, portrait: Picture) -> None:
    perceiver = Watching(models, Asked(emotion=True, driver=True))
    both = read(perceiver, portrait)
    assert both.affect is not None
    assert values(both)[LEFT_EYE] > 0.25
    perceiver.now = DRIVER
    assert read(perceiver, portrait).affect is None
    assert perceiver._express is None
    perceiver.now = Asked()
    assert read(perceiver, portrait).affect is not None
    assert perceiver._eyes is None


def test_a_model_that_is_not_there_is_told_with_its_remedy(models: Models) -> None:
    class WithoutEyes:
        def load(self, name: str, *more: object) -> object:
            if name == eyes.NAME:
                problem = "models/face-eyes has no card"
                raise ModelError(problem, "Run: rapport models fetch")
            return models.load(name, *more)  # type: ignore[arg-type]

    perceiver = FacePerceiver(FaceSettings(), WithoutEyes(), lambda: DRIVER)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="face-eyes"):
        perceiver.attach()


def test_a_face_that_is_turned_away_still_says_where_it_looks(models: Models, portrait: Picture) -> None:
    reading = read(Watching(models, Asked()), turned(portrait, 60))
    assert reading.affect is None
    assert "leaning" in (reading.reason or "")
    assert set(values(reading)) == {"head yaw", "head pitch", "head roll"}
    assert abs(values(reading)["head roll"]) > 50


def test_a_covered_mouth_hides_no_eyes(models: Models, portrait: Picture) -> None:
    reading = read(Watching(models, DRIVER), covered(portrait, slice(124, 180), slice(210, 345)))
    assert reading.affect is None
    assert values(reading)[LEFT_EYE] > 0.2


def test_without_a_face_nothing_is_measured(models: Models) -> None:
    assert read(Watching(models, DRIVER), np.full((480, 640, 3), 120, np.uint8)).cues == ()


def test_a_reading_can_be_stripped_of_its_feeling(models: Models, portrait: Picture) -> None:
    full = read(Watching(models, Asked(emotion=True, driver=True)), portrait)
    bare = without_feeling(full)
    assert (bare.affect, bare.quality, bare.reason) == (None, 0.0, NOT_ASKED)
    assert set(values(bare)) == UNFEELING
    assert EXPRESSION not in str(bare)
