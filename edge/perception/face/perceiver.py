"""The face sense: a Frame becomes a Reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.affect import Affect, Reading, Sense
from edge.errors import InputError, ModelError
from edge.perception.face import detector, expression, landmarks
from edge.perception.face.alignment import Cropper
from edge.perception.face.cues import cues_of
from edge.perception.face.detector import Detector
from edge.perception.face.expression import Chipper, Expression
from edge.perception.face.landmarks import Landmarks
from edge.perception.face.pose import pose_of
from edge.perception.face.quality import Judge
from edge.perception.face.tracking import Tracker

if TYPE_CHECKING:
    from edge.accelerators.model import Models
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


class FacePerceiver:
    """Detect or follow → mesh → align → classify.

    The largest face is the person (the nearest, mostly); others are counted.
    """

    sense = Sense.FACE

    def __init__(self, settings: FaceSettings, models: Models) -> None:
        self._settings = settings
        self._models = models
        self._judge = Judge(settings)
        self._parts: tuple[Tracker, Chipper, Expression] | None = None

    def attach(self) -> None:
        """Load the three models and make the buffers. Raises ModelError."""
        cv2.setNumThreads(1)  # OpenCV's pool would take the cores that the other senses need, for nothing at our sizes
        cropper = Cropper()
        find = Detector(self._models.load("face-detect", detector.TASK), self._settings.least_detection)
        fit = Landmarks(self._models.load("face-landmarks", landmarks.TASK), cropper)
        self._parts = (
            Tracker(find, fit, self._settings.redetect_s),
            Chipper(cropper),
            Expression(self._models.load(expression.NAME, expression.TASK, expression.LABELS)),
        )

    def adopt(self, settings: FaceSettings) -> None:
        """Go on with other limits, from any thread; what Tracker and Detector were made with stays."""
        self._settings = settings
        self._judge = Judge(settings)

    def perceive(self, signal: Frame) -> Reading:
        """Reading of the largest face; it abstains with a reason where a face cannot be read.

        Raises:
            InputError: the picture is not (height, width, 3) uint8.
            ModelError: ``attach`` was not called, or inference failed.
        """
        if self._parts is None:
            problem = "the face sense was asked for a Reading before its models were loaded"
            raise ModelError(problem, "Call attach() first")
        _check(signal)
        tracker, cut, express = self._parts
        sight = tracker.see(signal.image, signal.captured_ns)
        if sight is None or (sight.mesh.presence < self._settings.least_presence and sight.score < DOUBTFUL):
            return self._abstain(signal, self._unseen(tracker.light))
        mesh = sight.mesh
        chip = cut.chip(signal.image, mesh)
        pose = pose_of(mesh.upright, mesh.roll)
        signs = self._judge.signs(chip, detection=sight.score, presence=mesh.presence, size=sight.size, pose=pose)
        reason = self._judge.reason(signs)
        if reason is not None:
            return self._abstain(signal, reason)
        logits = express.logits(chip)
        trust = express.trust(logits, self._settings.domain)
        if trust == 0:
            return self._abstain(signal, UNFAMILIAR)
        affect = Affect.of(express.probabilities(logits))
        cues = cues_of(mesh.upright, pose, sight.others)
        return Reading(self.sense, signal.captured_ns, affect, self._judge.quality(signs) * trust, cues)

    def stop(self) -> None:
        """Release models and buffers, and with them what was seen."""
        self._parts = None
        self._judge = Judge(self._settings)

    def _unseen(self, light: float) -> str:
        if light < self._settings.darkest:
            return TOO_DARK
        return TOO_BRIGHT if light > self._settings.brightest else NO_FACE

    def _abstain(self, signal: Frame, reason: str) -> Reading:
        return Reading(self.sense, signal.captured_ns, None, 0.0, reason=reason)


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
