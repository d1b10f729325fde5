from __future__ import annotations

import shutil
import stat
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.affect import EMOTIONS, Affect, Language, Reply, State
from edge.errors import OutletError
from edge.outlets import player
from edge.outlets.settings import SpeechSettings
from edge.outlets.speaker import Speaker
from tests.edge.outlets.sound import file_card, needs_aplay, needs_espeak, no_card, samples

if TYPE_CHECKING:
    from collections.abc import Iterator

Heard = list[tuple[Reply, int]]

needs_pulse = pytest.mark.skipif(
    not all(map(shutil.which, ("pulseaudio", "pactl"))), reason="pulseaudio is not installed"
)


def reply(text: str, *, crisis: bool = False, language: Language = Language.EN) -> Reply:
    return Reply(text, language, "crisis" if crisis else "reflect", time.monotonic_ns(), crisis=crisis)


def speaker(heard: Heard, **settings: object) -> Speaker:
    return Speaker(SpeechSettings.model_validate(settings), lambda said, at: heard.append((said, at)))


def hanging_player(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An ``aplay`` that takes no sound and does not end; the file exists once it runs."""
    running = directory / "running"
    program = directory / "aplay"
    program.write_text(f"#!/bin/sh\necho $$ > {running}.new; mv {running}.new {running}\nsleep 60\n")
    program.chmod(0o755)
    cards = directory / "cards"
    cards.write_text(" 0 [Device         ]: USB-Audio - a card\n")
    monkeypatch.setenv("PATH", str(directory), prepend=":")
    monkeypatch.setattr(player, "CARDS", cards)
    return running


def until(condition: object) -> None:
    assert callable(condition)
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@needs_espeak
@needs_aplay
def test_a_reply_is_heard_on_a_real_alsa_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = file_card(tmp_path, monkeypatch)
    heard: Heard = []
    voice = speaker(heard)
    voice.attach()
    said = reply("Good evening, how was your day?")
    voice.offer(said)
    voice.stop(within_s=20)
    assert voice.silent_because is None
    assert voice.failures == 0
    sound, _ = samples(out.read_bytes())
    assert np.abs(sound).max() > 0.05
    assert [item for item, _ in heard] == [said]
    assert said.captured_ns < heard[0][1] < time.monotonic_ns()
    assert not voice.speaking.is_set()


@needs_espeak
@needs_aplay
def test_speaking_is_set_when_sound_starts_and_cleared_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file_card(tmp_path, monkeypatch)
    during: list[bool] = []
    voice = Speaker(SpeechSettings(), lambda _said, _at: during.append(voice.speaking.is_set()))
    voice.attach()
    voice.offer(reply("One."))
    voice.offer(reply("Two.", language=Language.ZH))
    voice.stop(within_s=20)
    assert during == [True, True]
    assert not voice.speaking.is_set()


@needs_espeak
def test_without_a_card_replies_become_private_files_of_bounded_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_card(tmp_path, monkeypatch)
    directory = tmp_path / "replies"
    directory.mkdir()
    (directory / "holiday.wav").write_bytes(b"mine")
    heard: Heard = []
    voice = speaker(heard, wav_directory=directory, wav_files=2)
    voice.open()
    for text in ("One.", "Two.", "Three."):
        voice.deliver(reply(text))
    voice.close()
    assert voice.silent_because is not None
    files = sorted(directory.glob("reply-*.wav"))
    assert len(files) == 2
    assert voice.latest == files[-1]
    assert stat.S_IMODE(files[-1].stat().st_mode) == 0o600
    assert len(samples(files[-1].read_bytes())[0]) > 1000
    assert (directory / "holiday.wav").read_bytes() == b"mine"
    assert [item.text for item, _ in heard] == ["One.", "Two.", "Three."]


@needs_espeak
def test_the_usual_directory_lets_nobody_else_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_card(tmp_path, monkeypatch)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, second = speaker([]), speaker([])
    first.open()
    assert first.directory is not None
    assert stat.S_IMODE(first.directory.stat().st_mode) == 0o700
    first.directory.chmod(0o777)
    second.open()
    assert second.directory not in (None, first.directory)


@needs_espeak
def test_states_and_empty_replies_pass_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_card(tmp_path, monkeypatch)
    voice = speaker([], wav_directory=tmp_path / "replies")
    voice.attach()
    affect = Affect.of((1.0, *(0.0,) * (len(EMOTIONS) - 1)))
    voice.offer(State(0, None, affect, "no one is there", (), (), ()))
    voice.offer(reply("  "))
    voice.stop(within_s=20)
    assert list((tmp_path / "replies").iterdir()) == []
    assert voice.failures == 0


def test_without_an_engine_the_speaker_does_not_open_and_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutletError, match="sudo apt install espeak-ng"):
        speaker([]).attach()


def test_a_voice_that_is_switched_off_does_not_open() -> None:
    with pytest.raises(OutletError, match=r"speech\.engine"):
        speaker([], engine="none").attach()


@needs_espeak
def test_close_kills_a_player_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = hanging_player(tmp_path, monkeypatch)
    voice = speaker([])
    voice.attach()
    voice.offer(reply("This is never heard."))
    voice.offer(reply("Nor is this."))
    until(running.exists)
    process = int(running.read_text())
    assert Path(f"/proc/{process}").exists()
    voice.stop(within_s=0.01)
    until(lambda: not Path(f"/proc/{process}").exists())
    until(lambda: not voice.speaking.is_set())
    assert voice.failures == 0


@needs_espeak
def test_a_player_that_hangs_is_given_up_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = hanging_player(tmp_path, monkeypatch)
    monkeypatch.setattr(player, "GRACE_S", 0.1)
    voice = speaker([])
    voice.open()
    with pytest.raises(OutletError, match="hung"):
        voice.deliver(reply("Hi."))
    assert not Path(f"/proc/{int(running.read_text())}").exists()
    assert not voice.speaking.is_set()


@needs_espeak
@needs_aplay
def test_a_device_that_does_not_exist_is_an_error_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_card(tmp_path, monkeypatch)
    cards = tmp_path / "cards"
    cards.write_text(" 0 [Device         ]: USB-Audio - a card\n")
    monkeypatch.setattr(player, "CARDS", cards)
    voice = speaker([], device="nosuchdevice")
    voice.open()
    with pytest.raises(OutletError, match="aplay -L"):
        voice.deliver(reply("Hi."))


@needs_espeak
@needs_aplay
def test_a_crisis_reply_cuts_what_is_said_and_goes_before_what_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = hanging_player(tmp_path, monkeypatch)
    heard: Heard = []
    voice = speaker(heard)
    voice.attach()
    voice.offer(reply("A long story about the weather."))
    voice.offer(reply("Another one."))
    until(running.exists)
    (tmp_path / "aplay").unlink()  # from here on the real aplay is found
    out = file_card(tmp_path, monkeypatch)
    urgent = reply("Call 988.", crisis=True)
    voice.offer(urgent)
    voice.stop(within_s=20)
    assert [item for item, _ in heard] == [urgent]
    assert voice.dropped == 1
    assert len(samples(out.read_bytes())[0]) > 1000


@needs_espeak
def test_a_crisis_reply_is_not_begun_anew_while_it_is_spoken_or_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = hanging_player(tmp_path, monkeypatch)
    voice = speaker([])
    voice.attach()
    voice.offer(reply("Call 988.", crisis=True))
    until(running.exists)
    process = int(running.read_text())
    voice.offer(reply("Call 988.", crisis=True))
    assert voice.dropped == 1
    assert Path(f"/proc/{process}").exists()
    voice.offer(reply("请拨打 12356。", crisis=True, language=Language.ZH))
    voice.offer(reply("请拨打 12356。", crisis=True, language=Language.ZH))
    assert voice.dropped == 2
    assert Path(f"/proc/{process}").exists()
    voice.stop(within_s=0.01)


def ends(process: int) -> bool:
    return not Path(f"/proc/{process}").exists()


@needs_espeak
@needs_aplay
def test_whoever_speaks_cuts_what_is_said_and_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = hanging_player(tmp_path, monkeypatch)
    monkeypatch.setattr(player, "GRACE_S", 1000.0)  # nothing but the hush ends it
    heard: Heard = []
    voice = speaker(heard)
    voice.attach()
    voice.offer(reply("A long story about the weather."))
    voice.offer(reply("And another one."))
    until(running.exists)
    process = int(running.read_text())
    (tmp_path / "aplay").unlink()  # from here on the real aplay is found
    out = file_card(tmp_path, monkeypatch)
    voice.hush(time.monotonic_ns())
    until(lambda: ends(process))
    answer = reply("All right.")
    voice.offer(answer)
    voice.stop(within_s=20)
    assert [item for item, _ in heard] == [answer]
    assert voice.dropped == 1
    assert len(samples(out.read_bytes())[0]) > 1000


@needs_espeak
@pytest.mark.parametrize("what", ["crisis", "warn"])
def test_the_words_of_a_crisis_and_a_warning_are_said_to_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    running = hanging_player(tmp_path, monkeypatch)
    voice = speaker([])
    voice.attach()
    voice.offer(Reply("Stop now.", Language.EN, what, time.monotonic_ns(), crisis=what == "crisis"))
    until(running.exists)
    process = int(running.read_text())
    voice.hush(time.monotonic_ns())
    assert not ends(process)
    assert voice.dropped == 0
    voice.stop(within_s=0.01)


@needs_espeak
def test_an_answer_that_is_over_before_it_is_sound_is_not_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = hanging_player(tmp_path, monkeypatch)
    voice = speaker([])
    voice.attach()
    early = reply("Never said.")
    voice.hush(time.monotonic_ns())
    voice.offer(early)
    until(lambda: voice.dropped == 1)
    voice.stop(within_s=5)
    assert not running.exists()


LONG = "This is the first sentence of a long story. " + "And here it goes on and on about the weather. " * 12


class PulseCard:
    """A real PulseAudio with a sink that takes sound as fast as it is heard, as the default ALSA device."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        home = directory / "pulse"
        home.mkdir(mode=0o700)
        (home / "pulse.pa").write_text(
            "load-module module-native-protocol-unix auth-anonymous=1\n"
            "load-module module-null-sink sink_name=room rate=22050 channels=1\n"
            "set-default-sink room\n"
        )
        config = directory / "pulse.conf"
        config.write_text("pcm.!default { type pulse }\nctl.!default { type pulse }\n")
        for name in ("PULSE_SERVER", "PULSE_LATENCY_MSEC"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"HOME": home, "XDG_RUNTIME_DIR": home, "ALSA_CONFIG_PATH": config}.items():
            monkeypatch.setenv(name, str(value))
        command = ["pulseaudio", "-n", "-F", str(home / "pulse.pa"), "--daemonize=no", "--exit-idle-time=-1"]
        self.process = subprocess.Popen([*command, "--use-pid-file=no"], stderr=subprocess.DEVNULL)
        until(lambda: "room" in _pactl("list", "short", "sinks"))

    def playing(self) -> bool:
        return bool(_pactl("list", "short", "sink-inputs").strip())

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def _pactl(*what: str) -> str:
    return subprocess.run(["pactl", *what], capture_output=True, text=True, check=False).stdout


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PulseCard]:
    made = PulseCard(tmp_path, monkeypatch)
    yield made
    made.close()


@needs_espeak
@needs_aplay
@needs_pulse
def test_a_hush_ends_a_streamed_reply_in_the_middle_and_drops_its_other_sentences(card: PulseCard) -> None:
    heard: Heard = []
    voice = speaker(heard)
    voice.attach()
    voice.offer(reply(LONG))
    until(lambda: heard and card.playing())
    assert voice.speaking.is_set()
    made = voice._stream
    assert made is not None
    voice.hush(time.monotonic_ns())
    assert list(made) == []  # at once, and not at the end of the part that sounds
    until(lambda: not card.playing() and not voice.speaking.is_set())
    assert made.join(10)
    assert voice.mouth() == 0.0
    answer = reply("All right.")
    voice.offer(answer)
    voice.stop(within_s=20)
    assert [item.text for item, _ in heard] == [LONG, answer.text]
    assert voice.failures == 0


@needs_espeak
@needs_aplay
@needs_pulse
def test_a_crisis_reply_goes_before_a_streamed_one_and_is_not_hushed(card: PulseCard) -> None:
    heard: Heard = []
    voice = speaker(heard)
    voice.attach()
    voice.offer(reply(LONG))
    until(lambda: heard)
    urgent = reply("Call 988. " * 3, crisis=True)
    voice.offer(urgent)
    until(lambda: len(heard) == 2)
    voice.hush(time.monotonic_ns() + 10**12)
    assert card.playing()
    voice.stop(within_s=30)
    assert [item for item, _ in heard][1:] == [urgent]
    assert voice.failures == 0


@needs_espeak
@needs_aplay
@needs_pulse
def test_the_mouth_moves_while_something_is_said_and_two_replies_never_overlap(card: PulseCard) -> None:
    heard: Heard = []
    voice = speaker(heard)
    voice.attach()
    voice.offer(reply("One two three four."))
    voice.offer(reply("Five six seven eight."))
    openings, inputs = set[float](), set[int]()
    while not (len(heard) == 2 and not voice.speaking.is_set()):
        openings.add(voice.mouth())
        inputs.add(len(_pactl("list", "short", "sink-inputs").splitlines()))
    voice.stop(within_s=20)
    assert len(openings) > 5
    assert max(openings) > 0.6
    assert all(0.0 <= opening <= 1.0 for opening in openings)
    assert inputs <= {0, 1}
    assert card.process.poll() is None


@needs_espeak
@needs_aplay
@needs_pulse
def test_a_sound_card_that_is_lost_in_the_middle_loses_no_reply_and_is_told(
    card: PulseCard, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heard: Heard = []
    voice = speaker(heard, wav_directory=tmp_path / "replies")
    voice.attach()
    voice.offer(reply(LONG))
    until(lambda: heard)
    card.process.kill()
    until(lambda: voice.latest is not None)
    assert voice.latest is not None
    assert len(samples(voice.latest.read_bytes())[0]) > 10 * 22_050
    until(lambda: voice.failures == 1)
    until(lambda: "aplay cannot play on 'default'" in caplog.text)
    voice.offer(reply("Still here."))
    voice.stop(within_s=20)
    assert len(list((tmp_path / "replies").iterdir())) == 2


def test_a_full_queue_never_drops_a_crisis_reply_for_an_ordinary_one() -> None:
    voice = speaker([])
    urgent = reply("Call 988.", crisis=True)
    voice.offer(urgent)
    for number in range(10):
        voice.offer(reply(f"Reply {number}."))
    waiting = [item for _, item in voice._items]
    assert urgent in waiting
    assert len(waiting) == voice.capacity
    assert voice.dropped == 7
