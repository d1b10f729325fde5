from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models, default_directory
from edge.affect import EMOTIONS, Sense
from edge.errors import InputError, ModelError
from edge.perception.voice.perceiver import VoicePerceiver
from edge.perception.voice.settings import VoiceSettings
from edge.sensors.signals import AudioChunk
from tests.edge.perception.counting import Counting
from tests.edge.perception.voice.sounds import RATE, harmonics, needs_espeak, quiet, spoken, to_int16, white

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.affect import Reading

HOP = 8000
SENTENCE = "I really did not expect to see you here today, what a surprise"


@pytest.fixture
def voice() -> Iterator[VoicePerceiver]:
    perceiver = VoicePerceiver(VoiceSettings(), Models(default_directory(), Cpu()))
    perceiver.attach()
    yield perceiver
    perceiver.stop()


def readings(voice: VoicePerceiver, sound: NDArray[np.float64], size: int = HOP) -> list[Reading]:
    """The Readings of ``sound`` in chunks of ``size`` samples; a chunk's time is that of its last sample."""
    samples = to_int16(sound)
    found = []
    for start in range(0, len(samples), size):
        chunk = samples[start : start + size]
        reading = voice.perceive(AudioChunk(chunk, (start + len(chunk)) * 1_000_000_000 // RATE))
        if reading is not None:
            found.append(reading)
    return found


@needs_espeak
def test_speech_gives_a_distribution_cues_and_quality(voice: VoicePerceiver, tmp_path: Path) -> None:
    reading = readings(voice, spoken(SENTENCE, tmp_path, "-v", "en"))[-1]
    assert reading.sense is Sense.VOICE
    assert reading.affect is not None
    assert len(reading.affect.probabilities) == len(EMOTIONS)
    assert sum(reading.affect.probabilities) == pytest.approx(1.0)
    assert 0.3 < reading.quality <= 1.0
    assert {cue.name for cue in reading.cues} == {"pitch", "pitch range", "energy", "speech rate", "pauses"}
    assert reading.reason is None


@needs_espeak
def test_a_reading_comes_at_each_half_second_with_the_time_of_the_chunk(voice: VoicePerceiver, tmp_path: Path) -> None:
    found = readings(voice, spoken(SENTENCE, tmp_path, "-v", "en"), size=1600)
    steps = np.diff([reading.captured_ns for reading in found])
    assert (steps == 500_000_000).all()
    assert readings(voice, quiet(0.2)) == []


@needs_espeak
def test_it_gets_used_to_a_voice_until_the_sense_stops(voice: VoicePerceiver, tmp_path: Path) -> None:
    sound = spoken(SENTENCE, tmp_path, "-v", "en")

    def told() -> tuple[float, ...]:
        affect = readings(voice, sound)[-1].affect
        assert affect is not None
        return affect.probabilities

    first = told()
    for _ in range(5):
        voice.forget()  # the sound, not the voice
        again = told()
    assert max(abs(a - b) for a, b in zip(first, again, strict=True)) > 0.02
    voice.stop()
    voice.attach()
    assert told() == pytest.approx(first, abs=1e-6)


@needs_espeak
def test_a_whole_recording_is_told_as_a_strangers(voice: VoicePerceiver, tmp_path: Path) -> None:
    samples = to_int16(spoken(SENTENCE, tmp_path, "-v", "en"))
    assert voice.perceive_whole(samples, 0) == voice.perceive_whole(samples, 0)


@needs_espeak
def test_one_chunk_and_many_give_the_same_reading(voice: VoicePerceiver, tmp_path: Path) -> None:
    sound = spoken(SENTENCE, tmp_path, "-v", "en")[: 5 * HOP]
    once = voice.perceive(AudioChunk(to_int16(sound), 0))
    voice.forget()
    many = readings(voice, sound)[-1]
    assert once is not None
    assert once.affect is not None
    assert many.affect is not None
    np.testing.assert_allclose(once.affect.probabilities, many.affect.probabilities, atol=0.02)


@needs_espeak
def test_loudness_alone_does_not_decide(voice: VoicePerceiver, tmp_path: Path) -> None:
    words = spoken(SENTENCE, tmp_path, "-v", "en")
    sound = words + white(len(words) / RATE + 1, 0.002)[: len(words)]
    loud, soft = (voice.perceive_whole(to_int16(sound * level), 0) for level in (0.8, 0.1))
    assert loud.affect is not None
    assert soft.affect is not None
    np.testing.assert_allclose(loud.affect.probabilities, soft.affect.probabilities, atol=0.1)
    levels = [next(cue.value for cue in reading.cues if cue.name == "energy") for reading in (loud, soft)]
    assert levels[0] - levels[1] == pytest.approx(18.1, abs=1.0)


@needs_espeak
def test_a_shouting_pace_arouses_more_than_a_slow_low_voice(voice: VoicePerceiver, tmp_path: Path) -> None:
    lively = voice.perceive_whole(to_int16(spoken(SENTENCE, tmp_path, "-v", "en+f3", "-s", "220", "-p", "99")), 0)
    calm = voice.perceive_whole(to_int16(spoken(SENTENCE, tmp_path, "-v", "en+f3", "-s", "100", "-p", "5")), 0)
    assert lively.affect is not None
    assert calm.affect is not None
    assert lively.affect.arousal > calm.affect.arousal + 0.1


@needs_espeak
def test_words_that_end_early_in_a_long_recording_are_still_heard(voice: VoicePerceiver, tmp_path: Path) -> None:
    sound = np.concatenate([spoken(SENTENCE, tmp_path, "-v", "en"), quiet(12.0)])
    assert voice.perceive_whole(to_int16(sound), 7).affect is not None


@pytest.mark.parametrize("sound", [quiet(3.0), white(3.0, 0.05), quiet(0.0)], ids=["silence", "noise", "nothing"])
def test_without_speech_it_abstains_and_says_so(voice: VoicePerceiver, sound: NDArray[np.float64]) -> None:
    reading = voice.perceive_whole(to_int16(sound), 5)
    assert (reading.affect, reading.reason, reading.captured_ns, reading.quality) == (None, "no speech", 5, 0.0)
    assert reading.cues == ()


@needs_espeak
def test_a_short_word_is_too_short(voice: VoicePerceiver, tmp_path: Path) -> None:
    reading = voice.perceive_whole(to_int16(spoken("no", tmp_path, "-v", "en", "-s", "200")), 0)
    assert (reading.affect, reading.reason) == (None, "too short")


@needs_espeak
def test_clipped_speech_abstains_and_a_little_clipping_lowers_quality(voice: VoicePerceiver, tmp_path: Path) -> None:
    sound = spoken(SENTENCE, tmp_path, "-v", "en")
    sound /= np.abs(sound).max()
    assert voice.perceive_whole(to_int16(sound * 20), 0).reason == "clipped"
    slightly = voice.perceive_whole(to_int16(sound * 2), 0)
    assert slightly.reason is None
    assert 0.0 < slightly.quality < voice.perceive_whole(to_int16(sound * 0.9), 0).quality


@needs_espeak
def test_noise_lowers_quality_until_it_abstains(voice: VoicePerceiver, tmp_path: Path) -> None:
    sound = spoken(SENTENCE, tmp_path, "-v", "en") * 0.5
    hiss = white(len(sound) / RATE + 1, float(sound.std()))[: len(sound)]
    qualities = [voice.perceive_whole(to_int16(sound + hiss * part), 0).quality for part in (0.003, 0.2, 0.4)]
    assert qualities[0] > qualities[1] > qualities[2]
    drowned = voice.perceive_whole(to_int16(sound * 0.3 + hiss * 0.6), 0)
    assert drowned.affect is None
    assert drowned.reason in {"too noisy", "too short", "no speech"}


@needs_espeak
def test_too_noisy_is_what_the_settings_call_so(tmp_path: Path) -> None:
    strict = VoicePerceiver(VoiceSettings(minimum_snr_db=25.0), Models(default_directory(), Cpu()))
    strict.attach()
    words = spoken(SENTENCE, tmp_path, "-v", "en")
    sound = words + white(len(words) / RATE + 1, float(words.std()) / 10)[: len(words)]
    assert strict.perceive_whole(to_int16(sound), 0).reason == "too noisy"


@needs_espeak
def test_a_gap_breaks_continuity(voice: VoicePerceiver, tmp_path: Path) -> None:
    readings(voice, spoken(SENTENCE, tmp_path, "-v", "en"))
    after = voice.perceive(AudioChunk(to_int16(quiet(0.6)), 9, gap=True))
    assert after is not None
    assert after.reason == "no speech"


@needs_espeak
def test_the_model_runs_once_a_hop_with_speech_and_never_without(tmp_path: Path) -> None:
    accelerator = Counting()
    voice = VoicePerceiver(VoiceSettings(), Models(default_directory(), accelerator))
    voice.attach()
    accelerator.invocations = 0  # the golden vector
    for sound in (quiet(5.0), white(5.0, 0.05), harmonics(100.0, 5.0)):
        voice.forget()
        assert {reading.reason for reading in readings(voice, sound)} == {"no speech"}
    assert accelerator.invocations == 0
    voice.forget()
    found = readings(voice, np.concatenate([spoken(SENTENCE, tmp_path, "-v", "en"), quiet(5.0)]))
    heard = [reading for reading in found if reading.affect is not None]
    assert 0 < len(heard) < len(found)
    assert accelerator.invocations == len(heard)


def test_an_empty_chunk_says_nothing(voice: VoicePerceiver) -> None:
    assert voice.perceive(AudioChunk(np.zeros(0, np.int16), 1)) is None


@pytest.mark.parametrize("samples", [np.zeros(8000, np.float32), np.zeros((8000, 2), np.int16)])
def test_sound_of_another_kind_is_refused_by_name(voice: VoicePerceiver, samples: NDArray[np.int16]) -> None:
    with pytest.raises(InputError, match=r"wanted are \(n,\) and int16"):
        voice.perceive(AudioChunk(samples, 1))
    with pytest.raises(InputError, match=r"wanted are \(n,\) and int16"):
        voice.perceive_whole(samples, 1)


def test_without_its_model_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model card"):
        VoicePerceiver(VoiceSettings(), Models(tmp_path, Cpu())).attach()


@needs_espeak
def test_stopped_it_has_forgotten_and_can_start_again(voice: VoicePerceiver, tmp_path: Path) -> None:
    readings(voice, spoken(SENTENCE, tmp_path, "-v", "en"))
    voice.stop()
    voice.attach()
    found = readings(voice, quiet(1.0))
    assert [reading.reason for reading in found] == ["no speech"] * len(found)
    assert found


@needs_espeak
def test_memory_does_not_grow_over_hundreds_of_hops(voice: VoicePerceiver, tmp_path: Path) -> None:
    sound = to_int16(spoken(SENTENCE, tmp_path, "-v", "en"))
    chunks = [AudioChunk(sound[i : i + HOP], i) for i in range(0, 5 * HOP, HOP)]

    def listen(times: int) -> None:
        for _ in range(times):
            for chunk in chunks:
                voice.perceive(chunk)

    listen(4)
    tracemalloc.start()
    listen(4)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    listen(40)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 50_000
