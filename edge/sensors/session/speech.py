"""The session's sound: sentences by espeak-ng in a quiet room. It is synthetic speech and is called so."""

from __future__ import annotations

import subprocess
import tempfile
import wave
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import SensorError
from edge.sensors.audio_file import read_audio
from edge.sensors.signals import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.sensors.session.script import Script, Speech

PROGRAM = "espeak-ng"
SECONDS = 30.0
"""Longest time that one sentence may take to be made; it takes 0.05 s."""
PEAK = 0.95
"""Part of full scale that no sentence exceeds."""
STEPS = 12
"""Corrections of the gain; after them loudness is right within 0.1 dB."""


def version() -> str | None:
    """What espeak-ng says of itself; None when it is not installed."""
    if which(PROGRAM) is None:
        return None
    ran = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, timeout=SECONDS, check=False)
    return ran.stdout.strip()


def write_sound(script: Script, path: Path) -> None:
    """Write ``script``'s speech as 16 kHz mono 16-bit WAV. Raises SensorError when espeak-ng fails."""
    samples = sound(script)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.tobytes())


def sound(script: Script) -> NDArray[np.int16]:
    """All that is heard, (n,) int16 at 16 kHz; the same on every run with the same espeak-ng."""
    random = np.random.default_rng(script.seed)
    count = round(script.seconds * SAMPLE_RATE)
    heard = random.standard_normal(count, np.float32) * np.float32(amplitude(script.sound.room_dbfs))
    for line in script.speech:
        start = round(line.at * SAMPLE_RATE)
        said = spoken(line)[: count - start]
        heard[start : start + len(said)] += said
    whole: NDArray[np.int16] = np.clip(np.rint(heard * 32767), -32768, 32767).astype(np.int16)
    return whole


def spoken(line: Speech) -> NDArray[np.float32]:
    """One sentence, (n,) float32 at 16 kHz, at its loudness. Raises SensorError."""
    with tempfile.TemporaryDirectory(prefix="rapport-speech-") as folder:
        path = Path(folder) / "said.wav"
        command = [PROGRAM, "-v", line.voice, "-s", str(line.rate), "-p", str(line.pitch), "-b", "1", "-w", str(path)]
        try:
            ran = subprocess.run(command, input=line.text.encode(), capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            problem = f"{PROGRAM} took longer than {SECONDS:g} s for one sentence"
            raise SensorError(problem, "Try again when the machine has less to do") from error
        if ran.returncode != 0 or not path.exists():
            problem = f"{PROGRAM} cannot speak with voice {line.voice!r}: {ran.stderr.decode(errors='replace').strip()}"
            raise SensorError(problem, "Type: sudo apt install --reinstall espeak-ng espeak-ng-data")
        samples = read_audio(path).astype(np.float32) / np.float32(32768)
    return loudened(samples, amplitude(line.dbfs))


def loudened(samples: NDArray[np.float32], wanted: float) -> NDArray[np.float32]:
    """``samples`` (n,) with a root mean square of ``wanted``; the peaks of loud speech are rounded, not clipped."""
    loud = samples
    gain = 1.0
    for _ in range(STEPS):
        rms = float(np.sqrt(np.mean(np.square(loud)))) if len(loud) else 0.0
        if rms == 0.0:
            return samples
        gain *= wanted / rms
        loud = PEAK * np.tanh(samples * np.float32(gain / PEAK))
    return loud


def amplitude(dbfs: float) -> float:
    """Factor of full scale: -20 dB is 0.1."""
    return float(10.0 ** (dbfs / 20.0))
