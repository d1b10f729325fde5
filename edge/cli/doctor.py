"""Say what is there, what is missing, and the remedy. Opens no camera and no microphone."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.affect import Sense
from edge.errors import RapportError
from edge.paths import state_directory
from edge.settings import load

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from edge.accelerators.accelerator import Accelerator
    from edge.outlets.speech.lexicon import Lexicon
    from edge.settings import Settings

MIN_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``essential`` ones must be well for the main job to run."""

    name: str
    ok: bool
    found: str
    remedy: str = ""
    essential: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport doctor`` takes."""
    parser.add_argument("config", type=Path, nargs="?", metavar="CONFIG", help="a settings file; defaults without it")
    parser.add_argument("--json", action="store_true", help="print a list of objects")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when the main job can run; 1 when it cannot."""
    settings = load(arguments.config)
    checks = [check for look in LOOKS for check in look(settings)]
    if arguments.json:
        print(json.dumps([asdict(check) for check in checks], ensure_ascii=False))
    else:
        for check in checks:
            mark = "ok " if check.ok else "BAD" if check.essential else "-- "
            print(f"{mark} {check.name:<22} {check.found}")
            if check.remedy:
                print(f"    {'':<22} remedy: {check.remedy}")
    return int(any(check.essential and not check.ok for check in checks))


def _python(_: Settings) -> list[Check]:
    version = platform.python_version()
    well = sys.version_info[:2] >= MIN_PYTHON
    remedy = "" if well else "Install Python 3.11 or newer"
    cores = len(os.sched_getaffinity(0))
    return [
        Check("python", well, version, remedy, essential=True),
        Check("cpu", ok=True, found=f"{platform.machine()}, {cores} cores, {_cpu_name()}"),
        Check("rapport", ok=True, found=_version("rapport-edge") or "not installed as a package"),
    ]


def _cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith(("model name", "Model")):
            return line.partition(":")[2].strip()
    return "unknown"


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _accelerator(settings: Settings) -> list[Check]:
    from edge.accelerators.choice import choose

    try:
        choice = choose(settings.accelerator, settings.models.place)
    except RapportError as error:
        return [Check("accelerator", ok=False, found=error.problem, remedy=error.remedy, essential=True)]
    found = Check("accelerator", ok=True, found=f"{choice.accelerator.name} ({choice.reason})", essential=True)
    return [found, *_on_device(choice.accelerator, settings.models.place)]


def _on_device(accelerator: Accelerator, directory: Path) -> list[Check]:
    """Whether a device beside the CPU computes each golden vector. It is opened: no other program may have it."""
    from edge.accelerators.opening import trial
    from edge.cli.models import folders

    if accelerator.name == "cpu":
        return []
    checks = []
    for folder in folders(directory):
        name = f"{folder.name} on {accelerator.name}"
        try:
            checks.append(Check(name, ok=True, found=f"golden vector {trial(folder, accelerator)}"))
        except RapportError as error:
            checks.append(Check(name, ok=False, found=f"runs on cpu: {error.problem}", remedy=error.remedy))
    return checks


def _models(settings: Settings) -> list[Check]:
    from edge.cli.models import inspect_all

    directory = settings.models.place
    try:
        records = inspect_all(directory, settings.models, golden=True)
    except RapportError as error:
        return [Check("models", ok=False, found=error.problem, remedy=error.remedy, essential=True)]
    checks = [_signature(settings, directory)]
    for record in records:
        found = record["error"] or _of_model(record)
        checks.append(Check(f"model {record['name']}", record["error"] is None, found, essential=True))
    return checks


def _of_model(record: dict[str, Any]) -> str:
    golden = f"; golden vector on cpu {record['golden']}" if record["golden"] else "; no golden vector"
    return f"version {record['version']}, sha256 {record['sha256'][:16]}… as its card says{golden}"


def _signature(settings: Settings, directory: Path) -> Check:
    """Who signed the models; a flaw is essential only where a signature is required."""
    from edge.accelerators.manifest import Seal

    required = settings.models.signature == "require"
    try:
        manifest, key = Seal.of(settings.models, directory).signed()
    except RapportError as error:
        found = error.problem if required else f'{error.problem}; used all the same: models.signature is "warn"'
        return Check("signature", ok=False, found=found, remedy=error.remedy, essential=required)
    found = f"release {manifest.release} of {manifest.date[:10]}, signed by {key.owner or key.id}"
    if required:
        return Check("signature", ok=True, found=found)
    remedy = 'Set models.signature = "require" before the device leaves the bench'
    return Check("signature", ok=False, found=f'{found}; not required: models.signature is "warn"', remedy=remedy)


def _expression(settings: Settings) -> list[Check]:
    """Whether voice and face of a reply are drawn by the model."""
    from edge.accelerators.cpu import Cpu
    from edge.accelerators.model import device_models
    from edge.response.drawn import NAME, Drawer

    try:
        Drawer(device_models(settings.models, Cpu()), 0)
    except RapportError as error:
        found = f"voice and face of replies are by the tables alone: {error.problem}"
        return [Check(NAME, ok=False, found=found, remedy=error.remedy)]
    return [Check(NAME, ok=True, found="voice and face of each reply are drawn by the model")]


def _camera(settings: Settings) -> list[Check]:
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


def _microphone(settings: Settings) -> list[Check]:
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


def _words(settings: Settings) -> list[Check]:
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


def _speech(settings: Settings) -> list[Check]:
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


def _avatar(settings: Settings) -> list[Check]:
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


def _broker(settings: Settings) -> list[Check]:
    if not settings.mqtt.active:
        return [Check("broker", ok=True, found="mqtt.host is empty, or mqtt.enabled false: nothing is sent")]
    from edge.outlets.mqtt.probe import probe

    where = f"{settings.mqtt.host}:{settings.mqtt.port}"
    problem = probe(settings.mqtt)
    if problem is not None:
        return [Check("broker", ok=False, found=f"{where}: {problem}")]
    return [Check("broker", ok=True, found=f"{where} accepts us")]


def _consent(settings: Settings) -> list[Check]:
    from edge.safety.consent import Consent
    from edge.safety.grants import Purpose

    consent = Consent(settings.consent, state_directory(settings))
    if consent.problem is not None:
        return [Check("consent", ok=False, found=consent.problem.problem, remedy=consent.problem.remedy)]
    checks = []
    for sense, source in (
        (Sense.FACE, settings.camera),
        (Sense.VOICE, settings.microphone),
        (Sense.TEXT, settings.words),
    ):
        granted = [purpose.value for purpose in Purpose if consent.granted(sense, purpose)]
        needed = source.source != "none" and not granted
        remedy = f"rapport consent grant {sense}" if needed else ""
        found = "granted" + ("" if granted == [Purpose.EMOTION] else f" for {' and '.join(granted)}")
        checks.append(Check(f"consent {sense}", not needed, found if granted else "not granted", remedy))
    return checks


def _vault(settings: Settings) -> list[Check]:
    """Whether what is kept can be opened, and who else could."""
    from edge.cli.opened import opened
    from edge.kept import something_kept
    from edge.privacy.key import find_key

    directory = state_directory(settings)
    if not something_kept(directory):
        return [Check("vault", ok=True, found="nothing is kept yet; it is made when the device starts")]
    try:
        with opened(settings) as vault:
            key = find_key(directory)
            form = str(vault.rows("SELECT max(name) FROM migration")[0][0])
            size = sum(path.stat().st_size for path in directory.glob("vault.db*"))
    except RapportError as error:
        return [Check("vault", ok=False, found=f"nothing is kept: {error.problem}", remedy=error.remedy)]
    found = f"{vault.path}, form {form}, {size / 1024:.0f} KiB, encrypted; its key is in {vault.key_source}"
    if key is not None and key.sealed:
        return [Check("vault", ok=True, found=found)]
    remedy = "Let systemd keep the key sealed: docs/privacy/vault.md"
    return [
        Check("vault", ok=False, found=f"{found}, beside it: no help against whoever takes the disk", remedy=remedy)
    ]


def _wellbeing(settings: Settings) -> list[Check]:
    """How many days are summed up, and whether their file can be used."""
    from edge.cli.opened import opened
    from edge.understanding.wellbeing.book import Shelf

    try:
        with opened(settings) as vault:
            book = Shelf(vault).read()
    except RapportError as error:
        return [Check("wellbeing", ok=False, found=error.problem, remedy=error.remedy)]
    if book is None:
        return [Check("wellbeing", ok=True, found="nothing is kept")]
    days = sum(len(pages) for pages in book.profiles.values())
    return [Check("wellbeing", ok=True, found=f"{days} days of {len(book.profiles)} profiles")]


def _person(settings: Settings) -> list[Check]:
    from edge.cli.profile import standing
    from edge.safety.consent import Consent
    from edge.safety.grants import Purpose

    told = standing(settings)
    if not told:
        return [Check("person", ok=True, found="nobody's profile is used: cues are told as of anybody")]
    consent = Consent(settings.consent, state_directory(settings))
    if any(consent.granted(sense, Purpose.PERSONAL) for sense in (Sense.FACE, Sense.VOICE)):
        return [Check("person", ok=True, found=told[0])]
    remedy = "rapport consent grant face voice --for personal, or rapport profile none"
    return [Check("person", ok=False, found=f"{told[0]} No grant: nothing is learned", remedy=remedy)]


def _speaking(settings: Settings) -> list[Check]:
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


def _actions(settings: Settings) -> list[Check]:
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


LOOKS: tuple[Callable[[Settings], list[Check]], ...] = (
    _python,
    _accelerator,
    _models,
    _expression,
    _camera,
    _microphone,
    _words,
    _speech,
    _speaking,
    _actions,
    _avatar,
    _broker,
    _consent,
    _vault,
    _wellbeing,
    _person,
)
