"""The outlet: what it follows, when it draws, and that it does nothing while nobody looks."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from edge.affect import Alertness, Emotion, Language, Look, Sense, Stage
from edge.cli.bench.broker import free_port
from edge.errors import OutletError
from edge.outlets.avatar import outlet as module
from edge.outlets.avatar import raster
from edge.outlets.avatar.motion import Motion
from edge.outlets.avatar.outlet import Avatar
from edge.outlets.avatar.settings import AvatarSettings
from edge.outlets.outlet import Notice, Portrait
from tests.edge.outlets.avatar.samples import reply, state
from tests.edge.outlets.avatar.test_lips import wav

if TYPE_CHECKING:
    from pathlib import Path


class Spoken:
    """The voice at the boundary that the face knows of."""

    def __init__(self, *, working: bool = True) -> None:
        self.speaking = threading.Event()
        self.working = working
        self.latest: Path | None = None
        self.silent_because: str | None = None


def avatar(voice: Spoken | None = None, **changes: object) -> Avatar:
    settings = AvatarSettings.model_validate({"enabled": True, "port": 0, "image_interval_s": 1, "size": 32, **changes})
    face = Avatar(settings, name="Hall", language=Language.EN, words_per_minute=165)
    face.voice = voice
    return face


def label(face: Avatar) -> str:
    return face.frame("light", still=True).label


def test_it_follows_state_and_reply_and_says_so_in_words() -> None:
    face = avatar()
    assert label(face) == "The face of Hall: calm"
    face.deliver(state(Emotion.HAPPY))
    assert label(face) == "The face of Hall: smiling"
    face.deliver(reply("听起来很不容易。", language=Language.ZH, look=Look(inner_brows=0.6)))
    assert label(face) == "Hall的脸：关切，正在说话"
    assert face.frame("light", still=True).language == "zh"


def test_while_nobody_looks_and_no_picture_is_wanted_nothing_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    worked: list[str] = []
    for name in ("shapes", "colours", "svg", "told", "still"):
        monkeypatch.setattr(module, name, lambda *_a, _name=name, **_k: worked.append(_name))
    monkeypatch.setattr(Motion, "at", lambda *_: worked.append("at"))
    monkeypatch.setattr(raster, "png", lambda *_a, **_k: worked.append("png"))
    face = avatar(port=free_port())
    before = threading.active_count()
    face.attach()
    standing = threading.active_count()
    for _ in range(500):
        face.deliver(state(Emotion.HAPPY))
        face.deliver(state(Emotion.SAD))
    face.deliver(reply())
    assert worked == []
    assert (standing - before, threading.active_count() - before) == (2, 2), "one waits for items, one for pages"
    face.stop()


def test_pictures_are_made_when_they_differ_and_not_more_often_than_wanted() -> None:
    made: list[Portrait] = []
    face = avatar(image_interval_s=3600)
    face.publish = made.append
    for emotion in (Emotion.HAPPY, Emotion.SAD, Emotion.HAPPY):
        face.deliver(state(emotion))
    assert len(made) == 1
    assert made[0].png.startswith(b"\x89PNG")


def test_without_anything_to_draw_with_the_rest_goes_on_and_the_remedy_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    monkeypatch.setattr("edge.outlets.avatar.raster.find_spec", lambda _name: None)
    made: list[Portrait] = []
    face = avatar()
    face.publish = made.append
    face.attach()
    face.offer(state(Emotion.SAD))
    face.stop()
    assert "pip install 'rapport-edge[avatar]'" in caplog.text
    assert (made, face.failures) == ([], 0)
    with pytest.raises(OutletError, match="resvg-py is not installed"):
        face.png("light")


def test_whom_it_does_not_concern_passes_it_by() -> None:
    face = avatar()
    face.offer(Notice("settings: nothing has changed"))
    assert not face._items


def test_a_driver_is_seen_and_nothing_is_inferred_from_it() -> None:
    face = avatar(sleep_after_s=1)
    face._bearing._seen_at -= 100
    assert label(face).endswith("asleep")
    face.deliver(Alertness(1, Stage.DROWSY, "eyes shut for 40 % of a minute"))
    assert label(face).endswith("calm")


def test_a_withdrawn_consent_takes_the_look_with_it() -> None:
    face = avatar()
    face.deliver(state(Emotion.HAPPY))
    face.forget(Sense.FACE)
    assert label(face).endswith("calm")


def test_lips_wait_for_the_first_sound_of_a_voice_that_works() -> None:
    voice = Spoken()
    face = avatar(voice)
    told: list[int] = []
    on_sound = face.beside(lambda _reply, at_ns: told.append(at_ns))
    answer = reply("A rather long sentence, so that there is time.")
    face.deliver(answer)
    assert "speaking" not in label(face)
    voice.speaking.set()
    now_ns = time.monotonic_ns()
    on_sound(answer, now_ns)
    assert told == [now_ns]
    assert label(face).endswith("speaking")
    voice.speaking.clear()
    assert "speaking" not in label(face), "the sound was cut, and so are the lips"


class Sounding(Spoken):
    """A voice that knows how loud it is."""

    loudness = 0.0

    def mouth(self) -> float:
        return self.loudness


def test_lips_follow_the_loudness_of_a_voice_that_knows_it() -> None:
    voice = Sounding()
    face = avatar(voice)
    voice.speaking.set()
    now = time.monotonic()
    face.sounds(reply("aaa " * 100), time.monotonic_ns() - 10**9)

    def opened(loudness: float, at: float) -> float:
        voice.loudness = loudness
        face._face(at)
        return face._face(at + 0.5).look.mouth

    assert opened(0.0, now + 1) == pytest.approx(0, abs=0.01)
    assert opened(1.0, now + 2) > 0.6
    assert opened(0.0, now + 3) == pytest.approx(0, abs=0.01)


def test_a_voice_that_says_more_than_was_thought_keeps_the_lips_moving() -> None:
    voice = Spoken()
    face = avatar(voice)
    voice.speaking.set()
    long_ago = time.monotonic_ns() - 60 * 10**9
    face.sounds(reply("Hm."), long_ago)
    assert label(face).endswith("speaking")


def test_without_a_voice_the_lips_move_when_the_reply_comes() -> None:
    for voice in (None, Spoken(working=False)):
        face = avatar(voice)
        face.deliver(reply())
        assert label(face).endswith("speaking")


def test_a_sound_in_a_file_moves_the_lips_by_its_loudness(tmp_path: Path) -> None:
    import numpy as np

    voice = Spoken()
    voice.silent_because = "there is no sound card"
    voice.latest = tmp_path / "reply.wav"
    voice.latest.write_bytes(wav(np.zeros(16_000 * 20)))
    face = avatar(voice)
    face.sounds(reply("Hm."), time.monotonic_ns())
    assert face._lips.end > 19
    voice.latest.write_bytes(b"no sound")
    face.sounds(reply("Hm."), time.monotonic_ns())
    assert face._lips.end < 2, "the text stands in"


def test_other_settings_are_taken_while_it_runs() -> None:
    face = avatar()
    face.deliver(state(Emotion.SAD))
    calm = face.frame("light", still=True)
    face.adopt(AvatarSettings(port=0, colour="sage", manner="mirror"), 200)
    assert label(face).endswith("unhappy")
    assert face.frame("light", still=True).ground != calm.ground
