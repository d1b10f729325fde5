"""``rapport record`` and ``rapport replay`` as a user types them."""

from __future__ import annotations

import json
import os
import pty
import signal
import stat
import subprocess
import time
import wave
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.edge.cli.conftest import Rapport

SAID = "I am so happy about my secret, this is wonderful!"


def settings(folder: Path, *, grants: str = '["text"]', more: str = "") -> Path:
    path = folder / "device.toml"
    words = folder / "words.lrc"
    words.write_text(f"[00:00.20]{SAID}\n[00:01.20]我太难过了，一直在哭\n", encoding="utf-8")
    path.write_text(
        f'[device]\nid = "test"\nlog_level = "warning"\n[consent]\ngrants = {grants}\n'
        f'[words]\nsource = "{words}"\n{more}',
        encoding="utf-8",
    )
    return path


def test_a_recording_is_loud_private_and_replays_bit_for_bit(rapport: Rapport, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    done = rapport("record", settings(tmp_path), "-o", path, "--yes")
    assert done.returncode == 0, done.stderr
    assert f"RECORDING for development: what is perceived (text) is written to {path}." in done.stderr
    assert "正在为开发而录制" in done.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "secret" not in path.read_text(encoding="utf-8")
    again = rapport("replay", path)
    assert again.returncode == 0, again.stderr
    assert "the same, bit for bit" in again.stdout


def test_a_difference_is_exit_1_and_a_foreign_file_exit_2(rapport: Rapport, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rapport("record", settings(tmp_path), "-o", path, "--yes")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    number = next(n for n, text in enumerate(lines) if '"label":"sad"' in text)
    lines[number] = lines[number].replace('"label":"sad"', '"label":"fear"')
    path.write_text("".join(lines), encoding="utf-8")
    done = rapport("replay", path, "--compare")
    assert done.returncode == 1
    assert f"line {number + 1}: the State's label is 'sad' where 'fear' was recorded" in done.stdout
    assert "DIFFERENT: 1 of them" in done.stdout
    *states, verdict = map(json.loads, rapport("replay", path, "--json").stdout.splitlines())
    assert verdict["verdict"]["differing"] == 1
    assert sum(state["difference"] is not None for state in states) == 1
    foreign = rapport("replay", tmp_path / "words.lrc")
    assert foreign.returncode == 2
    assert "this is no recording of Rapport" in foreign.stderr


def test_nothing_is_recorded_unless_everybody_agrees(rapport: Rapport, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    done = subprocess.run(
        rapport.command("record", settings(tmp_path), "-o", path),
        env=rapport.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "--yes" in done.stderr
    assert not path.exists()


@pytest.mark.parametrize(("typed", "code"), [("record\n", 0), ("yes\n", 1)])
def test_on_a_terminal_the_word_is_asked_for(rapport: Rapport, tmp_path: Path, typed: str, code: int) -> None:
    leader, follower = pty.openpty()
    try:
        os.write(leader, typed.encode())
        done = subprocess.run(
            rapport.command("record", settings(tmp_path), "-o", tmp_path / "a"),
            env=rapport.environment,
            stdin=follower,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        os.close(leader)
        os.close(follower)
    assert "Type 'record' if everybody" in done.stderr
    assert done.returncode == code


def test_a_sense_without_a_grant_is_named(rapport: Rapport, tmp_path: Path) -> None:
    done = rapport("record", settings(tmp_path, grants="[]"), "-o", tmp_path / "a", "--yes")
    assert done.returncode == 1
    assert "rapport consent grant text" in done.stderr
    assert not (tmp_path / "a").exists()


def test_words_and_raw_media_need_a_consent_of_their_own(rapport: Rapport, tmp_path: Path) -> None:
    config, path = settings(tmp_path), tmp_path / "a"
    done = rapport("record", config, "-o", path, "--yes", "--words")
    assert done.returncode == 1
    assert "rapport consent grant text --for recording" in done.stderr
    camera = '[camera]\nsource = "never-opened.avi"\n'
    config = settings(tmp_path, grants='["text", "face"]', more=camera)
    done = rapport("record", config, "-o", path, "--yes", "--raw", tmp_path / "raw")
    assert done.returncode == 1
    assert "rapport consent grant face --for recording" in done.stderr
    assert not path.exists()
    config = settings(tmp_path)
    assert rapport("consent", "grant", "text", "--for", "recording", "--config", config).returncode == 0
    done = rapport("record", config, "-o", path, "--yes", "--words")
    assert done.returncode == 0, done.stderr
    assert "What is said is kept word for word." in done.stderr
    assert "secret" in path.read_text(encoding="utf-8")
    assert rapport("replay", path).returncode == 0


def test_where_others_may_be_in_the_picture_words_are_never_kept(rapport: Rapport, tmp_path: Path) -> None:
    config = settings(tmp_path, more='[safety]\ncontext = "social"\n')
    rapport("consent", "grant", "text", "--for", "recording", "--config", config)
    done = rapport("record", config, "-o", tmp_path / "a", "--yes", "--words")
    assert done.returncode == 1
    assert "'social' does not allow" in done.stderr


def test_with_nothing_to_record_and_with_an_absurd_limit_it_says_so(rapport: Rapport, tmp_path: Path) -> None:
    empty = tmp_path / "empty.toml"
    empty.write_text('[device]\nid = "empty"\n', encoding="utf-8")
    done = rapport("record", empty, "-o", tmp_path / "a", "--yes")
    assert (done.returncode, "nothing to record" in done.stderr) == (1, True)
    done = rapport("record", settings(tmp_path), "-o", tmp_path / "a", "--yes", "--limit", "5000")
    assert (done.returncode, "--limit is 5000" in done.stderr) == (2, True)


def test_a_recording_of_a_device_that_was_killed_replays_as_far_as_it_goes(rapport: Rapport, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    config = settings(tmp_path)
    process = subprocess.Popen(
        rapport.command("record", config, "-o", path, "--yes", "--repeat"),
        env=rapport.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if path.exists() and "bit for bit" in rapport("replay", path).stdout:
                break
            time.sleep(0.2)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = rapport("replay", path)
    assert done.returncode == 0, done.stdout
    assert "note: it" in done.stdout
    assert "the same, bit for bit" in done.stdout


def test_a_withdrawal_that_names_no_purpose_is_of_recording_too(rapport: Rapport, tmp_path: Path) -> None:
    config = settings(tmp_path)
    rapport("consent", "grant", "text", "--for", "recording", "--config", config)
    rapport("consent", "withdraw", "text", "--config", config)
    standings = {(one["sense"], one["purpose"]): one["state"] for one in rapport.json("consent", "--config", config)}
    assert standings["text", "recording"] == "withdrawn"
    assert standings["text", "emotion"] == "withdrawn"
    assert standings["face", "recording"] == "never"


def test_pictures_and_sound_are_kept_beside_where_that_was_granted(rapport: Rapport, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((120, 160, 3), 90, np.uint8))
    with wave.open(str(tmp_path / "quiet.wav"), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 16_000))
    sources = f'[camera]\nsource = "{tmp_path}/grey.png"\n[microphone]\nsource = "{tmp_path}/quiet.wav"\n'
    config = settings(tmp_path, grants='["face", "voice", "text"]', more=sources)
    rapport("consent", "grant", "face", "voice", "--for", "recording", "--config", config)
    raw = tmp_path / "raw"
    done = rapport("record", config, "-o", tmp_path / "a", "--yes", "--raw", raw)
    assert done.returncode == 0, done.stderr
    assert f"Pictures and sound are kept in {raw}." in done.stderr
    names = sorted(path.name for path in raw.iterdir())
    assert names[0].startswith("face-")
    assert names[-1] == "voice.wav"
    with wave.open(str(raw / "voice.wav")) as sound:
        assert sound.getnframes() == 16_000
    assert "secret" not in (tmp_path / "a").read_text(encoding="utf-8")
    assert rapport("replay", tmp_path / "a").returncode == 0
