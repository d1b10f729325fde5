from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.errors import SensorError
from edge.sensors.opening import Gate
from edge.sensors.signals import AudioChunk
from edge.sensors.wake import WakeWord
from tests.edge.perception.voice.sounds import needs_espeak, spoken, to_int16

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CHUNK = AudioChunk(np.arange(100, dtype=np.int16), 1)


class Word:
    """A wake word that is heard in a chunk of 100 samples at ``at``."""

    def __init__(self, at: int | None) -> None:
        self.at = at
        self.calls: list[str] = []

    def attach(self) -> None:
        self.calls.append("attach")

    def hear(self, samples: NDArray[np.int16]) -> int | None:
        self.calls.append(f"hear {len(samples)}")
        return self.at

    def stop(self) -> None:
        self.calls.append("stop")


def test_always_admits_everything() -> None:
    assert Gate(always=True, open_s=8.0).admit(CHUNK, speaking=False) is CHUNK


def test_without_a_push_nothing_is_admitted_and_with_one_all_until_it_is_shut() -> None:
    gate = Gate(always=False, open_s=8.0)
    assert gate.admit(CHUNK, speaking=False) is None
    gate.push()
    assert gate.admit(CHUNK, speaking=False) is CHUNK
    gate.shut()
    assert gate.admit(CHUNK, speaking=False) is None


def test_a_push_runs_out_but_not_within_an_utterance() -> None:
    gate = Gate(always=False, open_s=0.001)
    gate.push()
    threading.Event().wait(0.01)
    assert gate.admit(CHUNK, speaking=True) is CHUNK
    assert gate.admit(CHUNK, speaking=False) is None


def test_the_wake_word_admits_what_follows_it() -> None:
    word = Word(None)
    gate = Gate(always=False, open_s=8.0, wake=word)
    gate.attach()
    assert gate.admit(CHUNK, speaking=False) is None
    word.at = 60
    admitted = gate.admit(CHUNK, speaking=False)
    assert admitted is not None
    assert list(admitted.samples) == list(range(60, 100))
    assert gate.admit(CHUNK, speaking=False) is CHUNK
    gate.stop()
    assert word.calls == ["attach", "hear 100", "hear 100", "stop"]
    assert gate.admit(CHUNK, speaking=False) is not CHUNK


def test_a_wake_word_at_the_very_end_opens_for_the_next_chunk() -> None:
    gate = Gate(always=False, open_s=8.0, wake=Word(100))
    assert gate.admit(CHUNK, speaking=False) is None
    assert gate.admit(CHUNK, speaking=False) is CHUNK


def test_without_the_package_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymicro_wakeword", None)
    with pytest.raises(SensorError, match=r"rapport-edge\[wake\]"):
        WakeWord("okay_nabu").attach()


@needs_espeak
def test_a_packaged_model_hears_its_word_and_no_other(tmp_path: Path) -> None:
    pytest.importorskip("pymicro_wakeword", reason="the extra wake is not installed")
    lead = np.zeros(16_000, np.int16)
    word = WakeWord("okay_nabu")
    word.attach()
    try:
        for words, wanted in (("hey mister postman", False), ("okay nabu", True), ("the weather is fine", False)):
            sound = np.concatenate((lead, to_int16(spoken(words, tmp_path, "-v", "en-us", "-s", "140")), lead))
            heard = [word.hear(sound[start : start + 8000]) for start in range(0, len(sound), 8000)]
            assert [at for at in heard if at is not None] != [] if wanted else heard == [None] * len(heard), words
    finally:
        word.stop()
