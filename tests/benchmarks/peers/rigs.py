"""One function per peer: imports it, loads it, and gives the call that is compared. ``python -m … NAME INPUTS``."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from tests.benchmarks.peers.rig import Stopwatch, serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.benchmarks.peers.rig import Made

RATE = 16_000


def fer(inputs: Path) -> Made:
    """Haar cascade and mini-XCEPTION, by its int8 file."""
    watch = Stopwatch()
    import cv2
    import numpy as np
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    cv2.setNumThreads(1)
    from fer.fer import FER

    took = watch.seconds
    net, picture = FER(use_tflite=True), np.load(inputs / "picture.npy")
    if not net.detect_emotions(picture):
        message = "fer finds no face"
        raise SystemExit(message)
    return took, lambda: net.detect_emotions(picture)


def opensmile(inputs: Path) -> Made:
    """The 88 functionals of eGeMAPSv02 over 3 s."""
    watch = Stopwatch()
    import numpy as np
    import opensmile as smile

    took = watch.seconds
    kind, level = smile.FeatureSet.eGeMAPSv02, smile.FeatureLevel.Functionals
    extractor = smile.Smile(feature_set=kind, feature_level=level, num_workers=1)
    sound = np.load(inputs / "speech.npy")
    return took, lambda: extractor.process_signal(sound, RATE)


def librosa(inputs: Path, track: str = "pyin") -> Made:
    """20 MFCCs and a pitch track over 3 s."""
    watch = Stopwatch()
    import librosa as rosa
    import numpy as np

    sound = np.load(inputs / "speech.npy")
    pitch = getattr(rosa, track)

    def call() -> object:
        rosa.feature.mfcc(y=sound, sr=RATE, n_mfcc=20)
        return pitch(sound, fmin=65, fmax=400, sr=RATE)

    took = watch.seconds
    return took, call


def librosa_yin(inputs: Path) -> Made:
    """The same with the quicker pitch track."""
    return librosa(inputs, "yin")


def vader(inputs: Path) -> Made:
    """Polarity of one sentence."""
    watch = Stopwatch()
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    took = watch.seconds
    analyser = SentimentIntensityAnalyzer()
    words = (inputs / "words.txt").read_text(encoding="utf-8")
    return took, lambda: analyser.polarity_scores(words)


def ours(inputs: Path, which: str) -> Made:
    """One of our stages on the same input; needs our own environment."""
    watch = Stopwatch()
    from itertools import count
    from time import monotonic_ns

    import numpy as np

    from edge.accelerators.choice import choose
    from edge.accelerators.model import device_models
    from edge.cli.bench import stages
    from edge.perception.voice.perceiver import VoicePerceiver
    from edge.sensors.signals import AudioChunk
    from edge.settings import load

    settings = load(None, {})
    models = device_models(settings.models, choose(settings.accelerator, settings.models.place).accelerator)
    took = watch.seconds
    if which == "text":
        return took, stages.text(settings, models)
    if which in {"track", "detect"}:
        seconds = stages.FOLLOWED_S if which == "track" else 0.0
        return took, stages.face(settings, models, [np.load(inputs / "picture.npy")] * 2, redetect_s=seconds)
    sound = (np.load(inputs / "speech.npy") * 32767).astype(np.int16)
    perceiver = VoicePerceiver(settings.voice, models)
    perceiver.attach()
    if which == "voice_hop":
        chunks = [AudioChunk(sound[i : i + RATE // 2], monotonic_ns()) for i in range(0, len(sound), RATE // 2)]
        turn = count()
        return took, lambda: perceiver.perceive(chunks[next(turn) % len(chunks)])
    return took, lambda: perceiver.perceive_whole(sound, monotonic_ns())


RIGS: dict[str, Callable[[Path], Made]] = {
    "fer": fer,
    "opensmile": opensmile,
    "librosa-pyin": librosa,
    "librosa-yin": librosa_yin,
    "vader": vader,
    **{f"ours-{which}": partial(ours, which=which) for which in ("track", "detect", "voice_hop", "voice_3s", "text")},
}

if __name__ == "__main__":
    serve(RIGS[sys.argv[1]], sys.argv[2])
