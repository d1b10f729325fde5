"""Speech in a sound file → voice sense → a real Wyoming server around pocketsphinx → a Reading of the text sense."""

from __future__ import annotations

import threading
import wave
from typing import TYPE_CHECKING, Self

import numpy as np
import pytest

from edge.affect import Reading, Sense
from edge.errors import SettingsError
from edge.runtime import Runtime
from edge.settings import load
from tests.broker import until
from tests.edge.perception.voice.sounds import needs_espeak, spoken, to_int16
from tests.edge.sensors.wyoming.servers import peer, running, transcribing

if TYPE_CHECKING:
    from pathlib import Path

SENTENCE = "I am very happy today"


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    """A sentence with a second of silence before it and three after it, 16 kHz."""
    sound = to_int16(spoken(SENTENCE, tmp_path, "-v", "en-us", "-s", "140"))
    noise = np.random.default_rng(0).normal(0, 5, len(sound) + 64_000).astype(np.int16)
    noise[16_000 : 16_000 + len(sound)] += sound // 2
    path = tmp_path / "speech.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(noise.tobytes())
    return path


class Run:
    """A runtime on a thread of its own; ``readings`` are those that it took."""

    def __init__(self, folder: Path, sound: Path, port: int, grants: str, **more: str) -> None:
        environment = {
            "RAPPORT_CONSENT__GRANTS": grants,
            "RAPPORT_MICROPHONE__SOURCE": str(sound),
            "RAPPORT_WORDS__SOURCE": f"wyoming://127.0.0.1:{port}",
            "RAPPORT_DEVICE__STATE_DIRECTORY": str(folder),
            "RAPPORT_CONSOLE__ENABLED": "false",
            "RAPPORT_SPEECH__ENGINE": "none",
        }
        self.runtime = Runtime(load(None, environment | more), repeat=True)
        self.readings: list[Reading] = []
        self._take = self.runtime._step
        self.runtime._step = self._step  # type: ignore[method-assign]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.runtime.run, args=(self._stop,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(20)

    def of(self, sense: Sense) -> list[Reading]:
        return [reading for reading in self.readings if reading.sense is sense]

    def _step(self, reading: Reading) -> None:
        self.readings.append(reading)
        self._take(reading)


@needs_espeak
def test_a_spoken_sentence_becomes_a_text_reading(tmp_path: Path, speech: Path) -> None:
    pytest.importorskip("pocketsphinx", reason="pocketsphinx is not installed: it has no wheel for this Python")
    pytest.importorskip("wyoming.event", reason="the wyoming package is not installed")
    with running("asr") as port, Run(tmp_path, speech, port, '["voice", "text"]') as run:
        until(lambda: bool(run.of(Sense.TEXT)))
    said = run.of(Sense.TEXT)[0]
    assert said.words is not None
    assert "happy" in said.words  # it need not get every word, but this one carries the meaning
    assert said.affect is not None
    assert said.affect.label == "happy"


@needs_espeak
@pytest.mark.parametrize("grants", ['["voice"]', '["text"]', "[]"])
def test_without_both_grants_no_sound_leaves(tmp_path: Path, speech: Path, grants: str) -> None:
    with peer(transcribing("never")) as server, Run(tmp_path, speech, server.port, grants) as run:
        if "voice" in grants:
            until(lambda: any(reading.affect is not None for reading in run.of(Sense.VOICE)))
            until(lambda: len(run.of(Sense.VOICE)) >= 12)  # the utterance is over
        elif "text" in grants:
            server.wait(lambda: "describe" in server.kinds())
            threading.Event().wait(1.0)
        else:
            threading.Event().wait(1.0)
    assert [kind for kind in server.kinds() if kind != "describe"] == []
    assert server.connections == int("text" in grants)
    assert not run.of(Sense.TEXT)


@needs_espeak
def test_without_a_push_no_sound_leaves_and_with_one_an_utterance_does(tmp_path: Path, speech: Path) -> None:
    grants = '["voice", "text"]'
    with (
        peer(transcribing("I am glad")) as server,
        Run(tmp_path, speech, server.port, grants, RAPPORT_WORDS__OPEN="push") as run,
    ):
        until(lambda: len(run.of(Sense.VOICE)) >= 12)
        assert set(server.kinds()) == {"describe"}
        run.runtime.listen()
        until(lambda: bool(run.of(Sense.TEXT)))
    assert "audio-chunk" in server.kinds()


def test_speech_to_text_without_a_microphone_is_refused(tmp_path: Path) -> None:
    environment = {
        "RAPPORT_WORDS__SOURCE": "wyoming://127.0.0.1:10300",
        "RAPPORT_DEVICE__STATE_DIRECTORY": str(tmp_path),
    }
    with pytest.raises(SettingsError, match=r"needs a microphone.*Set microphone\.source"):
        Runtime(load(None, environment))


def test_words_from_the_home_without_a_broker_are_refused(tmp_path: Path) -> None:
    environment = {"RAPPORT_WORDS__SOURCE": "mqtt", "RAPPORT_DEVICE__STATE_DIRECTORY": str(tmp_path)}
    with pytest.raises(SettingsError, match=r"there is no broker.*Set mqtt\.host"):
        Runtime(load(None, environment))
