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
    from edge.accelerators.usage import InUse
    from edge.affect import Language, Reply, State
    from edge.outlets.outlet import Outcome
    from edge.response.proposal import Act, Proposal

LONGEST_STATE = 255
"""Characters; Home Assistant turns a longer state into "unknown"."""
ONLINE, OFFLINE = "online", "offline"
"""On the availability topic; case matters."""
ON, OFF = "ON", "OFF"
"""Of binary sensors; case matters."""


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

    emotion: str = Field(description='one of the seven labels, or "unsure"')
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

    def explained(self, state: State, language: Language) -> StatePayload:
        """With the State in words. It is worked out for what is published only, which is far less than what is told."""
        lines = explain(state, quoting=False, language=language)
        return self.model_copy(update={"explanation": phrasebook(language).between.join(lines)})


class ReplyPayload(Payload):
    """What the device said; only how, when the reply repeats the person's words."""

    text: str | None = Field(max_length=LONGEST_STATE, description="null when the reply quotes the person")
    full: str | None = Field(description="the same, uncut")
    language: str
    strategy: str

    @classmethod
    def of(cls, reply: Reply) -> ReplyPayload:
        """``text`` is ``full`` cut to what the home can hold as a state."""
        full = None if reply.quotes else reply.text
        text = None if full is None else shortened(full)
        return cls(text=text, full=full, language=reply.language.value, strategy=reply.strategy)


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


class AcceleratorPayload(Payload):
    """What the models run on."""

    device: str | None = Field(description='"cpu", "coral" or "jetson"; null, as the next, where nobody knows')
    chosen: str | None = Field(description="the one that was chosen at start")
    reason: str = Field(max_length=LONGEST_STATE, description="why that one, and why some models run elsewhere")
    fallback: bool = Field(description="whether a model runs on the CPU because something failed")
    failures: int = Field(ge=0, description="inferences that failed or hung, since start")
    returns: int = Field(ge=0, description="times that a model came back to the chosen device")

    @classmethod
    def of(cls, in_use: InUse | None) -> AcceleratorPayload:
        """Of one moment; None where nobody knows, as in an outlet that runs by itself."""
        if in_use is None:
            return cls(device=None, chosen=None, reason="", fallback=False, failures=0, returns=0)
        return cls(
            device=in_use.device,
            chosen=in_use.chosen,
            reason=shortened(in_use.reason),
            fallback=in_use.fallback,
            failures=in_use.failures,
            returns=in_use.returns,
        )


class DiagnosticsPayload(Payload):
    """How the outlet itself is doing."""

    latency_p95_ms: float | None = Field(
        description="capture to publication of a State, over the last 256; null before"
    )
    dropped: int = Field(
        ge=0, description="States and Replies that were given up because newer ones came or time passed"
    )
    connections: int = Field(ge=0, description="times that the broker accepted this device since it started")
    accelerator: AcceleratorPayload
    refused: int = Field(default=0, ge=0, description="messages to the device that it did not take, since start")
    silence: str | None = Field(
        default=None, max_length=LONGEST_STATE, description="why it says nothing now; null where it has just spoken"
    )


def shortened(text: str) -> str:
    """``text``, cut to LONGEST_STATE characters, the last of which is then an ellipsis."""
    return text if len(text) <= LONGEST_STATE else text[: LONGEST_STATE - 1].rstrip() + "…"
