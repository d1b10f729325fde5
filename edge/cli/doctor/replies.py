"""What is said, shown and proposed, and what keeps the device from it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from edge.cli.doctor.check import Check
from edge.errors import RapportError

if TYPE_CHECKING:
    from edge.outlets.speech.lexicon import Lexicon
    from edge.settings import Settings


def speech(settings: Settings) -> list[Check]:
    """What speaks."""
    from edge.outlets.speech.lexicon import Lexicon

    if settings.speech.engine == "none":
        return [Check("speech", ok=True, found='engine is "none"')]
    program = shutil.which("espeak-ng") or shutil.which("espeak")
    player = shutil.which("aplay")
    remedy = "sudo apt install espeak-ng alsa-utils"
    try:
        lexicon = Lexicon(settings.speech.lexicon)
    except RapportError as error:
        return [Check("speech", ok=False, found=error.problem, remedy=error.remedy, essential=True)]
    checks = _speech_engine(settings, lexicon)
    if program is None:
        found = "espeak-ng is not installed: replies are shown, not spoken"
        if checks:
            found = "espeak-ng is not installed: nothing speaks where the engine that is set fails"
        return [*checks, Check("speech", ok=False, found=found, remedy=remedy)]
    if player is None:
        found = f"{program}; without aplay replies go to WAV files"
        return [*checks, Check("speech", ok=False, found=found, remedy=remedy)]
    return [*checks, Check("speech", ok=True, found=f"{program}, played by {player}")]


def _speech_engine(settings: Settings, lexicon: Lexicon) -> list[Check]:
    """The engine that stands before espeak-ng: whether it can be reached, and its voice of each language."""
    from edge.outlets.speech.kokoro import Kokoro
    from edge.outlets.speech.wyoming import WyomingTts

    if settings.speech.engine not in {"wyoming", "kokoro"}:
        return []
    name = "speech engine"
    wyoming = settings.speech.engine == "wyoming"
    server = WyomingTts(settings.speech.wyoming, lexicon)
    engine = server if wyoming else Kokoro(settings.speech.kokoro, lexicon)
    try:
        found = engine.find()
        if not wyoming:
            voices = [settings.speech.kokoro.voice(language) for language in settings.device.languages]
            return [Check(name, ok=True, found=f"{found}; voices {' and '.join(voices)}")]
        checks = [Check(name, ok=True, found=found)]
        for language in settings.device.languages:
            known, wanted = server.voices(language), settings.speech.wyoming.voice(language)
            if wanted and wanted not in known:
                remedy = f"Set speech.wyoming.voice_{language} to one of: {', '.join(known[:8]) or 'none speaks it'}"
                checks.append(Check(f"voice {language}", ok=False, found=f"{wanted!r} is not there", remedy=remedy))
            elif known:
                listed = ", ".join(known[:8])
                checks.append(Check(f"voice {language}", ok=True, found=f"{wanted or known[0]} (of {listed})"))
            else:
                checks.append(Check(f"voice {language}", ok=True, found="espeak-ng's: the server has none"))
    except RapportError as error:
        checks = [Check(name, ok=False, found=f"espeak-ng speaks: {error.problem}", remedy=error.remedy)]
    finally:
        server.close()
    return checks


def speaking(settings: Settings) -> list[Check]:
    """What keeps the device from speaking by its settings, and, where it runs, why it says nothing now."""
    from edge.cli.explain import silence_now
    from edge.response.hours import hours_of, minute_of_day

    response = settings.response
    hours = hours_of(response.quiet_hours)
    now = silence_now(settings.device.id)
    if response.quiet or response.per_hour == 0:
        found = "response.quiet is true" if response.quiet else "response.per_hour is 0"
        return [Check("speaking", ok=True, found=f"{found}: it says nothing but a crisis reply and a driver's warning")]
    found = f"{response.per_hour} replies an hour at most, {response.remarks_per_hour} of them unasked"
    if hours is not None:
        holds = "now" if hours.hold(minute_of_day()) else "not now"
        found += f"; quiet hours {response.quiet_hours}, {holds}"
    return [Check("speaking", ok=True, found=found if now is None else f"{found}; says nothing now: {now}")]


def actions(settings: Settings) -> list[Check]:
    """What the household lets the device do, and whether anything could come of it."""
    from edge.response.actions import actions

    allowed, place = settings.actions.allowed, settings.safety.context
    if not allowed:
        return [Check("actions", ok=True, found="none is allowed: nothing is proposed to the home or the car")]
    if not settings.mqtt.active:
        remedy = "Set mqtt.host: what is proposed goes to the home over MQTT"
        return [Check("actions", ok=False, found=f"{', '.join(allowed)}, and no broker is set", remedy=remedy)]
    fitting = [name for name in allowed if place in actions()[name].contexts]
    if not fitting:
        remedy = "Allow others, or none"
        return [
            Check("actions", ok=False, found=f"none of {', '.join(allowed)} fits the context {place}", remedy=remedy)
        ]
    unasked = [name for name in fitting if name in settings.actions.unasked]
    found = ", ".join(f"{name} (unasked)" if name in unasked else name for name in fitting)
    return [Check("actions", ok=True, found=found)]


def avatar(settings: Settings) -> list[Check]:
    """How the face is shown."""
    from edge.outlets.avatar import raster

    avatar = settings.avatar
    if not avatar.enabled:
        return [Check("avatar", ok=True, found="avatar.enabled is false: no face is shown")]
    page = f"page at http://127.0.0.1:{avatar.port}/" if avatar.port else "avatar.port is 0: no page"
    if avatar.image and not settings.mqtt.active:
        remedy = "Set mqtt.host, or avatar.image = false"
        return [Check("avatar", ok=False, found=f"{page}; avatar.image is true, and no broker is set", remedy=remedy)]
    if not raster.available():
        return [Check("avatar", ok=not avatar.image, found=f"{page}; {raster.PROBLEM}", remedy=raster.REMEDY)]
    return [Check("avatar", ok=True, found=f"{page}; pictures by resvg-py")]
