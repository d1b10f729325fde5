from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import SettingsError
from edge.outlets.mqtt.discovery import discovery
from edge.outlets.mqtt.identity import Identity, Topics
from edge.outlets.mqtt.settings import MqttSettings


@pytest.mark.parametrize("device_id", ["", "a/b", "#", "küche", "厨房", "a b", "a\n", "+", "x" * 65, "１"])
def test_a_weird_device_id_is_refused_with_the_value_and_what_is_allowed(device_id: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Identity(device_id, "Kitchen", "1")
    assert repr(device_id) in caught.value.problem
    assert "a-z A-Z 0-9 _ -" in caught.value.problem


@given(st.text(alphabet=string.ascii_letters + string.digits + "_-", min_size=1, max_size=64))
def test_every_plain_id_gives_topics_without_wildcards(device_id: str) -> None:
    topics = Topics.of(MqttSettings(), Identity(device_id, "Kitchen", "1"))
    assert topics.state == f"rapport/{device_id}/state"
    assert topics.discovery == f"homeassistant/device/rapport_{device_id}/config"
    assert not set("#+") & set(f"{topics.availability}{topics.state}{topics.reply}{topics.discovery}")


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "two\nlines", "x" * 129, "\ud800"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="device name"):
        Identity("kitchen", name, "1")


@pytest.mark.parametrize("name", ["Küche", "厨房", "مطبخ", "👩‍🍳 kitchen"])
def test_a_name_may_be_in_any_language_and_never_reaches_an_id(name: str) -> None:
    if not name.isprintable():  # a joiner inside an emoji
        name = name.replace("\u200d", "")
    settings, identity = MqttSettings(), Identity("kitchen", name, "1")
    payload = discovery(settings, identity, Topics.of(settings, identity))
    assert payload["device"].pop("name") == name
    assert name not in str(payload)
