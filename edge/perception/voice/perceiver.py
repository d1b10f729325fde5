"""The voice sense: sound comes in, a Reading of the last 3 s comes out at each hop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from edge.accelerators.model import softmax
from edge.affect import Affect, Reading, Sense
from edge.errors import InputError
from edge.perception.domain import trust
from edge.perception.voice import labels
from edge.perception.voice.activity import ActivityDetector
from edge.perception.voice.adaptation import Adaptation
from edge.perception.voice.analysis import FRAME_RATE, HOP, WINDOW, Analysis
from edge.perception.voice.cues import cues
from edge.perception.voice.grade import Grade, grade
from edge.perception.voice.inputs import Inputs
from edge.perception.voice.moment import Moment, mean_logits, mean_prosody, mean_quality
from edge.perception.voice.prosody import measure
from edge.sensors.signals import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.accelerators.model import Model, Models
    from edge.perception.voice.settings import VoiceSettings
    from edge.perception.voice.tracks import Tracks
    from edge.sensors.signals import AudioChunk

MODEL = "voice-emotion"
TASK = "voice-emotion"
UNFAMILIAR = "unlike any speech that the model knows"


class VoicePerceiver:
    """Perceiver of AudioChunk. All buffers are made once; the model runs only where there is enough good speech."""

    sense = Sense.VOICE

    def __init__(self, settings: VoiceSettings, models: Models) -> None:
        self._settings = settings
        self._models = models
        self._model: Model | None = None
        self._analysis = Analysis(settings)
        self._detector = ActivityDetector(settings.speech)
        self._inputs = Inputs()
        self._adaptation = Adaptation((), settings.adaptation)
        self._hop = round(settings.hop_s * FRAME_RATE)
        self._new = 0
        self._unlearnt = 0
        self.speech = False
        """Whether somebody spoke in the newest hop."""

    @property
    def tracks(self) -> Tracks:
        """The frames of the last 3 s."""
        return self._analysis.tracks

    def attach(self) -> None:
        """Load the model. Raises ModelError."""
        self._model = self._models.load(MODEL, TASK)
        labels.check(self._model.card.labels)
        self._adaptation = Adaptation(self._model.card.speaker_mean, self._settings.adaptation)
        self.forget()

    def stop(self) -> None:
        """Release the model and forget what was heard."""
        self._model = None
        self._adaptation.forget()
        self._unlearnt = 0
        self.forget()

    def forget(self) -> None:
        """Drop the sound heard so far; what the voice usually sounds like is kept until ``stop``."""
        self._analysis.forget()
        self._detector.forget()
        self._new = 0
        self.speech = False

    def adopt(self, settings: VoiceSettings) -> None:
        """Go on with other limits, from any thread; what the analysis was made with stays."""
        self._settings = settings

    def perceive(self, signal: AudioChunk) -> Reading | None:
        """The Reading of the last 3 s when this chunk completes a hop, else None.

        A chunk that spans several hops gives one Reading, of its end. Raises InputError when the samples are not
        (n,) int16.
        """
        _require_samples(signal.samples)
        if signal.gap:
            self.forget()
        self._new += self._analysis.push(signal.samples)
        if self._new < self._hop:
            return None
        moment = self._moment()
        if moment.logits is None:
            return self._tell([moment], signal.captured_ns)
        adapted = replace(moment, logits=self._adaptation.adapted(moment.logits))
        self._learn(moment.logits, moment.grade.speech_s)
        return self._tell([adapted], signal.captured_ns)

    def perceive_whole(self, samples: NDArray[np.int16], captured_ns: int) -> Reading:
        """One Reading of a whole recording, (n,) int16 of any length: the mean over its windows of 3 s.

        A recording is nobody's in particular: it is told as a stranger's, and no voice is learnt from it.
        """
        return self._tell(self.listen(samples), captured_ns)

    def listen(self, samples: NDArray[np.int16]) -> list[Moment]:
        """The moments of a whole recording: a window at each hop from 3 s on, and one at the end.

        What was heard before is forgotten, and so is the recording. Raises InputError as ``perceive`` does.
        """
        _require_samples(samples)
        self.forget()
        moments = []
        start, end = 0, self._analysis.needed(WINDOW)
        while end < len(samples):
            self._new += self._analysis.push(samples[start:end])
            moments.append(self._moment())
            start, end = end, end + self._hop * HOP
        self._new += self._analysis.push(samples[start:])
        moments.append(self._moment())
        self.forget()
        return moments

    def _moment(self) -> Moment:
        """What the window holds now."""
        tracks = self._analysis.tracks
        activity = self._detector.judge(tracks, self._new)
        self.speech = bool(activity.speech[-self._new :].any())
        self._new = 0
        graded = grade(tracks, activity, self._settings)
        if graded.reason is not None:
            return Moment(graded)
        prosody = measure(tracks, activity)
        self._inputs.fill(tracks, activity, prosody)
        model = self._loaded()
        (logits,) = model.run(*self._inputs.ordered(tensor.name for tensor in model.card.inputs))
        factor = trust(model.card, logits[0], self._settings.domain)
        if factor == 0:
            return Moment(Grade(0.0, UNFAMILIAR, graded.speech_s))
        return Moment(replace(graded, quality=graded.quality * factor), logits[0], prosody)

    def _learn(self, logits: NDArray[np.float32], speech_s: float) -> None:
        """Of windows that share their sound one is learnt, so that nothing counts against itself while it is said."""
        self._unlearnt += self._hop
        if self._unlearnt >= WINDOW:
            self._adaptation.hear(logits, speech_s)
            self._unlearnt = 0

    def _tell(self, moments: list[Moment], captured_ns: int) -> Reading:
        logits = mean_logits(moments)
        if logits is None:
            fullest = max(moments, key=lambda moment: moment.grade.speech_s)
            return Reading(self.sense, captured_ns, None, 0.0, reason=fullest.grade.reason)
        card = self._loaded().card
        affect = Affect.of(labels.to_emotions(card.labels, softmax(logits, card.temperature)))
        found = cues(mean_prosody(moments), self._settings.usual)
        return Reading(self.sense, captured_ns, affect, mean_quality(moments), found)

    def _loaded(self) -> Model:
        if self._model is None:
            message = "VoicePerceiver is used before attach()"
            raise RuntimeError(message)
        return self._model


def _require_samples(samples: NDArray[np.generic]) -> None:
    if samples.ndim != 1 or samples.dtype != np.int16:
        problem = f"sound has shape {samples.shape} and type {samples.dtype}, wanted are (n,) and int16"
        raise InputError(problem, f"Give one channel of 16-bit samples at {SAMPLE_RATE} Hz")
