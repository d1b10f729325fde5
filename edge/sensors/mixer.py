"""A microphone's own automatic gain control, switched off: a gain that moves hides how loud a voice is.

By `amixer` of alsa-utils, where it is installed and the device has such a switch. What cannot be done is logged, never
an error: a voice is understood with a moving gain too, only less well. The switch is not put back.
"""

from __future__ import annotations

import logging
import re
import shutil
import subprocess

log = logging.getLogger(__name__)

CARD = re.compile(r"\(hw:(\d+),\d+\)")
"""How PortAudio names the ALSA card at the end of a device's name: "USB Audio (hw:1,0)"."""
CONTROL = re.compile(r"Simple mixer control '([^']*)',(\d+)")
AUTOMATIC = re.compile(r"auto(matic)? gain control|\bagc\b", re.IGNORECASE)
"""What drivers call it; "Auto Gain Control" is the name that snd-usb-audio gives."""
TIMEOUT_S = 2.0


def switch_agc_off(device: str) -> list[str]:
    """Switch every automatic gain control of a device off.

    Args:
        device: as PortAudio names it. Without a card in its name ALSA's default card is meant.

    Returns:
        The controls that were on and are off now.
    """
    if shutil.which("amixer") is None:
        log.info("%s: its automatic gain is left as it is; amixer (sudo apt install alsa-utils) is not there", device)
        return []
    found = CARD.search(device)
    card = ["-c", found[1]] if found else []
    listed = _amixer(*card, "scontrols")
    controls = [f"{name},{index}" for name, index in CONTROL.findall(listed) if AUTOMATIC.search(name)]
    if not controls:
        log.info("%s has no automatic gain control that amixer knows", device)
    return [control for control in controls if _switch_off(device, card, control)]


def _switch_off(device: str, card: list[str], control: str) -> bool:
    if "[on]" not in _amixer(*card, "sget", control):
        return False
    if "[off]" in _amixer(*card, "sset", control, "off"):
        log.info("%s: '%s' was on and is switched off", device, control)
        return True
    log.warning("%s: '%s' is on and cannot be switched off", device, control)
    return False


def _amixer(*arguments: str) -> str:
    """What amixer prints; "" when it fails."""
    try:
        ran = subprocess.run(
            ["amixer", *arguments], capture_output=True, text=True, errors="replace", timeout=TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.info("amixer %s: %s", " ".join(arguments), error)
        return ""
    if ran.returncode != 0:
        log.info("amixer %s: %s", " ".join(arguments), ran.stderr.strip())
        return ""
    return ran.stdout
