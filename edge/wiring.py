"""What a device is made of: its lanes and its outlets, from its settings. ``edge.runtime`` alone uses it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from edge import __version__
from edge.accelerators.keys import parse_key
from edge.affect import Sense
from edge.errors import SettingsError
from edge.loop.lane import Lane
from edge.loop.pace import Unhurried
from edge.loop.tally import perceiving
from edge.outlets.calendar import Calendar
from edge.outlets.diary import Diary
from edge.outlets.history import History
from edge.outlets.last_state import LastState
from edge.outlets.mqtt.commands import Commands
from edge.outlets.mqtt.controls import Controls
from edge.outlets.mqtt.diagnostics import Sources
from edge.outlets.mqtt.grants import HomeGrants
from edge.outlets.mqtt.identity import Identity
from edge.outlets.mqtt.inbox import MqttInbox
from edge.outlets.mqtt.outlet import MqttOutlet
from edge.outlets.speaker import Speaker
from edge.outlets.tuning import Tuning
from edge.paths import runtime_directory
from edge.perception.face.perceiver import Asked, FacePerceiver, somebody
from edge.perception.text.perceiver import TextPerceiver
from edge.perception.voice.interruption import Interruption
from edge.perception.voice.overheard import Overheard
from edge.perception.voice.perceiver import VoicePerceiver
from edge.privacy.ledger import Ledger
from edge.safety.grants import Purpose
from edge.safety.keeping import may_keep, may_share
from edge.safety.listening import Listening
from edge.sensors.camera import open_camera
from edge.sensors.microphone import open_microphone
from edge.sensors.words import open_words
from edge.sensors.wyoming.asr import AsrWords

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable

    from edge.accelerators.model import Models
    from edge.affect import Reading, Reply
    from edge.answering import Answering
    from edge.learning.federated.member import Member
    from edge.loop.latency import Latencies
    from edge.loop.pace import Pace
    from edge.outlets.aggregates.outlet import Aggregates
    from edge.outlets.avatar.outlet import Avatar
    from edge.outlets.mqtt.controls import People
    from edge.outlets.mqtt.health import Health
    from edge.outlets.outlet import Outlet
    from edge.privacy.outbox import Outbox
    from edge.privacy.vault import Vault
    from edge.replay.witness import Witness
    from edge.response.around import Around
    from edge.safety.consent import Consent
    from edge.safety.permission import Permission
    from edge.sensors.sensor import Sensor
    from edge.sensors.signals import AudioChunk, Utterance
    from edge.settings import Settings
    from edge.understanding.fusion import Evidence, Pool

    Adopt = Callable[[Settings], None]

log = logging.getLogger(__name__)

CAPACITY = {Sense.FACE: 1, Sense.VOICE: 4, Sense.TEXT: 16}
"""Signals that may wait for perception. The newest frame says all; sound is a stream (2 s); every sentence counts."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the lanes share with the loop.

    Attributes:
        models: of the device.
        permission: what each sense may be opened for.
        pace: how often the camera is looked at.
        latencies: where the time in each perceiver is recorded.
        witness: who looks on.
        emit: takes each Reading.
        excused: whether the process was suspended a moment ago.
        own_voice: since when the device is speaking, in ``time.monotonic_ns``; None while it is not.
        interrupt: somebody spoke, at that time: what the device says is over.
        around: what an answer has to heed: who is heard, who is seen, what the vehicle says.
        on_feedback: takes what the home says of a reply, on another thread.
        vault: what is kept; None where it could not be opened, and then nothing is.
        on_fleet: takes topic and payload of what a fleet's coordinator publishes, on another thread; None: no fleet.
        outbox: what must arrive; None where there is no vault to keep it in.
        health: how lanes and models are, for the home.
        people: the profiles, for the home; None: they cannot be chosen there.
        forget: forgets all that is kept of people; None: the home cannot ask for it.
        budget: epsilon that may still be spent, None while it is not known; itself None: nothing is ever released.
    """

    models: Models
    permission: Permission
    pace: Pace
    latencies: Latencies
    witness: Witness
    emit: Callable[[Reading], None]
    excused: Callable[[], bool]
    own_voice: Callable[[], int | None]
    interrupt: Callable[[int], None]
    around: Around
    on_feedback: Callable[[bytes], None] | None = None
    vault: Vault | None = None
    outbox: Outbox | None = None
    on_fleet: Callable[[str, bytes], None] | None = None
    health: Callable[[], Health] | None = None
    people: People | None = None
    forget: Callable[[], object] | None = None
    budget: Callable[[], float | None] | None = None


@dataclass(frozen=True, slots=True)
class Apart:
    """What learning how the senses are to be taken needs of the device.

    Attributes:
        base: the shipped pool.
        vault: where examples and heads lie; None: nowhere.
        outbox: carries updates; None where there is no vault.
        put: hands work to the thread that waits for the vault.
        rests_on: what the newest State rests on.
        hindrance: why it is not the time for work that nobody waits for.
    """

    base: Pool
    vault: Vault | None
    outbox: Outbox | None
    put: Callable[[tuple[str, ...], Callable[[], None]], None]
    rests_on: Callable[[], list[Evidence]]
    hindrance: Callable[[], str]


@dataclass(slots=True)
class Wired:
    """What was made.

    Attributes:
        lanes: those that the place allows.
        adopters: each takes other settings while the device runs.
        asr: the way to speech to text, where words come from there.
    """

    lanes: list[Lane[Any]] = field(default_factory=list)
    adopters: list[Adopt] = field(default_factory=list)
    asr: AsrWords | None = None


def identity(settings: Settings) -> Identity:
    """Who the device is to the home."""
    device = settings.device
    return Identity(device.id, device.name, __version__, device.languages[0])


def asked(permission: Permission) -> Asked:
    """What the face may be read for now."""
    purposes = permission.purposes(Sense.FACE)
    return Asked(emotion=Purpose.EMOTION in purposes, driver=Purpose.DROWSINESS in purposes)


def wire(settings: Settings, parts: Parts, *, repeat: bool) -> Wired:
    """The lanes that the settings ask for; opens nothing.

    Raises:
        SettingsError: sources that do not go together.
    """
    microphone = open_microphone(settings.microphone, repeat=repeat)
    inbox = MqttInbox(settings.mqtt, identity(settings)) if settings.mqtt.active else None
    words = open_words(settings.words, repeat=repeat, inbox=inbox)
    wired = Wired(asr=words if isinstance(words, AsrWords) else None)
    _add_face(wired, settings, parts, repeat=repeat)
    if wired.asr is not None and (microphone is None or not parts.permission.place.may_sense(Sense.VOICE)):
        problem = f"words.source is {settings.words.source!r}, which needs a microphone, and none may be used"
        raise SettingsError(problem, "Set microphone.source, or another words.source")
    if microphone is not None:
        _add_voice(wired, settings, parts, microphone)
    if words is not None:
        _add_text(wired, settings, parts, words)
    place = parts.permission.place
    for lane in wired.lanes:
        if not place.purposes_of(lane.sense):
            log.warning("the %s is not used: the context %r does not allow it", lane.sense, place.name)
    wired.lanes = [lane for lane in wired.lanes if place.purposes_of(lane.sense)]
    return wired


def outlets(
    settings: Settings,
    parts: Parts,
    consent: Consent,
    on_sound: Callable[[Reply, int], None],
    *,
    answering: Answering,
    taps: deque[str | None],
) -> tuple[list[Outlet], list[Adopt]]:
    """The outlets that the settings ask for but the console, not attached yet; and what adopts other settings.

    ``taps`` takes the ids of proposals that are accepted from afar; None: the one that is open.
    """
    permission = parts.permission
    place = (runtime_directory(), settings.device.id)
    wanted: list[Outlet] = [LastState(*place, lambda: answering.silence), History(*place)]
    adopters: list[Adopt] = []
    if parts.vault is not None:
        diary = Diary(settings.understanding.wellbeing, parts.vault, lambda: may_keep(consent, permission.place))
        wanted.append(diary)
        adopters.append(lambda now: diary.adopt(now.understanding.wellbeing))
    avatar = _avatar(settings) if settings.avatar.enabled else None
    tuning = Tuning(settings.speech)
    adopters.append(lambda now: tuning.adopt(now.speech))
    if settings.speech.engine != "none":
        speaker = Speaker(settings.speech, on_sound=on_sound if avatar is None else avatar.beside(on_sound))
        wanted.append(speaker)
        tuning.follow(speaker.adopt)
        if avatar is not None:
            avatar.voice = speaker
    if settings.mqtt.active:
        drive = parts.around.road.hear if permission.place.name == "car" else None
        controls = Controls(
            grants=HomeGrants(consent),
            people=parts.people,
            tuning=None if settings.speech.engine == "none" else tuning,
            forget=parts.forget,
        )
        commands = Commands(taps.append, drive, lambda: answering.refused, parts.on_feedback, controls)
        sources = Sources(parts.models.usage.now, parts.health, parts.budget, lambda: answering.silence)
        shown = avatar is not None and settings.avatar.image
        home = MqttOutlet(
            settings.mqtt,
            identity(settings),
            sources,
            commands,
            picture=shown,
            outbox=parts.outbox,
            in_flight=settings.outbox.in_flight,
            fleet=parts.on_fleet,
        )
        wanted.append(home)
        if avatar is not None and shown:
            avatar.publish = home.offer
    if parts.vault is not None and parts.outbox is not None and shares_aggregates(settings, parts.vault):
        wanted.append(_aggregates(settings, parts.vault, parts.outbox, lambda: may_share(consent, permission.place)))
    if avatar is not None:
        wanted.append(avatar)
        tuning.follow(lambda speech: avatar.adopt(avatar.settings, speech.words_per_minute))
        adopters.append(lambda now: avatar.adopt(now.avatar, tuning.now.words_per_minute))
    return wanted, adopters


def shares_aggregates(settings: Settings, vault: Vault | None) -> bool:
    """Whether counts can leave at all: a topic is set, a broker too, and there is a vault for ledger and outbox."""
    return vault is not None and settings.mqtt.active and bool(settings.privacy.topic)


def ledger_of(settings: Settings, vault: Vault | None) -> Ledger | None:
    """Where what leaves is written down; None where nothing can ever leave."""
    shares = shares_aggregates(settings, vault) or settings.learning.federated.join
    return Ledger(vault, settings.privacy.limits) if vault is not None and shares else None


def _aggregates(
    settings: Settings, vault: Vault, outbox: Outbox, allowed: Callable[[], frozenset[Sense]]
) -> Aggregates:
    """What the household may tell a fleet; not loaded where it named no topic for it."""
    from edge.outlets.aggregates.outlet import Aggregates

    return Aggregates(
        settings.privacy,
        settings.device.id,
        vault=vault,
        ledger=Ledger(vault, settings.privacy.limits),
        sink=outbox,
        may_share=allowed,
        calendar=Calendar(settings.understanding.wellbeing.timezone),
    )


def member(
    settings: Settings,
    parts: Apart,
    permission: Permission,
    consent: Consent,
) -> Member | None:
    """What learns how the senses are to be taken; None where there is no vault, or the settings do not want it.

    Raises:
        VaultError: the device's key cannot be made.
        SettingsError: the coordinator's key is none.
    """
    wanted = settings.learning.federated
    if parts.vault is None or not (wanted.own or wanted.join):
        return None
    from edge.learning.federated.identity import device_key
    from edge.learning.federated.member import Member
    from edge.learning.federated.shelf import VaultShelf

    shelf = VaultShelf(parts.vault, settings.learning.days_kept)
    client = None
    if wanted.join and parts.outbox is not None:
        from edge.learning.federated.client import Client, Self

        key, coordinator = device_key(parts.vault), parse_key(wanted.coordinator_key)
        me = Self(settings.device.id, key, coordinator, settings.privacy.delta, wanted.trust, parts.base)
        client = Client(
            me,
            shelf,
            Ledger(parts.vault, settings.privacy.limits),
            parts.outbox,
            may=lambda: may_share(consent, permission.place),
            hindrance=parts.hindrance,
        )
    return Member(
        shelf,
        parts.base,
        parts.put,
        rests_on=parts.rests_on,
        allowed=lambda: kept_of(permission),
        client=client,
        own=wanted.own,
    )


def kept_of(permission: Permission) -> frozenset[Sense]:
    """The senses of which an example may be kept for the person; the words' where anything may, as feedback is."""
    known = {sense for sense in Purpose.PERSONAL.senses if permission.may_know(sense)}
    return frozenset(known | {Sense.TEXT} if known else known)


def gone_of(permission: Permission) -> frozenset[Sense]:
    """The senses of which no example may be kept any more; none of them where nobody can tell."""
    answers = {sense: permission.may_know(sense) for sense in Purpose.PERSONAL.senses}
    gone = {sense for sense, may in answers.items() if may is False}
    return frozenset(Sense if len(gone) == len(answers) else gone)


def _avatar(settings: Settings) -> Avatar:
    """The face; nothing of it is loaded where nobody wants it."""
    from edge.outlets.avatar.outlet import Avatar

    device, rate = settings.device, settings.speech.words_per_minute
    return Avatar(settings.avatar, name=device.name, language=device.languages[0], words_per_minute=rate)


def _add_face(wired: Wired, settings: Settings, parts: Parts, *, repeat: bool) -> None:
    camera = open_camera(settings.camera, repeat=repeat, due=parts.pace.due)
    if camera is None:
        return
    face = FacePerceiver(settings.face, parts.models, lambda: asked(parts.permission))
    wired.adopters += [lambda now: face.adopt(now.face), lambda now: parts.pace.adopt(now.pace)]
    wired.lanes.append(_lane(parts, camera, Unhurried(face, parts.pace, somebody)))


def _add_voice(wired: Wired, settings: Settings, parts: Parts, microphone: Sensor[AudioChunk]) -> None:
    voice = VoicePerceiver(settings.voice, parts.models)
    wired.adopters.append(lambda now: voice.adopt(now.voice))
    hears: Any = Overheard(voice, parts.around, *(() if wired.asr is None else (wired.asr,)))
    # A file does not hear the loudspeaker; a room does, unless something takes the device's voice out of the sound.
    cancelled = settings.microphone.echo_cancelled
    deaf = (lambda: parts.own_voice() is not None) if microphone.live and not cancelled else None
    if microphone.live and cancelled:
        hears = Interruption(hears, voice, settings.voice, parts.own_voice, parts.interrupt)
    wired.lanes.append(_lane(parts, microphone, hears, after_loss=_with_gap, deaf=deaf))


def _add_text(wired: Wired, settings: Settings, parts: Parts, words: Sensor[Utterance]) -> None:
    text = TextPerceiver(settings.text, parts.models)
    wired.adopters.append(lambda now: text.adopt(now.text))
    wired.lanes.append(_lane(parts, words, Listening(text), events=True))


def _lane(parts: Parts, sensor: Any, perceiver: Any, **how: Any) -> Lane[Any]:  # noqa: ANN401 - a lane is generic in its signal
    sense: Sense = sensor.sense

    def allowed() -> bool:
        return bool(parts.permission.purposes(sense))

    def perceived(took_ns: int) -> None:
        parts.latencies.record(perceiving(sense), took_ns / 1e6)

    how |= {"capacity": CAPACITY[sense], "excused": parts.excused, "parts": (parts.models.usage,)}
    how["on_perceived"] = perceived
    return Lane(sensor, parts.witness.beside(sense, perceiver), parts.emit, allowed=allowed, **how)


def _with_gap(chunk: AudioChunk) -> AudioChunk:
    return replace(chunk, gap=True)
