from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from edge.sensors.mixer import switch_agc_off

if TYPE_CHECKING:
    from pathlib import Path

AMIXER = """#!/bin/sh
echo "$*" >> "{folder}/calls"
card=default
if [ "$1" = -c ]; then card=$2; shift 2; fi
case "$card $1 $2" in
"1 scontrols "*)
  echo "Simple mixer control 'Speaker',0"
  echo "Simple mixer control 'Mic',0"
  echo "Simple mixer control 'Auto Gain Control',0"
  echo "Simple mixer control 'Automatic Gain Control',1"
  echo "Simple mixer control 'Magical',0" ;;
"1 sget Auto Gain Control,0" | "1 sset Auto Gain Control,0")
  [ "$1 $3" = "sset off" ] && echo off > "{folder}/agc"
  echo "  Mono: Playback [$(cat "{folder}/agc")]" ;;
"1 sget Automatic Gain Control,1") echo "  Mono: Playback [off]" ;;
"2 scontrols "*) echo "Simple mixer control 'Mic AGC',0" ;;
"2 "*) echo "  Mono: Playback [on]" ;;
*) echo "amixer: Mixer attach $card error: No such file or directory" >&2; exit 1 ;;
esac
"""
"""Prints what amixer of alsa-utils 1.2 prints for a USB microphone (card 1), and for one whose switch is stuck (2)."""


@pytest.fixture
def mixer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "agc").write_text("on\n")
    program = tmp_path / "amixer"
    program.write_text(AMIXER.format(folder=tmp_path))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def test_what_is_on_is_switched_off_and_told(mixer: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    assert switch_agc_off("USB PnP Sound Device: Audio (hw:1,0)") == ["Auto Gain Control,0"]
    assert (mixer / "agc").read_text() == "off\n"
    assert "USB PnP Sound Device: Audio (hw:1,0): 'Auto Gain Control,0' was on and is switched off" in caplog.text
    calls = (mixer / "calls").read_text()
    assert [call for call in calls.splitlines() if "sset" in call] == ["-c 1 sset Auto Gain Control,0 off"]
    assert "Magical" not in calls


def test_what_is_off_is_left_alone(mixer: Path) -> None:
    (mixer / "agc").write_text("off\n")
    assert switch_agc_off("USB (hw:1,0)") == []
    assert "sset" not in (mixer / "calls").read_text()


def test_a_switch_that_is_stuck_is_told(mixer: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert switch_agc_off("USB (hw:2,0)") == []
    assert "'Mic AGC,0' is on and cannot be switched off" in caplog.text
    assert mixer.is_dir()


def test_a_device_without_a_card_in_its_name_is_the_default_one(mixer: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    assert switch_agc_off("default") == []
    assert (mixer / "calls").read_text() == "scontrols\n"
    assert "default has no automatic gain control that amixer knows" in caplog.text


def test_without_amixer_it_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert switch_agc_off("USB (hw:1,0)") == []
    assert "sudo apt install alsa-utils" in caplog.text
