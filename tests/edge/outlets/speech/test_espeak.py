from __future__ import annotations

import os
import subprocess
import time
from threading import Thread
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import Language, Style
from edge.errors import OutletError
from edge.outlets.settings import SpeechSettings
from edge.outlets.speech import espeak as module
from edge.outlets.speech.espeak import VOICES, Espeak
from edge.outlets.speech.lexicon import Lexicon, Part
from edge.outlets.speech.mandarin import SYLLABLE, _data, readings
from edge.outlets.speech.plain import plain, spelled
from edge.outlets.speech.process import NICE
from edge.outlets.speech.ssml import ssml
from tests.edge.outlets.sound import needs_espeak
from tests.edge.outlets.speech.prosody import joined, prosody

if TYPE_CHECKING:
    from pathlib import Path

    from edge.perception.voice.prosody import Prosody

EN, ZH = Language.EN, Language.ZH
SENTENCE = "Mama may know a long warm morning now, you will always be near"
ATTACKS = [
    'He said "<speak>hi</speak>" & left',
    "a < b > c && d",
    "]]> <![CDATA[ x ]]>",
    "&lt;break/&gt; &amp; &#60; &#x3c;",
    '<break time="9s"/><audio src="/etc/passwd"/>',
    '<prosody rate="x-slow">hi</prosody>',
    "<!-- quiet --><?xml version='1.0'?>",
    "[[h@l'oU h@l'oU]] [[[x]]]",
    "'; touch x; echo '$(touch x)`touch x`",
    "-v en --help",
    "\\ \x00 \x1b[2J \x01200s \ud800",
]


def engine(lexicon: Path | None = None) -> Espeak:
    return Espeak(SpeechSettings(), Lexicon(lexicon))


def say(text: str, language: Language = EN, style: Style | None = None) -> tuple[np.ndarray, int]:
    return joined(engine().speak(text, language, style or Style()))


def seconds(text: str, style: Style | None = None, language: Language = EN) -> float:
    samples, rate = say(text, language, style)
    return len(samples) / rate


def said(style: Style) -> Prosody:
    return prosody(*say(SENTENCE, style=style))


def phonemes(text: str, language: Language) -> str:
    """What espeak-ng would say, in its own signs."""
    markup = ssml(Lexicon().parts(text, language), language, Style()).encode()
    command = ["espeak-ng", "-m", "-q", "-x", "-v", VOICES[language], "--stdin"]
    return subprocess.run(command, input=markup, capture_output=True, check=True).stdout.decode()


def script(directory: Path, body: str) -> None:
    program = directory / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


@needs_espeak
def test_a_sentence_becomes_sound_in_parts_the_first_of_which_needs_not_the_last() -> None:
    sounds = list(engine().speak(SENTENCE, EN, Style()))
    assert len(sounds) > 3
    assert {sound.rate for sound in sounds} == {22_050}
    samples, rate = joined(sounds)
    assert 2 < len(samples) / rate < 6
    assert np.abs(samples.astype(int)).max() > 1500


@needs_espeak
def test_chinese_lasts_as_long_as_its_syllables() -> None:
    short, long = seconds("你好", language=ZH), seconds("今天晚上我们一起去公园散步吧", language=ZH)
    assert short > 0.3
    assert long > 2.5 * short


@needs_espeak
def test_chinese_is_read_and_not_spelled_in_english() -> None:
    """The voice cmn says "jin one tian one" of 今天."""
    assert "(en)" not in phonemes("今天晚上我们一起去公园散步吧", ZH)
    assert "(en)" in phonemes("今天 hello 很好", ZH)
    assert phonemes("今天 hello 很好", ZH).index("(en)") > 0
    assert "X'Au214" in phonemes("今天 hello 很好", ZH)


@needs_espeak
def test_words_that_the_engine_misreads_are_told_to_it() -> None:
    assert "'yE51" in phonemes("音乐", ZH)
    assert "t'i51" in phonemes("地方", ZH)
    assert "p'u35" in phonemes("不是", ZH)
    assert "j'i51" in phonemes("一起", ZH)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我爱音乐", [("我爱", None), ("音乐", "yin1yue4")]),
        ("不对，不好", [("不", "bu2"), ("对，不好", None)]),
        ("一样一起", [("一", "yi2"), ("样", None), ("一", "yi4"), ("起", None)]),
        ("第一天，十一个，星期一，一月", [("第一天，十一个，星期一，一月", None)]),
        ("看一看，好不好", [("看", None), ("一", "yi5"), ("看，好", None), ("不", "bu5"), ("好", None)]),
        ("", [("", None)]),
    ],
)
def test_readings(text: str, found: list[tuple[str, str | None]]) -> None:
    assert [item for item in readings(text) if item[0]] == [item for item in found if item[0]]


def test_every_word_of_the_data_has_a_syllable_for_each_character() -> None:
    words, fourth = _data()
    assert len(words) > 500
    assert {word for word, reading in words.items() if len(SYLLABLE.findall(reading)) != len(word)} == set()
    assert {word for word, reading in words.items() if "".join(SYLLABLE.findall(reading)) != reading} == set()
    assert {"是", "要", "会", "对"} <= fourth
    assert not {"好", "行", "能", "来"} & fourth


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("我了解你", "liao3jie3"),
        ("为了解决它", "le5jie3jue2"),
        ("勇敢地面对", "de5mian4dui4"),
        ("地面很湿", "di4mian4"),
        ("我可以为你做", "ke3yi3wei4"),
        ("我以为你走了", "yi3wei2"),
        ("没收到信", "mei2shou1dao4"),
        ("意外地好", "yi4wai4de5"),
        ("他在外地", "wai4di4"),
    ],
)
def test_a_word_is_not_seen_within_another_one(text: str, reading: str) -> None:
    assert [found for _, found in readings(text) if found is not None] == [reading]


@needs_espeak
def test_a_faster_style_is_shorter() -> None:
    assert seconds(SENTENCE, Style(rate=1.4)) < 0.7 * seconds(SENTENCE, Style(rate=0.8))


@needs_espeak
def test_pitch_in_semitones_moves_the_fundamental_by_about_as_much() -> None:
    usual, up, down = (said(Style(pitch=pitch)).pitch_hz for pitch in (0.0, 4.0, -4.0))
    assert usual is not None
    assert up is not None
    assert down is not None
    assert 2.5 < 12 * np.log2(up / usual) < 5.5
    assert -5.5 < 12 * np.log2(down / usual) < -2.5


@needs_espeak
def test_melody_scales_the_range_of_the_pitch_and_leaves_its_middle() -> None:
    flat, usual, lively = (said(Style(melody=melody)) for melody in (0.2, 1.0, 2.0))
    assert flat.range_semitones is not None
    assert usual.range_semitones is not None
    assert lively.range_semitones is not None
    assert flat.range_semitones < 0.6 * usual.range_semitones
    assert lively.range_semitones > 1.4 * usual.range_semitones
    for other in (flat, lively):
        assert other.pitch_hz is not None
        assert usual.pitch_hz is not None
        assert abs(12 * np.log2(other.pitch_hz / usual.pitch_hz)) < 1.0


@needs_espeak
@pytest.mark.parametrize(("text", "language"), [(SENTENCE, EN), ("慢慢来，今天晚上我们去散步", ZH)])
def test_pause_scales_the_silence_at_a_comma(text: str, language: Language) -> None:
    none, usual, long = (seconds(text, Style(pause=pause), language) for pause in (0.0, 1.0, 3.0))
    assert 0.1 < usual - none < 0.35
    assert 0.3 < long - usual < 0.6


def test_what_differs_by_less_than_is_heard_is_one_voice() -> None:
    voice = engine().voice
    assert voice(EN, Style()) == voice(EN, Style(rate=0.8, pitch=1.5, volume=0.5, melody=1.4, pause=2.0))
    assert len({voice(EN, Style()), voice(EN, Style(pitch=4.0)), voice(EN, Style(pitch=-4.0)), voice(ZH, Style())}) == 4


@needs_espeak
def test_extreme_styles_are_held_to_what_the_engine_takes() -> None:
    for style in (Style(50, 99, 9, 99, 99), Style(0.01, -99, 0.01, -5, -5)):
        assert len(say("Hello, there", style=style)[0]) > 0


@needs_espeak
@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("language", Language)
def test_no_text_is_ever_markup(text: str, language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    samples, rate = say(f"hello {text} there", language, Style(melody=1.5, pause=1.5))
    assert 0.5 < len(samples) / rate < 25
    assert list(tmp_path.iterdir()) == []


@given(st.text(alphabet=st.sampled_from("ab<>&;[]'\"/=!-?，,#x3 好")), st.sampled_from(Language), st.floats(0, 3))
def test_whatever_is_said_the_markup_is_ours_alone(text: str, language: Language, pause: float) -> None:
    markup = ssml([Part(text)], language, Style(melody=0.5, pause=pause))
    root = ET.fromstring(markup)  # noqa: S314 - our own
    assert {element.tag for element in root.iter()} <= {"speak", "prosody", "break", "lang"}
    assert "[[" not in markup.replace("[[]]", "")
    words = "".join(character for character in "".join(root.itertext()) if character in "ab<>&好#=!?")
    if not any(reading for _, reading in readings(text)):
        assert words == "".join(character for character in text if character in "ab<>&好#=!?")


@needs_espeak
def test_phoneme_brackets_are_read_as_any_other_sign() -> None:
    assert "[[" not in plain("say [[h@l'oU]] and [[[x]]]")
    assert "]]" not in plain("say [[h@l'oU]] and [[[x]]]")
    assert phonemes("[[h@l'oU]]", EN).strip() != "h@l'oU"


@needs_espeak
def test_a_name_of_the_lexicon_is_said_by_its_sounds(tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("[en]\nXyz = /bənˈɑːnə/\n[zh]\n单雄信 = shan4xiong2xin4\n", encoding="utf-8")
    parts = Lexicon(names).parts("Hello Xyz", EN)
    assert ssml(parts, EN, Style()) == "<speak>Hello  [[b@n'A:n@]] </speak>"
    named, _ = joined(engine(names).speak("Xyz", EN, Style()))
    banana, _ = say("banana")
    assert abs(len(named) - len(banana)) < 0.3 * len(banana)
    assert " shan4 xiong2 xin4 " in ssml(Lexicon(names).parts("我是单雄信", ZH), ZH, Style())


def test_control_characters_are_gone_before_the_engine_sees_them() -> None:
    assert plain("a\x01200s b\x00c\x1b") == "a 200s b c "


def test_telephone_numbers_are_spelled_digit_by_digit() -> None:
    assert spelled("Call 116 123 or 988.") == "Call 1 1 6, 1 2 3, or 9 8 8,."


def test_without_espeak_the_line_to_type_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutletError, match="sudo apt install espeak-ng"):
        engine().find()


def test_plain_espeak_is_taken_where_espeak_ng_is_absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    script(tmp_path, "exit 0")
    (tmp_path / "espeak-ng").rename(tmp_path / "espeak")
    assert engine().find() == str(tmp_path / "espeak")


def test_an_engine_that_gives_no_sound_is_told_in_its_own_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script(tmp_path, "cat > /dev/null; echo 'no data here' >&2; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(OutletError, match="gave no sound: no data here"):
        list(engine().speak("hello", EN, Style()))


def test_a_hanging_engine_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script(tmp_path, "sleep 60")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(module, "TIMEOUT_S", 0.2)
    with pytest.raises(OutletError, match="was stopped"):
        list(engine().speak("hello", EN, Style()))


def test_the_engine_stands_behind_perception(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script(tmp_path, "sleep 60")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    speaking = engine()
    thread = Thread(target=lambda: [*_quietly(speaking)], daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while speaking._process is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert os.getpriority(os.PRIO_PROCESS, speaking._process.pid) >= NICE
    speaking.cancel()
    thread.join(10)


def _quietly(speaking: Espeak) -> list[object]:
    try:
        return list(speaking.speak("hello", EN, Style()))
    except OutletError as error:
        return [error]


def test_cancel_ends_a_synthesis_on_another_thread(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started = tmp_path / "started"
    script(tmp_path, f"touch {started}; sleep 60")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    speaking = engine()
    failures: list[object] = []
    thread = Thread(target=lambda: failures.extend(_quietly(speaking)))
    thread.start()
    while not started.exists():
        time.sleep(0.005)
    speaking.cancel()
    thread.join(10)
    assert not thread.is_alive()
    assert len(failures) == 1
