"""The stages that are measured, each as a call that does the same work every time."""

from __future__ import annotations

import time
from itertools import count, cycle
from typing import TYPE_CHECKING

from edge.paths import cache_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from edge.accelerators.model import Models
    from edge.settings import Settings

    Stage = tuple[str, Callable[[], object]]

SENTENCE = "I have been looking forward to this weekend for months and now they tell me the whole trip is off"
"""Twenty words, ours."""
MOVING = 12
"""Pictures in a row of the bundled session: the face wanders by a few pixels from one to the next."""
FOLLOWED_S = 60.0
"""The longest that the settings allow between two detections."""
STEP_NS = 1_000_000


def stages(settings: Settings) -> Iterator[Stage]:
    """Name and call of each stage, made when it is its turn, so that memory is seen to grow stage by stage."""
    from edge.accelerators.choice import choose
    from edge.accelerators.model import device_models

    models = device_models(settings.models, choose(settings.accelerator, settings.models.place).accelerator)
    pictures = moving_face(settings)
    yield "face_track", face(settings, models, pictures, redetect_s=FOLLOWED_S)
    yield "face_detect", face(settings, models, pictures, redetect_s=0.0)
    yield "voice_hop", voice(settings, models)
    yield "text", text(settings, models)


def face(
    settings: Settings, models: Models, pictures: list[NDArray[np.uint8]], *, redetect_s: float
) -> Callable[[], object]:
    """A 640×480 picture → Reading: landmarks, cues, expression. With ``redetect_s`` 0 every picture is detected."""
    from edge.perception.face.perceiver import FacePerceiver
    from edge.sensors.signals import Frame

    perceiver = FacePerceiver(settings.face.model_copy(update={"redetect_s": redetect_s}), models)
    perceiver.attach()
    there_and_back = cycle([*pictures, *pictures[-2:0:-1]])
    times = count(time.monotonic_ns(), STEP_NS)
    return lambda: perceiver.perceive(Frame(next(there_and_back), next(times)))


def moving_face(settings: Settings) -> list[NDArray[np.uint8]]:
    """MOVING pictures (480, 640, 3) uint8 BGR of one face: the first of the bundled session's camera."""
    from edge.cli.session import with_session
    from edge.sensors.camera import open_camera

    camera = settings.camera.model_copy(update={"source": "session"})
    filled, _ = with_session(settings.model_copy(update={"camera": camera}), cache_directory())
    sensor = open_camera(filled.camera, repeat=False)
    assert sensor is not None  # noqa: S101 - the source is a file just built
    sensor.attach()
    try:
        frames = [sensor.read() for _ in range(MOVING)]
    finally:
        sensor.stop()
    return [frame.image.copy() for frame in frames if frame is not None]


def voice(settings: Settings, models: Models) -> Callable[[], object]:
    """Half a second of sound → Reading, over and over, with the window full of harmonic, speech-like sound."""
    from edge.perception.voice.perceiver import VoicePerceiver
    from edge.sensors.signals import SAMPLE_RATE, AudioChunk

    perceiver = VoicePerceiver(settings.voice, models)
    perceiver.attach()
    sound = speech_like()
    hop = SAMPLE_RATE // 2
    chunks = cycle([AudioChunk(sound[i : i + hop], time.monotonic_ns()) for i in range(0, len(sound), hop)])
    return lambda: perceiver.perceive(next(chunks))


def speech_like() -> NDArray[np.int16]:
    """(48000,) int16, 3 s at 16 kHz: 24 harmonics on a gliding pitch, four syllables a second."""
    import numpy as np

    from edge.sensors.signals import SAMPLE_RATE

    seconds = np.arange(SAMPLE_RATE * 3) / SAMPLE_RATE
    phase = 2 * np.pi * np.cumsum(140 + 25 * np.sin(2 * np.pi * 0.7 * seconds)) / SAMPLE_RATE
    tone = sum(np.sin(k * phase) / k for k in range(1, 25))
    syllables = 0.5 - 0.5 * np.cos(2 * np.pi * 4 * seconds)
    return np.asarray(tone * syllables * 4000, np.int16)


def text(settings: Settings, models: Models) -> Callable[[], object]:
    """A sentence of twenty words → Reading."""
    from edge.perception.text.perceiver import TextPerceiver
    from edge.sensors.signals import Utterance

    perceiver = TextPerceiver(settings.text, models)
    perceiver.attach()
    utterance = Utterance(SENTENCE, time.monotonic_ns())
    return lambda: perceiver.perceive(utterance)
