"""What the home may set on this device, and how it all stands: consent, profile, voice, forgetting.

Nothing here can allow anything. Consent can be withdrawn and is given on the device only.
"""

from __future__ import annotations

import logging
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, Protocol

from pydantic import Field, RootModel

from edge.affect import Sense
from edge.errors import RapportError
from edge.outlets.mqtt.commands import PRESS, Command
from edge.outlets.mqtt.features import Features, Need
from edge.outlets.mqtt.payloads import OFF, ON, Payload, SensesPayload

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.outlets.mqtt.identity import Topics
    from edge.outlets.tuning import Tuning

log = logging.getLogger(__name__)

LOUDEST = 2.0
"""As the setting speech.volume; a test holds them together."""
RATES = (80, 300)
"""Words a minute, as the setting speech.words_per_minute."""
NOBODY = "(nobody)"
"""The choice of using nobody's profile; no profile can be called so."""
AGAIN_S = (1.0, 30.0)
"""The second press comes at least and at most so many seconds after the first: a doubled message is no second press."""
SHOWN_S = 60.0
"""How long it is shown what became of it."""


class Step(StrEnum):
    """Where forgetting stands."""

    READY = "ready"
    PRESS_AGAIN = "press again"
    DONE = "done"
    FAILED = "failed"


class ConsentCommand(Command):
    """A sense is to be used no more, for any purpose. There is no other word: nothing can be granted here."""

    withdraw: Sense


class VolumeCommand(RootModel[Annotated[float, Field(ge=0, le=LOUDEST, strict=True, allow_inf_nan=False)]]):
    """How loud the device speaks, as a factor on speech.loudness_lufs; until it is started anew."""


class RateCommand(RootModel[Annotated[int, Field(ge=RATES[0], le=RATES[1], strict=True)]]):
    """How fast it speaks, in words a minute; until it is started anew."""


class ControlsPayload(Payload):
    """How what the home may set stands."""

    consent: SensesPayload = Field(description="ON where the sense may be used for anything")
    profile: str | None = Field(
        max_length=64, description=f'whose usual is used, "{NOBODY}" for nobody\'s; null where none is kept'
    )
    volume: float | None = Field(description="null, as the next, where nothing is spoken")
    words_per_minute: int | None
    forgetting: Literal["ready", "press again", "done", "failed"]


class Grants(Protocol):
    """Consent, as far as the home may touch it."""

    def granted(self) -> frozenset[Sense]:
        """The senses that may be used for anything now."""
        ...

    def withdraw(self, sense: Sense) -> None:
        """No purpose may use this sense any more. Raises RapportError when that cannot be kept."""
        ...


class People(Protocol):
    """The profiles of the device."""

    def names(self) -> list[str]:
        """All there are."""
        ...

    def selected(self) -> str:
        """Whose is used; "" for nobody's."""
        ...

    def use(self, name: str) -> None:
        """Use that of ``name`` from now on, or nobody's with "". Raises RapportError."""
        ...


class Controls:
    """Called on the connection's thread; what it calls must return soon and be safe there."""

    def __init__(
        self,
        *,
        grants: Grants | None = None,
        people: People | None = None,
        tuning: Tuning | None = None,
        forget: Callable[[], object] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is heard yet. What is None can be set by nobody, and the home has no entity for it.

        Args:
            grants: consent.
            people: the profiles.
            tuning: the voice.
            forget: forgets all that is kept of people; what it raises is told as a failure.
            now: a monotonic clock in seconds.
        """
        self._grants = grants
        self._people = people
        self._tuning = tuning
        self._forget = forget
        self._now = now
        self._pressed_at: float | None = None
        self._forgot: tuple[Step, float] | None = None
        self._profiles: tuple[str, ...] = ()
        self.touched = True
        """Whether something was set since whoever tells it last looked."""

    def hearers(self, topics: Topics) -> dict[str, Callable[[bytes], None]]:
        """What takes the messages of each topic; it raises ValueError for what it does not understand."""
        found = {
            topics.consent: self._grants and self._hear_consent,
            topics.profile: self._people and self._hear_profile,
            topics.volume: self._tuning and self._hear_volume,
            topics.rate: self._tuning and self._hear_rate,
            topics.forget: self._forget and self._hear_forget,
        }
        return {topic: self._noted(hear) for topic, hear in found.items() if hear}

    def features(self, *more: Need) -> Features:
        """What the home has entities for, with ``more``; profiles are looked up anew."""
        has = {
            Need.CONSENT: self._grants,
            Need.PROFILES: self._people,
            Need.SPEECH: self._tuning,
            Need.FORGET: self._forget,
        }
        self._look_up_profiles()
        return Features(frozenset({*more, *(need for need, part in has.items() if part)}), self._profiles)

    def payload(self) -> ControlsPayload:
        """How all of it stands now."""
        granted = frozenset[Sense]() if self._grants is None else self._grants.granted()
        voice = None if self._tuning is None else self._tuning.now
        return ControlsPayload(
            consent=SensesPayload.model_validate({sense.value: ON if sense in granted else OFF for sense in Sense}),
            profile=self._profile(),
            volume=None if voice is None else voice.volume,
            words_per_minute=None if voice is None else voice.words_per_minute,
            forgetting=self._step().value,
        )

    def _profile(self) -> str | None:
        if self._people is None:
            return None
        try:
            return self._people.selected() or NOBODY
        except RapportError as error:  # told by whoever uses it
            log.debug("whose profile is used cannot be read: %s", error)
            return NOBODY

    def _look_up_profiles(self) -> None:
        if self._people is None:
            return
        try:
            names = set(self._people.names())
        except RapportError as error:
            log.debug("the profiles cannot be listed: %s", error)
            names = set()
        self._profiles = (NOBODY, *sorted({*names, self._profile() or NOBODY} - {NOBODY}))

    def _noted(self, hear: Callable[[bytes], None]) -> Callable[[bytes], None]:
        def heard(payload: bytes) -> None:
            self.touched = True  # also when it is refused: the home is to see that nothing has changed
            try:
                hear(payload)
            except RapportError as error:
                log.error("what the home asked for could not be done: %s", error)  # noqa: TRY400 - the sentence says it

        return heard

    def _hear_consent(self, payload: bytes) -> None:
        word, _, sense = payload.decode().partition(" ")
        command = (
            ConsentCommand.model_validate({word: sense})
            if not word.startswith("{")
            else ConsentCommand.model_validate_json(payload)
        )
        assert self._grants is not None  # noqa: S101 - else nothing is subscribed
        self._grants.withdraw(command.withdraw)
        log.info("consent: the home withdrew the %s", command.withdraw)

    def _hear_profile(self, payload: bytes) -> None:
        name = payload.decode()
        self._look_up_profiles()
        if name not in self._profiles:
            message = "there is no such profile"
            raise ValueError(message)
        assert self._people is not None  # noqa: S101 - else nothing is subscribed
        self._people.use("" if name == NOBODY else name)

    def _hear_volume(self, payload: bytes) -> None:
        volume = VolumeCommand.model_validate_json(payload).root
        assert self._tuning is not None  # noqa: S101 - else nothing is subscribed
        self._tuning.tell("volume", volume)

    def _hear_rate(self, payload: bytes) -> None:
        rate = RateCommand.model_validate_json(payload).root
        assert self._tuning is not None  # noqa: S101 - else nothing is subscribed
        self._tuning.tell("words_per_minute", rate)

    def _hear_forget(self, payload: bytes) -> None:
        if payload != PRESS.encode():
            message = f"only {PRESS} is taken"
            raise ValueError(message)
        now, pressed_at = self._now(), self._pressed_at
        least_s, most_s = AGAIN_S
        if pressed_at is None or now - pressed_at > most_s:
            self._pressed_at, self._forgot = now, None
            return
        if now - pressed_at < least_s:
            return
        self._pressed_at = None
        self._forgot = (Step.FAILED, now)
        assert self._forget is not None  # noqa: S101 - else nothing is subscribed
        try:
            self._forget()
        except OSError as error:
            log.error("not all could be forgotten: %s", error)  # noqa: TRY400 - the sentence says it
            return
        self._forgot = (Step.DONE, now)

    def _step(self) -> Step:
        now = self._now()
        if self._pressed_at is not None and now - self._pressed_at <= AGAIN_S[1]:
            return Step.PRESS_AGAIN
        if self._forgot is not None and now - self._forgot[1] <= SHOWN_S:
            return self._forgot[0]
        return Step.READY
