from __future__ import annotations

from typing import TYPE_CHECKING

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models, default_directory
from edge.errors import ModelError
from edge.perception.text.perceiver import TextPerceiver
from edge.perception.text.settings import TextSettings
from edge.safety.listening import NO_MODEL, Listening
from edge.sensors.signals import Utterance

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from edge.affect import Reading

WORDS = Utterance("I do not want to live any more", 5)


def test_with_a_model_it_is_the_text_sense() -> None:
    plain = TextPerceiver(TextSettings(), Models(default_directory(), Cpu()))
    plain.attach()
    listening = Listening(TextPerceiver(TextSettings(), Models(default_directory(), Cpu())))
    listening.attach()
    assert listening.perceive(WORDS) == plain.perceive(WORDS)


def test_without_a_model_the_words_are_carried_on_and_the_remedy_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listening = Listening(TextPerceiver(TextSettings(), Models(tmp_path, Cpu())))
    listening.attach()
    reading = listening.perceive(WORDS)
    assert reading is not None
    assert (reading.words, reading.affect, reading.reason) == (WORDS.words, None, NO_MODEL)
    assert "only heard for crisis talk" in (listening.condition() or "")
    assert "restore the folder" in caplog.text
    assert WORDS.words not in caplog.text


def test_an_inference_that_fails_does_not_lose_the_words(caplog: pytest.LogCaptureFixture) -> None:
    class Failing(TextPerceiver):
        fails = True

        def perceive(self, signal: Utterance) -> Reading:
            if not self.fails:
                return super().perceive(signal)
            raise ModelError(f"inference failed after {signal.captured_ns} ns", "Try again")  # noqa: EM102, TRY003

    failing = Failing(TextSettings(), Models(default_directory(), Cpu()))
    listening = Listening(failing)
    listening.attach()
    assert listening.condition() is None
    reading = listening.perceive(WORDS)
    assert reading is not None
    assert reading.words == WORDS.words
    assert "inference failed" in caplog.text
    assert "inference failed" in (listening.condition() or "")
    failing.fails = False
    listening.perceive(WORDS)
    assert listening.condition() is None
