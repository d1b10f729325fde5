from __future__ import annotations

import time
from threading import Thread
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pydantic import ValidationError

from edge.affect import Language, Style
from edge.errors import OutletError
from edge.outlets import speech
from edge.outlets.settings import SpeechSettings
from edge.outlets.speech import Espeak, plain, spelled
from tests.edge.outlets.sound import needs_espeak, pitch, samples

if TYPE_CHECKING:
    from pathlib import Path

SENTENCE = "Mama may know a long warm morning now, you will always be near"


def say(text: str, language: Language = Language.EN, style: Style | None = None) -> bytes:
    return Espeak(SpeechSettings()).synthesise(text, language, style or Style())


def script(directory: Path, body: str) -> None:
    program = directory / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


@needs_espeak
def test_a_sentence_becomes_a_wav_with_true_lengths_and_sound_in_it() -> None:
    sound, rate = samples(say("Good evening."))
    assert rate == 22_050
    assert 0.4 < len(sound) / rate < 3
    assert np.abs(sound).max() > 0.05


@needs_espeak
def test_chinese_yields_sound_that_lasts_as_long_as_its_syllables() -> None:
    short, rate = samples(say("你好", Language.ZH))
    long, _ = samples(say("今天晚上我们一起去公园散步吧", Language.ZH))
    assert np.abs(short).max() > 0.05
    assert len(short) / rate > 0.3
    assert len(long) > 2.5 * len(short)


@needs_espeak
def test_a_faster_style_is_shorter() -> None:
    slow, _ = samples(say(SENTENCE, style=Style(rate=0.8)))
    fast, _ = samples(say(SENTENCE, style=Style(rate=1.4)))
    assert len(fast) < 0.7 * len(slow)


@needs_espeak
def test_pitch_in_semitones_moves_the_fundamental_by_about_as_much() -> None:
    usual = pitch(say(SENTENCE))
    up, down = pitch(say(SENTENCE, style=Style(pitch=4.0))), pitch(say(SENTENCE, style=Style(pitch=-4.0)))
    assert 2.5 < 12 * np.log2(up / usual) < 5.5
    assert -5.5 < 12 * np.log2(down / usual) < -2.5


@needs_espeak
def test_volume_scales_the_sound() -> None:
    usual, _ = samples(say(SENTENCE))
    soft, _ = samples(say(SENTENCE, style=Style(volume=0.4)))
    assert np.std(soft) < 0.7 * np.std(usual)


@needs_espeak
def test_extreme_styles_are_held_to_what_the_engine_takes() -> None:
    for style in (Style(rate=50, pitch=99, volume=9), Style(rate=0.01, pitch=-99, volume=0.01)):
        sound, _ = samples(say("Hello there", style=style))
        assert len(sound) > 0


@needs_espeak
@pytest.mark.parametrize(
    "text",
    [
        'He said "<speak>hi</speak>" & left',
        "a < b > c",
        "'; touch x; echo '",
        "$(touch x) `touch x`",
        "-v en --help",
        "\\",
    ],
)
def test_markup_quotes_and_shell_signs_are_harmless(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sound, _ = samples(say(text))
    assert len(sound) > 1000
    assert list(tmp_path.iterdir()) == []


@needs_espeak
def test_ssml_does_not_slow_the_voice_down() -> None:
    marked, rate = samples(say('<prosody rate="x-slow">hi</prosody><break time="9s"/>'))
    assert len(marked) / rate < 9


@needs_espeak
def test_phoneme_brackets_are_read_as_any_other_sign() -> None:
    assert "[[" not in plain("say [[h@l'oU]] and [[[x]]]")
    assert "]]" not in plain("say [[h@l'oU]] and [[[x]]]")
    phonemes, _ = samples(say("[[h@l'oU h@l'oU h@l'oU h@l'oU]]"))
    assert len(phonemes) > 1000


def test_control_characters_are_gone_before_the_engine_sees_them() -> None:
    assert plain("a\x01200s b\x00c\x1b") == "a 200s b c "


def test_telephone_numbers_are_spelled_digit_by_digit() -> None:
    assert spelled("Call 116 123 or 988.") == "Call 1 1 6, 1 2 3, or 9 8 8,."


@needs_espeak
def test_nothing_to_say_is_an_error_that_names_the_program() -> None:
    with pytest.raises(OutletError, match="gave no sound"):
        say("")


def test_an_endless_reply_is_refused() -> None:
    with pytest.raises(OutletError, match="at most 2000"):
        say("word " * 1000)


def test_without_espeak_the_line_to_type_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutletError, match="sudo apt install espeak-ng"):
        Espeak(SpeechSettings()).find()


def test_plain_espeak_is_taken_where_espeak_ng_is_absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    script(tmp_path, "exit 0")
    (tmp_path / "espeak-ng").rename(tmp_path / "espeak")
    assert Espeak(SpeechSettings()).find() == str(tmp_path / "espeak")


def test_a_hanging_engine_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script(tmp_path, "sleep 60")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(speech, "TIMEOUT_S", 0.2)
    with pytest.raises(OutletError, match="was stopped"):
        say("hello")


def test_cancel_ends_a_synthesis_on_another_thread(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started = tmp_path / "started"
    script(tmp_path, f"touch {started}; sleep 60")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    espeak = Espeak(SpeechSettings())
    failures: list[OutletError] = []

    def run() -> None:
        try:
            espeak.synthesise("hello", Language.EN, Style())
        except OutletError as error:
            failures.append(error)

    thread = Thread(target=run)
    thread.start()
    while not started.exists():
        time.sleep(0.005)
    espeak.cancel()
    thread.join(10)
    assert not thread.is_alive()
    assert len(failures) == 1


@pytest.mark.parametrize("device", ["-D hw", "a b", "", "$(x)", "x" * 65])
def test_a_device_name_that_could_be_an_option_is_refused(device: str) -> None:
    with pytest.raises(ValidationError, match="device"):
        SpeechSettings(device=device)
