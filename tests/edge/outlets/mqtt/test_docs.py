from __future__ import annotations

import json
import re
import tomllib

import pytest

from edge.cli import main
from edge.cli.mqtt_page import BEGIN, END, HEARD, SAID, catalogue, page
from edge.outlets.mqtt.controls import ControlsPayload
from edge.outlets.mqtt.diagnostics import AcceleratorPayload, DiagnosticsPayload, LanesPayload
from edge.outlets.mqtt.entities import ENTITIES
from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.payloads import (
    ActionPayload,
    CrisisNotice,
    EpisodePayload,
    OutcomePayload,
    Payload,
    ProposalPayload,
    ReplyPayload,
    SensesPayload,
    StatePayload,
)
from edge.outlets.mqtt.settings import MqttSettings
from tests.broker import ROOT

GUIDE = (ROOT / "docs" / "mqtt.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", GUIDE, re.DOTALL | re.MULTILINE)


KINDS: list[type[Payload]] = [
    StatePayload,
    ReplyPayload,
    EpisodePayload,
    ProposalPayload,
    ActionPayload,
    CrisisNotice,
    OutcomePayload,
    ControlsPayload,
    DiagnosticsPayload,
]
"""In the order in which the guide shows one each."""


@pytest.mark.parametrize(
    ("block", "kind"),
    list(zip(blocks("json"), KINDS, strict=True)),
)
def test_the_guides_payloads_are_payloads_as_they_are_sent(block: str, kind: type[Payload]) -> None:
    payload = kind.model_validate_json(block)
    assert payload.model_dump_json() == json.dumps(json.loads(block), ensure_ascii=False, separators=(",", ":"))


def test_the_guide_has_what_the_command_prints() -> None:
    begin, end = GUIDE.index(BEGIN), GUIDE.index(END) + len(END)
    assert GUIDE[begin:end] == page().rstrip(), "put the output of `rapport mqtt schema` in its place"


def test_the_command_prints_schemas_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mqtt", "schema", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == catalogue()
    assert main(["mqtt", "schema"]) == 0
    assert capsys.readouterr().out == page()


def test_every_topic_and_every_message_is_in_the_catalogue() -> None:
    topics = Topics.of(MqttSettings(), Identity("kitchen", "Kitchen", "1"))
    listed = {row.topic for row in (*SAID, *HEARD)}
    assert {getattr(topics, name) for name in Topics.__slots__} <= listed
    assert set(Payload.__subclasses__()) <= {row.model for row in SAID} | PARTS
    assert all(entry.keys() >= {"topic", "when"} for part in catalogue().values() for entry in part)


PARTS = {SensesPayload, AcceleratorPayload, LanesPayload}
"""Of other messages."""


def test_the_guide_names_every_entity() -> None:
    for entity in ENTITIES:
        assert re.search(rf"\*{re.escape(entity.name)}\*|… {entity.name.rpartition(' ')[2]}\b", GUIDE) or re.search(
            rf"\*{entity.name.rpartition(' ')[2]}\*", GUIDE
        ), entity.name


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
