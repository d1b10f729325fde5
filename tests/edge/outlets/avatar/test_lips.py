from __future__ import annotations

import io
import shutil
import subprocess
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.affect import Language
from edge.outlets.avatar.lips import from_sound, from_text

if TYPE_CHECKING:
    from pathlib import Path

VOICES = {Language.EN: "en", Language.ZH: "cmn"}
SENTENCES = [
    (Language.EN, "So the meeting went on without you, and nobody said a word about it."),
    (Language.EN, "It is late, and you have had a long day; shall I dim the light?"),
    (Language.ZH, "会开完了也没人告诉你，换谁都会觉得委屈。"),
    (Language.ZH, "今天辛苦了，要不要把客厅的灯调暗一点？"),
]


def wav(samples: np.ndarray, rate: int = 16_000, channels: int = 1) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return buffer.getvalue()


def openings(text: str, language: Language) -> int:
    """How often the mouth opens and closes again."""
    lips = from_text(text, language, 165)
    opened = [lips.at(moment / 200)[0] for moment in range(int(lips.end * 200) + 2)]
    return sum(
        before < now >= after and now > 0.15 for before, now, after in zip(opened, opened[1:], opened[2:], strict=False)
    )


@pytest.mark.parametrize(
    ("text", "language", "syllables"),
    [
        ("Banana.", Language.EN, 3),
        ("Tell me more", Language.EN, 3),
        ("a stone", Language.EN, 2),
        ("现在几点", Language.ZH, 4),
        ("911", Language.EN, 3),
        ("Mhm, pst!", Language.EN, 2),
    ],
)
def test_the_mouth_opens_once_for_each_syllable(text: str, language: Language, syllables: int) -> None:
    assert openings(text, language) == syllables


def test_before_and_after_the_lips_rest() -> None:
    lips = from_text("Good morning.", Language.EN, 165)
    assert lips.at(-0.1) == lips.at(lips.end) == lips.at(1e9) == (0.0, 0.0)
    assert from_text("", Language.EN, 165).at(0.05) == (0.0, 0.0)
    assert from_text("🙂🙂", Language.ZH, 165).end < 0.2


def test_a_comma_shuts_the_mouth_and_a_longer_pause_for_longer() -> None:
    lips = from_text("aaa, aaa", Language.EN, 165)
    pause = 31 / 165 + 0.2
    assert lips.at(pause)[0] == pytest.approx(0, abs=0.01)
    assert from_text("aaa, aaa", Language.EN, 165, pause=2.0).end == pytest.approx(lips.end + 0.2)


def test_oo_is_rounder_than_ee_and_ah_is_wider_open() -> None:
    def peak(word: str) -> tuple[float, float]:
        lips = from_text(word, Language.EN, 165)
        moments = [lips.at(moment / 200) for moment in range(int(lips.end * 200))]
        return max(opened for opened, _ in moments), max(rounded for _, rounded in moments)

    assert peak("too")[1] > 0.6
    assert peak("tee")[1] < 0.2
    assert peak("ta")[0] > peak("ti")[0] + 0.2


def test_twice_the_rate_takes_half_the_time() -> None:
    slow, fast = (from_text("tell me more", Language.EN, rate).end for rate in (100, 200))
    assert slow - 0.1 == pytest.approx(2 * (fast - 0.1))


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="no espeak-ng: sudo apt install espeak-ng")
@pytest.mark.parametrize(("language", "text"), SENTENCES)
def test_the_lips_need_about_as_long_as_the_voice(tmp_path: Path, language: Language, text: str) -> None:
    out = tmp_path / "spoken.wav"
    command = ["espeak-ng", "-v", VOICES[language], "-s", "165", "-b", "1", "-w", str(out), "--stdin"]
    subprocess.run(command, input=text.encode(), check=True)
    sound, guess = from_sound(out.read_bytes()), from_text(text, language, 165)
    assert guess.end == pytest.approx(sound.end, rel=0.3)
    opened = np.array([sound.at(moment / 50)[0] for moment in range(int(sound.end * 50))])
    assert opened.max() > 0.5
    assert opened.min() == pytest.approx(0, abs=0.05)


def test_the_mouth_follows_loudness_and_is_shut_in_silence() -> None:
    loud = 20_000 * np.sin(np.arange(16_000) * 0.3)
    lips = from_sound(wav(np.concatenate([loud, np.zeros(16_000), 0.2 * loud])))
    assert lips.at(0.5)[0] > 0.6
    assert lips.at(1.5)[0] == 0
    assert 0.1 < lips.at(2.5)[0] < 0.5
    assert lips.end == pytest.approx(3.0, abs=0.1)


def test_a_sound_of_nothing_moves_nothing() -> None:
    assert from_sound(wav(np.zeros(0))).at(0.0) == (0.0, 0.0)
    assert from_sound(wav(np.zeros(16_000))).at(0.5) == (0.0, 0.0)


@pytest.mark.parametrize("raw", [b"", b"RIFF", b"no sound at all, but text that is long enough to be read"])
def test_what_is_no_sound_is_named(raw: bytes) -> None:
    with pytest.raises(ValueError, match="not a WAV file"):
        from_sound(raw)


def test_two_channels_are_refused() -> None:
    with pytest.raises(ValueError, match="one channel of 16 bits is needed, this has 2 of 16"):
        from_sound(wav(np.zeros(200), channels=2))
