"""The face beside the real voice: espeak-ng, played on a real ALSA device, or written to files where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.outlets.avatar.lips import from_sound
from edge.outlets.settings import SpeechSettings
from edge.outlets.speaker import Speaker
from tests.broker import until
from tests.edge.outlets.avatar.samples import reply
from tests.edge.outlets.avatar.test_outlet import avatar, label
from tests.edge.outlets.sound import file_card, needs_aplay, needs_espeak, no_card

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from edge.affect import Reply

SENTENCE = reply("That sounds like a long day, and a good one.")


def spoken(settings: SpeechSettings) -> tuple[str, str, float]:
    """What is told of the face at the first sound and when all is said, and how long the lips would move."""
    face = avatar()
    at_first_sound: list[str] = []

    def on_sound(said: Reply, at_ns: int) -> None:
        face.sounds(said, at_ns)
        at_first_sound.append(label(face))

    speaker = Speaker(settings, on_sound=on_sound)
    face.voice = speaker
    speaker.attach()
    try:
        face.deliver(SENTENCE)
        assert "speaking" not in label(face), "the sound is not there yet"
        speaker.offer(SENTENCE)
        until(lambda: bool(at_first_sound))
        until(lambda: "speaking" not in label(face))
    finally:
        speaker.stop()
    return at_first_sound[0], label(face), face._lips.end


@needs_espeak
@needs_aplay
def test_the_lips_move_while_the_sound_card_is_fed_and_rest_when_it_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_card(tmp_path, monkeypatch)  # it takes the sound at once: far sooner than the lips would have come to an end
    first, last, _ = spoken(SpeechSettings())
    assert first == "The face of Hall: calm, speaking"
    assert last == "The face of Hall: calm"


@needs_espeak
def test_without_a_card_the_lips_follow_the_file_that_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_card(tmp_path, monkeypatch)
    read: list[int] = []

    def measured(wav: bytes) -> object:
        read.append(len(wav))
        return from_sound(wav)

    monkeypatch.setattr("edge.outlets.avatar.outlet.from_sound", measured)
    first, _, lasted = spoken(SpeechSettings(wav_directory=tmp_path / "spoken"))
    assert first.endswith("speaking")
    (written,) = (tmp_path / "spoken").glob("*.wav")
    assert read == [written.stat().st_size]
    assert 1.5 < lasted < 6
