"""The engines together: who speaks when, and that nothing is lost where one of them fails."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import pytest

from edge.affect import Language, Reply, Style
from edge.errors import OutletError, SettingsError
from edge.outlets.settings import SpeechSettings
from edge.outlets.speech.loudness import Loudness
from edge.outlets.speech.voice import Voice
from tests.edge.outlets.sound import needs_espeak
from tests.edge.outlets.speech.prosody import joined
from tests.edge.outlets.speech.servers import serving, told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np

    from edge.outlets.speech.synthesiser import Sound

EN, ZH = Language.EN, Language.ZH
TWO = "The first sentence is here. And this is the second one."


MADE: list[Voice] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while MADE:
        MADE.pop().close()


def voice(**settings: object) -> Voice:
    made = Voice(SpeechSettings.model_validate(settings))
    MADE.append(made)
    made.find()
    return made


def wyoming(port: int, **settings: object) -> Voice:
    return voice(engine="wyoming", wyoming={"port": port, "timeout_s": 10.0, **settings})


def reply(text: str = TWO, language: Language = EN, strategy: str = "reflect", **how: Any) -> Reply:  # noqa: ANN401 - Reply's own
    return Reply(text, language, strategy, time.monotonic_ns(), **how)


def said(speaking: Voice, what: Reply | None = None) -> tuple[np.ndarray, int]:
    return joined(speaking.stream(what or reply()))


def lufs(samples: np.ndarray, rate: int) -> float:
    meter = Loudness(rate)
    meter.push(samples)
    assert meter.integrated is not None
    return meter.integrated


@needs_espeak
def test_the_first_sentence_sounds_before_the_second_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    speaking = voice()
    asked: list[str] = []
    whole = speaking._local.speak

    def noted(text: str, language: Language, style: Style) -> Iterator[Sound]:
        asked.append(text)
        return whole(text, language, style)

    monkeypatch.setattr(speaking._local, "speak", noted)
    sounds = speaking.stream(reply())
    next(sounds)
    assert asked == ["The first sentence is here."]
    list(sounds)
    assert len(asked) == 2


@needs_espeak
def test_pause_scales_the_silence_between_sentences() -> None:
    lengths = [len(said(voice(), reply(style=Style(pause=pause)))[0]) / 22_050 for pause in (0.0, 1.0, 2.0)]
    assert lengths[1] - lengths[0] == pytest.approx(0.35, abs=0.02)
    assert lengths[2] - lengths[1] == pytest.approx(0.35, abs=0.02)


@needs_espeak
@pytest.mark.parametrize("style", [Style(), Style(pitch=6, melody=1.8), Style(pitch=-5, rate=0.8, melody=0.3)])
@pytest.mark.parametrize(("text", "language"), [(TWO, EN), ("今天辛苦了，早点休息。明天再说。", ZH)])
def test_every_style_and_language_is_equally_loud(style: Style, text: str, language: Language) -> None:
    assert lufs(*said(voice(), reply(text, language, style=style))) == pytest.approx(-18.0, abs=1.0)


@needs_espeak
def test_volume_and_the_target_are_heard() -> None:
    assert lufs(*said(voice(loudness_lufs=-24))) == pytest.approx(-24.0, abs=1.0)
    assert lufs(*said(voice(volume=0.5))) == pytest.approx(-24.0, abs=1.0)
    soft = voice()
    assert lufs(*said(soft, reply(style=Style(volume=0.5)))) == pytest.approx(-24.0, abs=1.0)
    assert lufs(*said(soft)) == pytest.approx(-18.0, abs=1.0)


@needs_espeak
def test_nothing_to_say_and_too_much_are_told() -> None:
    with pytest.raises(OutletError, match="gave no sound"):
        said(voice(), reply("…!"))
    with pytest.raises(OutletError, match="at most 2000"):
        said(voice(), reply("word " * 1000))


@needs_espeak
def test_a_server_speaks_a_sentence_at_a_time() -> None:
    with serving() as (port, process):
        speaking = wyoming(port)
        samples, rate = said(speaking)
        assert (told(process), told(process)) == (
            "whole test-en The first sentence is here.", "whole test-en And this is the second one.",
        )  # fmt: skip
        assert rate == 22_050
        assert lufs(samples, rate) == pytest.approx(-18.0, abs=1.0)
        assert speaking.trouble is None


@needs_espeak
@pytest.mark.parametrize("rate", [(), ("16k",)])
def test_a_server_that_breaks_off_loses_nothing_and_is_told(
    rate: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """The sentence that it broke off is said anew, by espeak-ng, at the rate that the reply began with."""
    alone, _ = said(voice())
    with serving("breaks", *rate) as (port, _), caplog.at_level(logging.WARNING):
        speaking = wyoming(port)
        samples, hertz = said(speaking)
        assert hertz == (16_000 if rate else 22_050)
        assert len(samples) / hertz > 1.05 * len(alone) / 22_050
        assert "is lost" in str(speaking.trouble)
    assert "espeak-ng speaks instead of Wyoming server" in caplog.text


@needs_espeak
def test_a_server_that_is_gone_is_left_alone_for_a_while_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    with serving() as (port, _):
        pass
    speaking = wyoming(port, retry_s=1.0)
    assert len(said(speaking)[0]) > 20_000
    assert speaking._rest_until[EN] > time.monotonic()
    assert speaking.trouble is not None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    said(speaking)
    with serving() as (other, process), caplog.at_level(logging.WARNING):
        speaking._main = wyoming(other)._main
        speaking._rest_until.clear()
        said(speaking)
        assert told(process).startswith("whole test-en")
    assert speaking.trouble is None
    assert "speaks again" in caplog.text


@needs_espeak
@pytest.mark.parametrize("how", [{"crisis": True}, {"strategy": "warn"}])
def test_what_must_be_heard_waits_for_no_server(how: dict[str, Any]) -> None:
    with serving("silent") as (port, _):
        speaking = wyoming(port)
        assert len(said(speaking, reply(**how))[0]) > 20_000
        assert speaking.trouble is None


@needs_espeak
def test_what_repeats_a_persons_words_goes_to_no_other_machine() -> None:
    with serving() as (port, process):
        speaking = wyoming(port)
        said(speaking, reply("You said dragon.", quotes=True))
        assert "dragon" in told(process)  # on this very device
        away = wyoming(port)
        assert away._main is not None
        away._main.here = False  # type: ignore[attr-defined]
        said(away, reply("You said unicorn.", quotes=True))
        said(away, reply("Something else."))
        assert told(process) == "whole test-en Something else."
        allowed = wyoming(port, quotes=True)
        allowed._main.here = False  # type: ignore[union-attr]
        said(allowed, reply("You said phoenix.", quotes=True))
        assert "phoenix" in told(process)


@needs_espeak
def test_a_language_that_the_server_does_not_speak_is_spoken_by_espeak() -> None:
    with serving("english") as (port, process):
        speaking = wyoming(port)
        assert len(said(speaking, reply("今天辛苦了。", ZH))[0]) > 10_000
        assert "no voice that speaks Chinese" in str(speaking.trouble)
        said(speaking)
        assert told(process).startswith("whole test-en")


def test_without_espeak_a_server_speaks_alone_and_without_both_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as (port, _):
        monkeypatch.setenv("PATH", str(tmp_path))
        assert "Wyoming server" in wyoming(port).find()
    with pytest.raises(OutletError, match="sudo apt install espeak-ng"):
        voice()
    with pytest.raises(OutletError, match="no Wyoming server answers"):
        said(wyoming(port))


def test_a_wrong_lexicon_is_told_before_anything_is_said(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("[en]\nAnn\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="line 2: 'Ann'"):
        Voice(SpeechSettings(lexicon=tmp_path / "names.txt"))
