"""Camera, microphone and words; none is opened."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from edge.cli.doctor.check import Check
from edge.errors import RapportError

if TYPE_CHECKING:
    from edge.settings import Settings


def camera(settings: Settings) -> list[Check]:
    """Whether the camera is there."""
    from edge.sensors.device_camera import wanted
    from edge.sensors.pi_camera import INSTALL as PICAMERA2
    from edge.sensors.pi_camera import is_module

    source = settings.camera.source
    if source in {"none", "session", "drive"}:
        return [Check("camera", ok=True, found=f'source is "{source}"')]
    if is_module(source):
        if find_spec("picamera2") is None:
            return [Check("camera", ok=False, found="picamera2 is not installed", remedy=PICAMERA2)]
        return [Check("camera", ok=True, found=f"{source} by picamera2 (not opened)")]
    path = Path(f"/dev/video{source}" if source.isdigit() else source)
    if not path.exists():
        remedy = "Plug it in, or set camera.source to a device, a file or none (`ls /dev/video*` lists devices)"
        return [Check("camera", ok=False, found=f"{path} is not there", remedy=remedy)]
    if not os.access(path, os.R_OK):
        return [Check("camera", ok=False, found=f"{path} may not be read", remedy="Add this user to the group video")]
    device = path.is_char_device()
    asks = f"; it will be asked for {wanted(settings.camera)}" if device else ""
    return [Check("camera", ok=True, found=f"{path} is there (not opened){asks}")]


def microphone(settings: Settings) -> list[Check]:
    """Whether a microphone can be used."""
    source = settings.microphone.source
    if source in {"none", "session", "drive"}:
        return [Check("microphone", ok=True, found=f'source is "{source}"')]
    if Path(source).is_file():
        return [Check("microphone", ok=True, found=f"file {source}")]
    if "://" in source:
        return [_network("microphone", "microphone.source", source)]
    if find_spec("pyaudio") is None:
        remedy = "sudo apt install portaudio19-dev gcc python3-dev && pip install 'rapport-edge[mic]'"
        return [Check("microphone", ok=False, found="PyAudio is not installed", remedy=remedy)]
    cards = Path("/proc/asound/cards")
    known = cards.read_text(encoding="utf-8").strip() if cards.is_file() else ""
    if not known or "no soundcards" in known:
        remedy = "Plug one in; `arecord -l` lists them. Network and virtual devices are not counted here"
        return [Check("microphone", ok=False, found="no sound card is known to ALSA", remedy=remedy)]
    return [Check("microphone", ok=True, found=f"{source} (not opened); cards: {' '.join(known.split())[:80]}")]


def words(settings: Settings) -> list[Check]:
    """Where words come from."""
    words = settings.words
    checks = []
    if "://" in words.source:
        checks.append(_network("words", "words.source", words.source, public=words.public_server))
        if words.source.startswith("wyoming://") and settings.microphone.source == "none":
            remedy = "Set microphone.source, or another words.source"
            checks.append(Check("words' microphone", ok=False, found='microphone.source is "none"', remedy=remedy))
        if words.open == "wake" and find_spec("pymicro_wakeword") is None:
            remedy = "pip install 'rapport-edge[wake]'"
            checks.append(Check("wake word", ok=False, found="pymicro-wakeword is not installed", remedy=remedy))
    elif words.source == "mqtt" and not settings.mqtt.active:
        remedy = "Set mqtt.host, or another words.source"
        checks.append(Check("words", ok=False, found='words.source is "mqtt", and no broker is set', remedy=remedy))
    return checks


def _network(name: str, setting: str, source: str, *, public: bool = False) -> Check:
    """Whether an address may be used; nobody is connected to without consent, the doctor's included."""
    from edge.sensors.wyoming.address import checked, endpoint

    try:
        checked(endpoint(source, setting), setting, public=public)
    except RapportError as error:
        return Check(name, ok=False, found=error.problem, remedy=error.remedy)
    return Check(name, ok=True, found=f"{source} (not connected to)")
