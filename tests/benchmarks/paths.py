"""The hot paths, each as a call that does the same work every time. Making one may be slow; calling it is timed."""

from __future__ import annotations

import tempfile
import time
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edge.accelerators.choice import choose
from edge.accelerators.model import Models, device_models
from edge.affect import EMOTIONS, Affect, Cue, Emotion, Language, Reading, Sense, State
from edge.answering import Answering
from edge.cli.bench import stages
from edge.loop.mailbox import Mailbox
from edge.safety.context import context
from edge.settings import load
from edge.understanding.understanding import Understanding
from edge.understanding.views import views

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Path_ = Callable[[], Callable[[], Any]]

SETTINGS = load(None, {})
BLOCK = 16
"""Frames of 10 ms that the voice sense computes at once (``edge.perception.voice.analysis``)."""
SPAN_NS = 100_000_000


def models() -> Models:
    """The device's models, verified, on the accelerator that this machine has."""
    return device_models(SETTINGS.models, choose(SETTINGS.accelerator).accelerator)


def face_tracked() -> Callable[[], object]:
    """A 640×480 picture of a face that was just seen → Reading."""
    return stages.face(SETTINGS, models(), stages.moving_face(SETTINGS), redetect_s=stages.FOLLOWED_S)


def face_detecting() -> Callable[[], object]:
    """The same, found anew."""
    return stages.face(SETTINGS, models(), stages.moving_face(SETTINGS), redetect_s=0.0)


def expression() -> Callable[[], object]:
    """A grey chip → logits."""
    from edge.perception.face import expression as net

    classify = net.Expression(models().load(net.NAME, net.TASK, net.LABELS))
    chip = np.random.default_rng(1).integers(0, 256, (net.SIDE, net.SIDE), np.uint8)
    return lambda: classify.logits(chip)


def voice_hop() -> Callable[[], object]:
    """Half a second of speech → Reading of the last 3 s."""
    return stages.voice(SETTINGS, models())


def log_mel() -> Callable[[], object]:
    """160 ms of sound → 16 rows of the spectrum."""
    from edge.perception.voice.log_mel import FRAME, LogMel

    transform = LogMel(BLOCK)
    frames = _frames(FRAME)
    return lambda: transform(frames)


def pitch() -> Callable[[], object]:
    """160 ms of sound → 16 pitches."""
    from edge.perception.voice.pitch import FRAME, Pitch

    transform = Pitch(BLOCK, SETTINGS.voice.pitch_low_hz, SETTINGS.voice.pitch_high_hz)
    frames = _frames(FRAME)
    return lambda: transform(frames)


def text_20_words() -> Callable[[], object]:
    """A sentence of twenty words → Reading."""
    return stages.text(SETTINGS, models())


def loop_step() -> Callable[[], object]:
    """A Reading's way through the loop: State, safety, Reply or silence, and to the outlets' queues."""
    from edge.runtime import Runtime

    with tempfile.TemporaryDirectory(prefix="rapport-benchmark-") as folder:
        runtime = Runtime(
            load(
                None,
                {
                    "RAPPORT_CONSENT__GRANTS": '["face"]',
                    "RAPPORT_CAMERA__SOURCE": str(Path(folder) / "never-opened.avi"),
                    "RAPPORT_DEVICE__STATE_DIRECTORY": folder,
                    "RAPPORT_CONSOLE__ENABLED": "false",
                    "RAPPORT_SPEECH__ENGINE": "none",
                },
            )
        )
    step = runtime._step
    affects = cycle([_affect(0), _affect(3)])
    times = count(time.monotonic_ns(), SPAN_NS)

    def one() -> Runtime:
        step(Reading(Sense.FACE, next(times), next(affects), 0.9))
        return runtime

    return one


def understanding() -> Callable[[], object]:
    """A Reading → State."""
    believed = Understanding(SETTINGS.understanding)
    affects = cycle([_affect(0), _affect(3)])
    times = count(time.monotonic_ns(), SPAN_NS)
    return lambda: believed.update(Reading(Sense.FACE, next(times), next(affects), 0.9))


def understanding_all() -> Callable[[], object]:
    """A Reading → State and its views, while face, voice and words are all in use, with cues."""
    believed, watching = Understanding(SETTINGS.understanding), views(SETTINGS.understanding)
    cues = tuple(Cue(f"cue {n}", n / 5, "Hz", f"a sign, number {n}", n / 5) for n in range(5))
    senses = cycle([Sense.FACE, Sense.FACE, Sense.FACE, Sense.VOICE, Sense.FACE, Sense.TEXT])
    affects = cycle([_affect(0), _affect(3), _affect(4), _affect(6)])
    times = count(time.monotonic_ns(), SPAN_NS)

    def one() -> State:
        reading = Reading(next(senses), next(times), next(affects), 0.9, cues)
        state = believed.update(reading)
        for view in watching:
            tuple(view.see(state, reading))
        return state

    return one


def mailbox() -> Callable[[], object]:
    """Put and take, on one thread."""
    box: Mailbox[int] = Mailbox(1)

    def put_and_take() -> tuple[int, int] | None:
        box.put(1)
        return box.take(1.0)

    return put_and_take


def mqtt_payload() -> Callable[[], object]:
    """A State → the bytes that are published."""
    from edge.outlets.mqtt.payloads import StatePayload

    reading = Reading(Sense.FACE, time.monotonic_ns(), _affect(0), 0.9)
    state = Understanding(SETTINGS.understanding).update(reading)
    return lambda: StatePayload.of(state).encode()


def _frames(length: int) -> NDArray[np.float32]:
    samples = stages.speech_like().astype(np.float32) / 32768
    windows = np.lib.stride_tricks.sliding_window_view(samples, length)[8000:]
    return np.asarray(windows[:: length // 2][:BLOCK], np.float32)


def _affect(leader: int) -> Affect:
    return Affect.of(tuple(0.7 if index == leader else 0.05 for index in range(len(EMOTIONS))))


def speech_levelled() -> Callable[[], object]:
    """A second of speech of a known voice → trimmed, at its loudness, limited."""
    from edge.outlets.speech.level import levelled
    from edge.outlets.speech.loudness import Loudness
    from edge.outlets.speech.synthesiser import Sound

    rate = 22_050
    wave = 3000 * np.random.default_rng(1).normal(size=rate) * np.sin(np.arange(rate) / 700)
    sounds = [Sound(part.astype(np.int16), rate) for part in np.array_split(wave, 6)]
    meter = Loudness(rate)
    for sound in sounds:
        meter.push(sound.samples)
    return lambda: list(levelled(iter(sounds), meter, -18.0, 1.0))


def reply() -> Callable[[], object]:
    """An answer to a sentence that the State carries, with all sources: strategy, texts, nets, voice and face."""
    answering = Answering(SETTINGS, context(SETTINGS.safety), models=models())
    sentences = cycle(
        (
            ("My boss shouted at me in front of everyone.", Language.EN),
            ("I failed my driving test for the third time", Language.EN),
            ("老板把我的项目给别人了", Language.ZH),
            ("洗碗机坏了，车也坏了", Language.ZH),
        )
    )
    turns = count(1)
    affect = Affect.of(tuple(0.88 if emotion is Emotion.SAD else 0.02 for emotion in EMOTIONS))

    def one() -> object:
        words, language = next(sentences)
        now_ns = next(turns) * 61_000_000_000  # as often as an hour's most allows
        state = State(now_ns, Emotion.SAD, affect, None, ((Sense.TEXT, 1.0),), (), ())
        reading = Reading(Sense.TEXT, now_ns, affect, 1.0, words=words, language=language)
        found = answering.answer(state, reading, now_ns)
        assert found is not None
        return found

    one()  # the nets are loaded with the first
    return one


PATHS: dict[str, Path_] = {
    "face-tracked": face_tracked,
    "face-detecting": face_detecting,
    "expression": expression,
    "voice-hop": voice_hop,
    "log-mel": log_mel,
    "pitch": pitch,
    "text-20-words": text_20_words,
    "loop-step": loop_step,
    "understanding": understanding,
    "understanding-all": understanding_all,
    "mailbox": mailbox,
    "mqtt-payload": mqtt_payload,
    "speech-levelled": speech_levelled,
    "reply": reply,
}
