from __future__ import annotations

import json
import re
import tomllib

import pytest

from edge.outlets.mqtt.commands import AcceptCommand, DrivingCommand
from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.payloads import (
    ActionPayload,
    CrisisNotice,
    DiagnosticsPayload,
    OutcomePayload,
    Payload,
    ProposalPayload,
    ReplyPayload,
    StatePayload,
)
from edge.outlets.mqtt.settings import MqttSettings
from tests.broker import ROOT

PAYLOADS = (StatePayload, ReplyPayload, CrisisNotice, OutcomePayload, DiagnosticsPayload)
"""In the order in which the guide shows one each."""
GUIDE = (ROOT / "docs" / "mqtt.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", GUIDE, re.DOTALL | re.MULTILINE)


KINDS = [StatePayload, ReplyPayload, ProposalPayload, ActionPayload, CrisisNotice, OutcomePayload, DiagnosticsPayload]


@pytest.mark.parametrize(
    ("block", "kind"),
    list(zip(blocks("json"), KINDS, strict=True)),
)
def test_the_guides_payloads_are_payloads_as_they_are_sent(block: str, kind: type[Payload]) -> None:
    payload = kind.model_validate_json(block)
    assert payload.model_dump_json() == json.dumps(json.loads(block), ensure_ascii=False, separators=(",", ":"))


def test_the_guides_commands_are_understood() -> None:
    accept, driving = (re.search(rf"`rapport/kitchen/{part}` \| `({{.*?}})`", GUIDE) for part in ("accept", "driving"))
    assert accept is not None
    assert driving is not None
    AcceptCommand.model_validate_json(accept[1])
    DrivingCommand.model_validate_json(driving[1])


def test_the_guides_settings_are_valid() -> None:
    (block,) = blocks("toml")
    tree = tomllib.loads(block)
    Identity(tree["device"]["id"], tree["device"]["name"], "1")
    assert MqttSettings.model_validate(tree["mqtt"]).active


def test_the_guide_names_every_topic() -> None:
    topics = Topics.of(MqttSettings(), Identity("kitchen", "Küche", "1"))
    for topic in (getattr(topics, name) for name in Topics.__slots__):
        assert f"`{topic}`" in GUIDE, topic


def test_the_guides_figures_are_the_settings_defaults() -> None:
    defaults = MqttSettings()
    for words in (
        f"`deadband` ({defaults.deadband})",
        f"`min_interval_s` ({defaults.min_interval_s:g} s)",
        f"`expire_after_s` ({defaults.expire_after_s} s)",
    ):
        assert words in GUIDE
