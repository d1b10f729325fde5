"""What is published: States, Replies, notices and diagnostics as JSON objects in which every key is always there.

Nothing that a person said and nothing raw is among the fields. Cues whose phrases quote the person stay on the device,
and so does the text of a reply that does.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from edge.affect import Sense
from edge.understanding.explanation import explain
from edge.understanding.wording.phrasebook import phrasebook

if TYPE_CHECKING:
    from edge.affect import Episode, Language, Reply, State
    from edge.outlets.outlet import Outcome
    from edge.response.proposal import Act, Proposal

LONGEST_STATE = 255
"""Characters; Home Assistant turns a longer state into "unknown"."""
ONLINE, OFFLINE = "online", "offline"
"""On the availability topic; case matters."""
ON, OFF = "ON", "OFF"
"""Of binary sensors and switches; case matters."""
EPISODE_EVENTS = ("began", "ended")
"""What can be told of an episode."""


class Payload(BaseModel):
    """Base of all payloads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def encode(self) -> bytes:
        """The payload as UTF-8 JSON."""
        return self.model_dump_json().encode()


class SensesPayload(Payload):
    """Which senses the State rests on."""

    face: Literal["ON", "OFF"]
    voice: Literal["ON", "OFF"]
    text: Literal["ON", "OFF"]


class StatePayload(Payload):
    """How the person is doing, as far as the device can tell."""

    emotion: str = Field(max_length=32, description='one of the seven labels, or "unsure"')
    valence: float | None = Field(ge=-1, le=1, description="null, as the next two, while no sense is in use")
    arousal: float | None = Field(ge=-1, le=1)
    confidence: float | None = Field(ge=0, le=1, description="probability of the leading emotion")
    reason: str | None = Field(max_length=LONGEST_STATE, description="why the device is unsure; null when it is not")
    senses: SensesPayload
    explanation: str = Field(
        default="", description="the State in words, in the device's first language; no sign that quotes the person"
    )

    @classmethod
    def of(cls, state: State) -> StatePayload:
        """Rounded to three decimals, which is finer than the models can tell; no figure without any evidence."""
        in_use = {sense for sense, share in state.shares if share > 0}
        senses = {sense.value: ON if sense in in_use else OFF for sense in Sense}
        return cls(
            emotion=state.name,
            valence=round(min(max(state.affect.valence, -1.0), 1.0), 3) if in_use else None,
            arousal=round(min(max(state.affect.arousal, -1.0), 1.0), 3) if in_use else None,
            confidence=round(min(state.confidence, 1.0), 3) if in_use else None,
            reason=None if state.reason is None else shortened(state.reason),
            senses=SensesPayload.model_validate(senses),
        )


class EpisodePayload(Payload):
    """An emotion began to last, or has lasted. It is said once and never kept."""

    event_type: Literal["began", "ended"]
    emotion: str
    onset: str = Field(description="ISO 8601, UTC, to the second")
    end: str | None = Field(description="the same; null while it lasts")
    peak: float = Field(ge=0, le=1, description="the highest probability that the emotion reached so far")
    seconds: float = Field(ge=0, description="for how long it has lasted so far")

    @classmethod
    def of(cls, episode: Episode) -> EpisodePayload:
        """Wall time is taken here, at the border."""
        now_ns = time.monotonic_ns()
        until_ns = now_ns if episode.end_ns is None else episode.end_ns
        return cls(
            event_type="began" if episode.end_ns is None else "ended",
            emotion=episode.emotion.value,
            onset=_utc(episode.onset_ns, now_ns),
            end=None if episode.end_ns is None else _utc(episode.end_ns, now_ns),
            peak=round(min(episode.peak, 1.0), 3),
            seconds=round(max(until_ns - episode.onset_ns, 0) / 1e9, 1),
        )


class ReplyPayload(Payload):
    """What the device said; only how, when the reply repeats the person's words."""

    text: str | None = Field(max_length=LONGEST_STATE, description="null when the reply quotes the person")
    full: str | None = Field(description="the same, uncut")
    language: str
    strategy: str
    id: str = Field(
        description="another for each reply: one that is said again after a restart of the home keeps its own"
    )

    @classmethod
    def of(cls, reply: Reply) -> ReplyPayload:
        """``text`` is ``full`` cut to what the home can hold as a state."""
        full = None if reply.quotes else reply.text
        text = None if full is None else shortened(full)
        return cls(text=text, full=full, language=reply.language.value, strategy=reply.strategy, id=uuid.uuid4().hex)


class ProposalPayload(Payload):
    """Something that the household allowed to be proposed. Not why: nothing in it says how the person is."""

    event_type: str = Field(description="the action again, for Home Assistant's event entity")
    id: str = Field(description="to be sent back to accept it")
    action: str
    title: str
    expires: str = Field(description="ISO 8601, UTC, to the second: until when it can be accepted")
    service: str = Field(description="of Home Assistant; empty where the home decides")
    data: dict[str, int | float | str] = Field(description="of that service")

    @classmethod
    def of(cls, proposal: Proposal) -> ProposalPayload:
        """Wall time is taken here, at the border."""
        expires = time.time() + (proposal.expires_ns - time.monotonic_ns()) / 1e9
        return cls(
            event_type=proposal.action,
            id=proposal.id,
            action=proposal.action,
            title=proposal.title,
            expires=dt.datetime.fromtimestamp(expires, tz=dt.UTC).isoformat(timespec="seconds"),
            service=proposal.service,
            data=dict(proposal.data),
        )


class ActionPayload(Payload):
    """Something that is to be done now, once: a copy has the same id."""

    event_type: str = Field(description="the action again, for Home Assistant's event entity")
    id: str
    action: str
    title: str
    service: str
    data: dict[str, int | float | str]
    by: str = Field(description='"words" or "tap" accepted it; "household": the settings let it be done unasked')

    @classmethod
    def of(cls, act: Act) -> ActionPayload:
        """What an automation needs to carry it out."""
        proposal = act.proposal
        return cls(
            event_type=proposal.action,
            id=proposal.id,
            action=proposal.action,
            title=proposal.title,
            service=proposal.service,
            data=dict(proposal.data),
            by=act.by.value,
        )


class OutcomePayload(Payload):
    """What became of feedback on a reply."""

    feedback: str = Field(description='"helped", "not-now" or "wrong"')
    emotion: str | None = Field(description='with "wrong": what the person said that they feel; null else')
    taken: bool
    reason: str | None = Field(max_length=LONGEST_STATE, description="why it was not taken; null when it was")

    @classmethod
    def of(cls, outcome: Outcome) -> OutcomePayload:
        """As it was said by a button or in words; no word of what was said."""
        return cls(feedback=outcome.feedback, emotion=outcome.emotion, taken=outcome.taken, reason=outcome.reason)


class CrisisNotice(Payload):
    """That the device gave crisis wording. Neither what was said nor what was answered."""

    kind: Literal["crisis"] = "crisis"
    id: str = Field(description="the same in every copy of one notice, so that the receiver counts it once")
    device: str
    at: str = Field(description="ISO 8601, UTC, to the second: when the words were heard")

    @classmethod
    def of(cls, reply: Reply, device_id: str) -> CrisisNotice:
        """Wall time is taken here, at the border."""
        heard = time.time() - max(time.monotonic_ns() - reply.captured_ns, 0) / 1e9
        at = dt.datetime.fromtimestamp(heard, tz=dt.UTC).isoformat(timespec="seconds")
        return cls(id=uuid.uuid4().hex, device=device_id, at=at)


def explained(state: State, language: Language) -> str:
    """The State in words, without what quotes the person."""
    return phrasebook(language).between.join(explain(state, quoting=False, language=language))


def _utc(at_ns: int, now_ns: int) -> str:
    """A moment of CLOCK_MONOTONIC as wall time."""
    wall = time.time() - (now_ns - at_ns) / 1e9
    return dt.datetime.fromtimestamp(wall, tz=dt.UTC).isoformat(timespec="seconds")


def shortened(text: str) -> str:
    """``text``, cut to LONGEST_STATE characters, the last of which is then an ellipsis."""
    return text if len(text) <= LONGEST_STATE else text[: LONGEST_STATE - 1].rstrip() + "…"
