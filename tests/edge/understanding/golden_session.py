"""Makes the golden recordings anew, Readings and all: ``python -m tests.edge.understanding.golden_session``.

The Readings are those of the real perceivers over the bundled session, on the clock of its files. Needed only when the
models or perception have changed; when understanding has, ``pytest --rewrite-golden`` is enough.
"""

from __future__ import annotations

import heapq
import tempfile
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from edge.accelerators.choice import choose
from edge.accelerators.model import device_models
from edge.affect import EMOTIONS, Affect, Cue, Emotion, Reading, Sense
from edge.cli.session import portrait_path
from edge.paths import cache_directory
from edge.perception.face.perceiver import FacePerceiver
from edge.perception.text.perceiver import TextPerceiver
from edge.perception.voice.perceiver import VoicePerceiver
from edge.sensors.session.build import build
from edge.sensors.session.script import read_script
from edge.sensors.signals import SAMPLE_RATE, AudioChunk, Frame, Utterance
from edge.settings import Settings
from edge.understanding.settings import UnderstandingSettings
from tests.edge.understanding.golden_recording import FOLDER, SECOND, make, step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.sensors.signals import Signal

EVERY = 5
"""Of the session's 10 pictures a second each fifth is looked at, so that the recording stays small."""
CHUNK = SAMPLE_RATE // 10


def readings(camera: Path, microphone: Path | None) -> Iterator[Reading]:
    """What the perceivers make of the session, in order of time."""
    settings = Settings()
    accelerator = choose(settings.accelerator, settings.models.place)
    models = device_models(settings.models, accelerator.accelerator, accelerator.reason)
    face, voice = FacePerceiver(settings.face, models), VoicePerceiver(settings.voice, models)
    text = TextPerceiver(settings.text, models)
    sources: list[Iterator[Signal]] = [_frames(camera), _utterances()]
    if microphone is not None:
        sources.append(_chunks(microphone))
    for perceiver in (face, voice, text):
        perceiver.attach()
    for signal in heapq.merge(*sources, key=lambda signal: signal.captured_ns):
        match signal:
            case Frame():
                yield face.perceive(signal)
            case AudioChunk():
                heard = voice.perceive(signal)
                if heard is not None:
                    yield heard
            case Utterance():
                yield text.perceive(signal)


def changes() -> Iterator[dict[str, Any]]:
    """What the session has not: silence, a sense that is forgotten, other settings, Readings out of order."""

    def said(sense: Sense, at_s: float, emotion: Emotion, p: float, quality: float = 1.0) -> dict[str, Any]:
        affect = Affect.of(tuple(p if e is emotion else (1 - p) / (len(EMOTIONS) - 1) for e in EMOTIONS))
        cue = Cue("smile", round(p * 5, 3), "% of eye distance", "smiling", p)
        return step(Reading(sense, round(at_s * SECOND), affect, quality, (cue,)))

    yield step(at_ns=0)
    yield from (said(Sense.FACE, 0.1 + n / 10, Emotion.NEUTRAL, 0.6) for n in range(10))
    yield said(Sense.VOICE, 1.1, Emotion.SAD, 0.7, 0.8)
    yield said(Sense.TEXT, 1.2, Emotion.SAD, 0.8)
    yield step(Reading(Sense.FACE, round(1.3 * SECOND), None, 0.0, reason="no face is in view"))
    yield from (step(at_ns=n * SECOND) for n in range(3, 7))
    yield said(Sense.TEXT, 5.0, Emotion.HAPPY, 0.9)
    yield said(Sense.VOICE, 7.0, Emotion.ANGRY, 0.9)
    yield said(Sense.TEXT, 7.1, Emotion.HAPPY, 0.9)
    yield step(forgot=Sense.TEXT, at_ns=round(7.5 * SECOND))
    other = UnderstandingSettings(min_confidence=0.9).model_dump(mode="json", exclude_unset=True)
    yield {"kind": "settings", "understanding": other}
    yield from (said(Sense.VOICE, 8 + n / 2, Emotion.FEAR, 0.6) for n in range(4))
    yield from (step(at_ns=n * SECOND) for n in range(12, 40, 3))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        session = build(Path(folder), portrait_path(cache_directory()))
        make(FOLDER / "session.jsonl.gz", [step(reading) for reading in readings(session.camera, session.microphone)])
    make(FOLDER / "changes.jsonl.gz", changes())


def _frames(path: Path) -> Iterator[Frame]:
    video = cv2.VideoCapture(str(path))
    fps, number = video.get(cv2.CAP_PROP_FPS), 0
    while True:
        there, image = video.read()
        if not there:
            return
        if number % EVERY == 0:
            yield Frame(image.astype(np.uint8), round(number / fps * SECOND))
        number += 1


def _chunks(path: Path) -> Iterator[AudioChunk]:
    with wave.open(str(path), "rb") as sound:
        heard = 0
        while content := sound.readframes(CHUNK):
            heard += len(content) // 2
            yield AudioChunk(np.frombuffer(content, "<i2"), round(heard / SAMPLE_RATE * SECOND))


def _utterances() -> Iterator[Utterance]:
    for said in sorted(read_script().words, key=lambda said: said.at):
        yield Utterance(said.text, round(said.at * SECOND))


if __name__ == "__main__":
    main()
