from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from edge.outlets.mqtt.settings import MqttSettings


def test_an_empty_host_means_off() -> None:
    assert not MqttSettings().active
    assert MqttSettings(host="127.0.0.1").active
    assert not MqttSettings(host="127.0.0.1", enabled=False).active


@pytest.mark.parametrize("topic", ["a/#", "+/a", "$SYS/x", "/a", "", "a\x00", "a\n"])
def test_a_base_topic_that_no_broker_takes_is_refused(topic: str) -> None:
    with pytest.raises(ValidationError, match="base_topic"):
        MqttSettings.model_validate({"base_topic": topic})


def test_a_crisis_topic_is_optional_and_empty_means_none() -> None:
    assert MqttSettings.model_validate({"crisis_topic": ""}).crisis_topic is None
    assert MqttSettings.model_validate({"crisis_topic": "family/alarm"}).crisis_topic == "family/alarm"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"tls_ca": "ca.crt"}, "need tls = true"),
        ({"tls": True, "tls_cert": "a.crt"}, "belong together"),
        ({"password_file": "p"}, "needs a username"),
        ({"base_topic": "home/"}, "must not end with /"),
        ({"min_interval_s": 40, "expire_after_s": 60}, "at least twice"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"hots": "x"}, "Extra inputs"),
    ],
)
def test_settings_that_do_not_fit_together_say_why(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        MqttSettings.model_validate(given)


def test_every_setting_has_a_title_and_a_description() -> None:
    for name, field in MqttSettings.model_fields.items():
        assert field.title, name
        assert field.description, name


def test_reading_settings_loads_neither_paho_nor_anything_heavy() -> None:
    program = (
        "import sys, edge.outlets.mqtt.settings as _;"
        "print([m for m in ('paho', 'cv2', 'numpy', 'ai_edge_litert') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
