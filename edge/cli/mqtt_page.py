"""The part of ``docs/mqtt.md`` that is made from the code: every topic, and every message by its pydantic model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edge.learning.feedback import Command as FeedbackCommand
from edge.outlets.mqtt.commands import AcceptCommand, DrivingCommand
from edge.outlets.mqtt.controls import ConsentCommand, ControlsPayload, RateCommand, VolumeCommand
from edge.outlets.mqtt.diagnostics import DiagnosticsPayload
from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.payloads import (
    ActionPayload,
    CrisisNotice,
    EpisodePayload,
    OutcomePayload,
    ProposalPayload,
    ReplyPayload,
    StatePayload,
)
from edge.outlets.mqtt.settings import MqttSettings
from edge.sensors.inbox import Said

if TYPE_CHECKING:
    from pydantic import BaseModel

BEGIN, END = "<!-- made by `rapport mqtt schema` -->", "<!-- end of what is made -->"
TOPICS = Topics.of(MqttSettings(), Identity("kitchen", "Kitchen", ""))
ROOT = TOPICS.state.removesuffix("state")


@dataclass(frozen=True, slots=True)
class Row:
    """One topic. ``model`` is its message as JSON, None where it is none; ``plain`` says what else it may be."""

    topic: str
    when: str
    model: type[BaseModel] | None = None
    plain: str = ""
    retained: str = "no"


SAID = (
    Row(
        TOPICS.availability,
        "on every connection, at the end, and as last will; never held back",
        plain="`online` or `offline`",
        retained="yes",
    ),
    Row(
        TOPICS.discovery,
        "on every connection, when Home Assistant starts, and when there is another profile",
        plain="Home Assistant's device discovery",
        retained="yes",
    ),
    Row(TOPICS.state, "when it changes, see *How often*", StatePayload, retained="only with `expire_after_s = 0`"),
    Row(TOPICS.reply, "when the device says something; the latest once more when Home Assistant starts", ReplyPayload),
    Row(TOPICS.episode, "when an emotion has begun to last, and when it is over; at most 30 s late", EpisodePayload),
    Row(TOPICS.proposal, "when the device offers something; see [actions](actions.md)", ProposalPayload),
    Row(TOPICS.action, "when somebody said yes, or the settings let it be done unasked", ActionPayload),
    Row(TOPICS.outcome, "after feedback, said, tapped or pressed", OutcomePayload),
    Row(TOPICS.controls, "when what can be set has changed, after a command, and with the States", ControlsPayload),
    Row(TOPICS.diagnostics, "when it changes, see *How often*, and every 60 s", DiagnosticsPayload),
    Row(
        TOPICS.avatar,
        "with `avatar.image`, when the face looks different: [the face](avatar.md)",
        plain="the device's own face, a PNG",
        retained="yes",
    ),
    Row("mqtt.crisis_topic", "after a crisis reply, only if the topic is set", CrisisNotice),
)
"""What the device says."""
HEARD = (
    Row(TOPICS.home_status, "always", plain="`online`: Home Assistant has started, and everything is said anew"),
    Row(
        TOPICS.accept,
        "always; it counts only for a proposal of this device that is open",
        AcceptCommand,
        "`PRESS`: the one that is open",
    ),
    Row(TOPICS.feedback, "always; it is about the latest reply", FeedbackCommand, "`helped`, `not-now`, `wrong sad`"),
    Row(TOPICS.consent, "always", ConsentCommand, "`withdraw face`"),
    Row(TOPICS.profile, "always", plain="the name of a profile that there is, or `(nobody)`"),
    Row(TOPICS.volume, "something is spoken (`speech.engine`)", VolumeCommand),
    Row(TOPICS.rate, "something is spoken", RateCommand),
    Row(
        TOPICS.forget,
        "always; the second press within 1 to 30 s after the first counts",
        plain="`PRESS`",
    ),
    Row(TOPICS.driving, '`safety.context = "car"`; see [when to speak](when-to-speak.md)', DrivingCommand),
    Row(f"{ROOT}say", '`words.source = "mqtt"`', Said, "words as they are"),
    Row(f"{ROOT}listen", "speech to text with `words.open` = `push` or `wake`", plain="anything"),
)
"""What it listens to."""


def catalogue() -> dict[str, list[dict[str, Any]]]:
    """Every topic of a device called kitchen, with the JSON schema of its message."""
    return {
        "said": [_entry(row, "serialization") for row in SAID],
        "heard": [_entry(row, "validation") for row in HEARD],
    }


def page() -> str:
    """The same as Markdown."""
    said = "".join(f"| `{row.topic}` | {_message(row)} | {row.retained} | {row.when} |\n" for row in SAID)
    heard = "".join(f"| `{row.topic}` | {_message(row)} | {row.when} |\n" for row in HEARD)
    models = "".join(_model(row.model) for row in (*SAID, *HEARD) if row.model is not None)
    return (
        f"{BEGIN}\n\nWhat the device says:\n\n"
        f"| topic | message | retained | when |\n|---|---|---|---|\n{said}\n"
        f"What it listens to:\n\n| topic | message | heard when |\n|---|---|---|\n{heard}\n"
        "What is said is a JSON object in which every key is always there.\n"
        f"{models}\n{END}\n"
    )


def _entry(row: Row, mode: Any) -> dict[str, Any]:  # noqa: ANN401 - pydantic's name for one of two words
    entry: dict[str, Any] = {"topic": row.topic, "when": row.when, "retained": row.retained, "plain": row.plain}
    return entry if row.model is None else {**entry, "schema": row.model.model_json_schema(mode=mode)}


def _message(row: Row) -> str:
    parts = [f"[{_title(row.model)}](#{_title(row.model).lower()})"] if row.model is not None else []
    return ", or ".join([*parts, *([row.plain] if row.plain else [])])


def _title(model: type[BaseModel]) -> str:
    return "FeedbackCommand" if model is FeedbackCommand else model.__name__


def _model(model: type[BaseModel]) -> str:
    schema = model.model_json_schema(mode="serialization" if model.__name__.endswith("Payload") else "validation")
    definitions = schema.get("$defs", {})
    purpose = " ".join((model.__doc__ or "").split())
    head = f"\n#### {_title(model)}\n\n{purpose}\n"
    if "properties" not in schema:
        return f"{head}\nA JSON value: {_kind(schema, definitions)}.\n"
    rows = "".join(_rows(schema, definitions, ""))
    return f"{head}\n| key | value | |\n|---|---|---|\n{rows}"


def _rows(schema: dict[str, Any], definitions: dict[str, Any], prefix: str) -> list[str]:
    """A line each; the keys of an object within an object after it."""
    rows = []
    for key, one in schema["properties"].items():
        inner = definitions.get(str(one.get("$ref", "")).rpartition("/")[2], {})
        described = str(one.get("description", "")).replace("|", "\\|")
        rows.append(f"| `{prefix}{key}` | {_kind(one, definitions)} | {described} |\n")
        if "properties" in inner:
            rows += _rows(inner, definitions, f"{prefix}{key}.")
    return rows


def _kind(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """What a value may be, in a few words."""
    if "$ref" in schema:
        return _kind(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        return " or ".join(_kind(part, definitions) for part in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    kind = {"integer": "whole number", "boolean": "true or false", "string": "text"}
    name = kind.get(schema.get("type", ""), str(schema.get("type", "anything")))
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None:
        return f"{name} from {low:g}" if high is None else f"{name}, {low:g} to {high:g}"
    if "maxLength" in schema and schema["maxLength"] > 0 and name == "text":
        return f"text of at most {schema['maxLength']} characters"
    return name
