from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.errors import OutletError
from edge.outlets.speech import ahead
from edge.outlets.speech.ahead import Ahead
from edge.outlets.speech.level import VOICES, Levels, levelled
from edge.outlets.speech.loudness import Loudness
from edge.outlets.speech.mouth import FRAME_S, Mouth
from edge.outlets.speech.synthesiser import Sound, silence
from edge.outlets.speech.trim import KEPT_S, MOST_S, Trim

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE = 16_000


def tone(level: float, seconds: float = 1.0, rate: int = RATE) -> Sound:
    wave = level * 32767 * np.sin(2 * np.pi * 300 * np.arange(round(seconds * rate)) / rate)
    return Sound(wave.astype(np.int16), rate)


def portions(sound: Sound, size: int = 500) -> Iterator[Sound]:
    for at in range(0, len(sound.samples), size):
        yield Sound(sound.samples[at : at + size], sound.rate)


def joined(sounds: Iterator[Sound] | list[Sound]) -> np.ndarray:
    return np.concatenate([sound.samples for sound in sounds])


def lufs(samples: np.ndarray) -> float:
    meter = Loudness(RATE)
    meter.push(samples)
    assert meter.integrated is not None
    return meter.integrated


def said(level: float, meter: Loudness, volume: float = 1.0) -> np.ndarray:
    return joined(levelled(portions(tone(level)), meter, -18.0, volume))


def test_a_quiet_and_a_loud_voice_are_heard_equally_loud_from_their_first_sentence() -> None:
    for level in (0.03, 0.2, 0.9):
        out = said(level, Loudness(RATE))
        assert len(out) == RATE
        assert lufs(out) == pytest.approx(-18.0, abs=0.3)


def test_the_volume_of_a_style_is_heard_and_teaches_nothing() -> None:
    meter = Loudness(RATE)
    assert lufs(said(0.2, meter, volume=0.5)) == pytest.approx(-24.0, abs=0.3)
    assert lufs(said(0.2, meter)) == pytest.approx(-18.0, abs=0.3)


def test_a_voice_that_was_heard_is_not_waited_for() -> None:
    meter, taken = Loudness(RATE), 0

    def counted() -> Iterator[Sound]:
        nonlocal taken
        for part in portions(tone(0.2, 3.0)):
            taken += 1
            yield part

    next(levelled(counted(), meter, -18.0, 1.0))
    assert taken > 30
    said(0.2, meter)
    taken = 0
    next(levelled(counted(), meter, -18.0, 1.0))
    assert taken == 1


def test_a_word_too_short_to_measure_is_said_all_the_same() -> None:
    out = joined(levelled(portions(tone(0.2, 0.2)), Loudness(RATE), -18.0, 1.0))
    assert len(out) == 0.2 * RATE
    assert np.abs(out).max() == pytest.approx(0.2 * 32767, rel=0.01)
    assert list(levelled(iter(()), Loudness(RATE), -18.0, 1.0)) == []


def test_the_meters_of_voices_are_bounded_and_the_oldest_goes() -> None:
    levels = Levels()
    first, second = levels.meter("a", RATE), levels.meter("b", RATE)
    for number in range(VOICES - 2):
        levels.meter(number, RATE)
    assert levels.meter("a", RATE) is first
    levels.meter("new", RATE)
    assert levels.meter("a", RATE) is first
    assert levels.meter("b", RATE) is not second


@pytest.mark.parametrize("size", [7, 480, 100_000])
def test_silence_around_a_sentence_goes_and_within_it_stays(size: int) -> None:
    inner = [tone(0.3, 0.5), silence(0.4, RATE), tone(0.3, 0.5)]
    whole = Sound(joined([silence(0.5, RATE), *inner, silence(0.6, RATE)]), RATE)
    trim = Trim(RATE)
    out = joined([*[trim.push(part) for part in portions(whole, size)], trim.flush()])
    assert len(out) == pytest.approx(1.4 * RATE + 2 * KEPT_S * RATE, abs=10)


def test_a_silence_without_end_is_not_held() -> None:
    trim = Trim(RATE)
    trim.push(tone(0.3, 0.1))
    given = sum(len(trim.push(silence(0.5, RATE)).samples) for _ in range(10))
    assert given == pytest.approx((5.0 - MOST_S) * RATE, abs=10)
    nothing = Trim(RATE)
    assert sum(len(nothing.push(silence(0.5, RATE)).samples) for _ in range(10)) + len(nothing.flush().samples) == 0


def test_sound_is_made_ahead_but_not_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "AHEAD_S", 1.0)
    made = threading.Semaphore(0)

    def sounds() -> Iterator[Sound]:
        for _ in range(50):
            made.release()
            yield silence(0.5, RATE)

    with Ahead(sounds()) as stream:
        for _ in range(3):
            assert made.acquire(timeout=10)
        assert not made.acquire(timeout=0.1)
        assert next(stream).seconds == 0.5
        assert made.acquire(timeout=10)
        assert sum(1 for _ in stream) == 49


def test_what_was_made_before_an_engine_failed_is_given_first() -> None:
    def sounds() -> Iterator[Sound]:
        yield silence(0.1, RATE)
        problem = "the engine is gone"
        raise OutletError(problem, "Find it")

    with Ahead(sounds()) as stream:
        assert next(stream).seconds == 0.1
        with pytest.raises(OutletError, match="is gone"):
            next(stream)


def test_a_closed_stream_gives_nothing_and_its_engine_ends() -> None:
    ended = threading.Event()

    def sounds() -> Iterator[Sound]:
        try:
            while True:
                yield silence(1.0, RATE)
        finally:
            ended.set()

    with Ahead(sounds()) as stream:
        next(stream)
        stream.close()
        assert list(stream) == []
        assert ended.wait(10)
        assert stream.join(10)


def test_the_mouth_opens_with_what_is_heard_when_it_is_heard() -> None:
    mouth = Mouth()
    assert mouth.opening() == 0.0
    mouth.hear(Sound(joined([tone(0.5, 0.2), silence(0.2, RATE), tone(0.02, 0.2)]), RATE))
    begin = mouth._frames[0][0]
    at = [mouth.opening(begin + round((frame + 0.5) * FRAME_S * 1e9)) for frame in range(17)]
    assert min(at[:5]) > 0.9
    assert max(at[5:10]) == 0.0
    assert all(0.05 < level < 0.5 for level in at[10:15])
    assert at[15:] == [0.0, 0.0]


def test_a_mouth_that_is_shut_stays_shut_and_is_bounded() -> None:
    mouth = Mouth()
    mouth.hear(tone(0.5, 10.0))
    assert mouth.opening() > 0.9
    mouth.hear(tone(0.5, 60.0))
    assert len(mouth._frames) == 1024
    mouth.shut()
    assert mouth.opening() == 0.0
