"""Sounds that are no natural speech but may pass for it: made here, or by espeak-ng in odd settings."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edge.errors import InputError
from edge.sensors.audio_file import read_audio
from edge.sensors.signals import SAMPLE_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SECONDS = 3.0
EACH = 60
"""Sounds of each kind."""
SENTENCES = (
    "The train to the coast leaves at nine from platform four",
    "She put the blue cup back on the shelf above the sink",
    "They will bring the new table on Thursday afternoon",
    "Somebody has left a bicycle in front of the door again",
)
ODD = ("en+croak", "en+whisper", "en+klatt", "en+f5", "en+m7", "en-us+robosoft", "de+croak", "fi+klatt2")
"""Voices of espeak-ng that nobody has."""


def strangers(seed: int = 0) -> dict[str, list[NDArray[np.int16]]]:
    """Kinds of strangers, each a list of (n,) int16 at 16 kHz. Raises InputError when espeak-ng is missing."""
    chance = np.random.default_rng(seed)
    plain = [_say(SENTENCES[i % len(SENTENCES)], "en", 165, 50) for i in range(len(SENTENCES))]
    kinds = {
        "tones": [_tones(chance) for _ in range(EACH)],
        "coloured noise that swells": [_noise(chance) for _ in range(EACH)],
        "clicks in silence": [_clicks(chance) for _ in range(EACH)],
        "babbled vowels": [_babble(chance) for _ in range(EACH)],
        "speech backwards": [_cut(plain[i % len(plain)][::-1], chance) for i in range(EACH)],
        "a machine's speech in odd settings": [_odd(chance) for _ in range(EACH)],
    }
    return {name: [_whole(sound) for sound in sounds] for name, sounds in kinds.items()}


def _time() -> Floats:
    return np.arange(int(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE


def _tones(chance: np.random.Generator) -> Floats:
    """A melody of rich tones with vibrato: an instrument, a ring tone."""
    time, out = _time(), np.zeros(len(_time()))
    step = int(chance.uniform(0.12, 0.5) * SAMPLE_RATE)
    for start in range(0, len(time), step):
        part = time[start : start + step]
        hz = 110 * 2 ** (chance.integers(0, 25) / 12) * (1 + 0.01 * np.sin(2 * np.pi * 5 * part))
        for k in range(1, 10):
            out[start : start + step] += np.sin(2 * np.pi * k * hz * part) / k * np.hanning(len(part))
    return out


def _noise(chance: np.random.Generator) -> Floats:
    """Noise between white and brown whose loudness comes and goes: wind, traffic, the sea."""
    count = len(_time())
    hz = np.maximum(np.fft.rfftfreq(count, 1 / SAMPLE_RATE), 50.0)
    shaped = np.fft.irfft(np.fft.rfft(chance.normal(0, 1, count)) * hz ** -chance.uniform(0, 1), count)
    return np.asarray(shaped * (1.05 + np.sin(2 * np.pi * chance.uniform(0.5, 6) * _time())))


def _clicks(chance: np.random.Generator) -> Floats:
    """Knocks and typing: short bursts that ring."""
    out = np.zeros(len(_time()))
    ring = np.exp(-np.arange(800) / chance.uniform(40, 200)) * np.sin(np.arange(800) * chance.uniform(0.2, 1.5))
    for start in chance.integers(0, len(out) - 800, int(chance.integers(5, 40))):
        out[start : start + 800] += ring * chance.uniform(0.3, 1)
    return out + chance.normal(0, 0.001, len(out))


def _babble(chance: np.random.Generator) -> Floats:
    """Vowels that change five times a second on a gliding pitch, without consonants."""
    time, base = _time(), chance.uniform(100, 320)
    hz = base * (1 + 0.15 * np.sin(2 * np.pi * 0.7 * time))
    phase, out, step = 2 * np.pi * np.cumsum(hz) / SAMPLE_RATE, np.zeros(len(time)), SAMPLE_RATE // 5
    for start in range(0, len(time) - step + 1, step):
        part, formants = slice(start, start + step), chance.uniform(300, 3000, 3)
        for k in range(1, 25):
            gain = np.exp(-(((k * base - formants) / 200) ** 2)).sum() + 0.05 / k
            out[part] += gain * np.sin(k * phase[part]) * np.hanning(step)
    return out


def _odd(chance: np.random.Generator) -> Floats:
    voice = ODD[int(chance.integers(len(ODD)))]
    rate, pitch = int(chance.choice([80, 110, 300, 400])), int(chance.choice([0, 5, 95, 99]))
    return _cut(_say(SENTENCES[int(chance.integers(len(SENTENCES)))], voice, rate, pitch), chance)


def _say(text: str, voice: str, rate: int, pitch: int) -> Floats:
    with tempfile.TemporaryDirectory(prefix="rapport-strangers-") as folder:
        path = Path(folder) / "said.wav"
        command = ["espeak-ng", "-v", voice, "-s", str(rate), "-p", str(pitch), "-w", str(path), text]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except FileNotFoundError:
            problem = "espeak-ng is not installed"
            raise InputError(problem, "Type: sudo apt install espeak-ng") from None
        except subprocess.CalledProcessError as error:
            problem = f"espeak-ng cannot speak with voice {voice!r}: {error.stderr.decode(errors='replace').strip()}"
            raise InputError(problem, "Type: sudo apt install --reinstall espeak-ng espeak-ng-data") from error
        return read_audio(path).astype(np.float64)


def _cut(sound: Floats, chance: np.random.Generator) -> Floats:
    """At most SECONDS of a sound, from anywhere in it."""
    spare = max(0, len(sound) - int(SECONDS * SAMPLE_RATE))
    start = int(chance.integers(0, spare + 1))
    return sound[start : start + int(SECONDS * SAMPLE_RATE)]


def _whole(sound: Floats) -> NDArray[np.int16]:
    return np.asarray(np.rint(0.3 * 32767 * sound / max(float(np.abs(sound).max()), 1e-9)), np.int16)
