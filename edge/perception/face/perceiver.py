"""The face sense: a Frame becomes a Reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.affect import Affect, Reading, Sense
from edge.errors import InputError, ModelError
from edge.perception.face import detector, expression, eyes, landmarks
from edge.perception.face.alignment import Cropper
from edge.perception.face.cues import UNFEELING, company, cues_of, driver_cues, pose_cues
from edge.perception.face.detector import Detector
from edge.perception.face.expression import Chipper, Expression
from edge.perception.face.eyes import Eyes
from edge.perception.face.landmarks import Landmarks
from edge.perception.face.pose import pose_of
from edge.perception.face.quality import Judge
from edge.perception.face.tracking import Tracker

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.accelerators.model import Models
    from edge.affect import Cue
    from edge.perception.face.landmarks import Mesh
    from edge.perception.face.quality import Signs
    from edge.perception.face.settings import FaceSettings
    from edge.sensors.signals import Frame

DOUBTFUL = 0.65
"""A detection below this whose mesh is not there either is a mistake of the detector, not a covered face. Of
FER2013's training faces a quarter scores less, and of covered, washed-out or lying portraits some score more."""
NO_FACE = "no face is in view"
TOO_DARK = "it is too dark to see a face"
TOO_BRIGHT = "the picture is over-exposed"
UNSEEN = frozenset({NO_FACE, TOO_DARK, TOO_BRIGHT})
"""Reasons of Readings in which nobody was seen."""
UNFAMILIAR = "this is unlike any face that the model knows"
NOT_ASKED = "nobody agreed to have feelings read from the face"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a face may be looked at for: a model for anything else is not even loaded."""

    emotion: bool = True
    driver: bool = False


class FacePerceiver:
    """Detect or follow → mesh → align → classify; for a driver, also how far the eyes are open.

    The largest face is the person (the nearest, mostly); others are counted.
    """

    sense = Sense.FACE

    def __init__(self, settings: FaceSettings, models: Models, asked: Callable[[], Asked] = Asked) -> None:
        """Loads nothing yet.

        Args:
            settings: limits.
            models: all models of the device.
            asked: what the face may be looked at for, asked before every picture, on the lane's thread.
        """
        self._settings = settings
        self._models = models
        self._asked = asked
        self._judge = Judge(settings)
        self._cropper = Cropper()
        self._parts: tuple[Tracker, Chipper] | None = None
        self._express: Expression | None = None
        self._eyes: Eyes | None = None

    def attach(self) -> None:
        """Load the models of what is asked for and make the buffers. Raises ModelError."""
        cv2.setNumThreads(1)  # OpenCV's pool would take the cores that the other senses need, for nothing at our sizes
        find = Detector(self._models.load("face-detect", detector.TASK), self._settings.least_detection)
        fit = Landmarks(self._models.load("face-landmarks", landmarks.TASK), self._cropper)
        self._parts = (Tracker(find, fit, self._settings.redetect_s), Chipper(self._cropper))
        self._meet(self._asked())

    def adopt(self, settings: FaceSettings) -> None:
        """Go on with other limits, from any thread; what Tracker and Detector were made with stays."""
        self._settings = settings
        self._judge = Judge(settings)

    def perceive(self, signal: Frame) -> Reading:
        """Reading of the largest face; it abstains with a reason where a face cannot be read.

        What was measured all the same, such as the pose of a face that is turned away, is among its cues.

        Raises:
            InputError: the picture is not (height, width, 3) uint8.
            ModelError: ``attach`` was not called, a model that is asked for is not there, or inference failed.
        """
        if self._parts is None:
            problem = "the face sense was asked for a Reading before its models were loaded"
            raise ModelError(problem, "Call attach() first")
        _check(signal)
        self._meet(self._asked())
        tracker, cut = self._parts
        sight = tracker.see(signal.image, signal.captured_ns)
        if sight is None or (sight.mesh.presence < self._settings.least_presence and sight.score < DOUBTFUL):
            return self._abstain(signal, self._unseen(tracker.light))
        mesh = sight.mesh
        chip = cut.chip(signal.image, mesh)
        pose = pose_of(mesh.upright, mesh.roll)
        signs = self._judge.signs(chip, detection=sight.score, presence=mesh.presence, size=sight.size, pose=pose)
        watched = self._watched(signal, mesh, signs)
        reason = self._judge.reason(signs)
        if reason is not None or self._express is None:
            posed = pose_cues(pose) if mesh.presence >= self._settings.least_presence else ()
            others = company(sight.others) if self._express is not None else ()
            return self._abstain(signal, reason or NOT_ASKED, (*posed, *others, *watched))
        logits = self._express.logits(chip)
        trust = self._express.trust(logits, self._settings.domain)
        if trust == 0:
            return self._abstain(signal, UNFAMILIAR, (*pose_cues(pose), *company(sight.others), *watched))
        affect = Affect.of(self._express.probabilities(logits))
        cues = (*cues_of(mesh.upright, pose, sight.others), *watched)
        return Reading(self.sense, signal.captured_ns, affect, self._judge.quality(signs) * trust, cues)

    def stop(self) -> None:
        """Release models and buffers, and with them what was seen."""
        self._parts = self._express = self._eyes = None
        self._judge = Judge(self._settings)

    def _meet(self, asked: Asked) -> None:
        """Have the models of what is asked for, and no others. Raises ModelError."""
        if not asked.emotion:
            self._express = None
        elif self._express is None:
            self._express = Expression(self._models.load(expression.NAME, expression.TASK, expression.LABELS))
        if not asked.driver:
            self._eyes = None
        elif self._eyes is None:
            self._eyes = Eyes(self._models.load(eyes.NAME, eyes.TASK), self._cropper)

    def _watched(self, signal: Frame, mesh: Mesh, signs: Signs) -> tuple[Cue, ...]:
        """How far eyes and mouth are open, where that is asked for and can be seen."""
        if self._eyes is None or self._judge.blind(signs):
            return ()
        return driver_cues(mesh.upright, self._eyes.openness(signal.image, mesh))

    def _unseen(self, light: float) -> str:
        if light < self._settings.darkest:
            return TOO_DARK
        return TOO_BRIGHT if light > self._settings.brightest else NO_FACE

    def _abstain(self, signal: Frame, reason: str, cues: tuple[Cue, ...] = ()) -> Reading:
        return Reading(self.sense, signal.captured_ns, None, 0.0, cues, reason)


def without_feeling(reading: Reading) -> Reading:
    """The same Reading without all that tells a feeling, for where nobody agreed to that."""
    kept = tuple(cue for cue in reading.cues if cue.name in UNFEELING)
    reason = NOT_ASKED if reading.affect is not None else reading.reason
    return Reading(reading.sense, reading.captured_ns, None, 0.0, kept, reason)


def somebody(reading: Reading) -> bool:
    """Whether a face was seen, if only one that cannot be read."""
    return reading.affect is not None or reading.reason not in UNSEEN


def _check(frame: Frame) -> None:
    image = frame.image
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:  # noqa: PLR2004 - channels
        problem = (
            f"a frame of shape {image.shape} and dtype {image.dtype} was given, wanted (height, width, 3) uint8 BGR"
        )
        raise InputError(problem, "Convert the picture to 8-bit BGR")
