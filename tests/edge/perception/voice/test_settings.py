from __future__ import annotations

import re
import subprocess
import sys

import pytest
from pydantic import ValidationError

from edge.perception.voice.settings import VoiceSettings


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hop_s": 0.0}, "greater than or equal to 0.1"),
        ({"pitch_low_hz": 20}, "greater than or equal to 63"),
        ({"clipped_share": 2}, "less than or equal to 1"),
        ({"loud": 1}, "Extra inputs are not permitted"),
        ({"usual": {"pitch_hz": (240, 100)}}, "first number must be less than the second, got 240 and 100"),
        ({"speech": {"periodicity": 1.5}}, "less than or equal to 1"),
    ],
)
def test_a_value_that_is_not_allowed_is_named(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(said)):
        VoiceSettings.model_validate(wrong)


def test_every_setting_has_a_title_and_a_description() -> None:
    schema = VoiceSettings.model_json_schema()
    tables = [schema, *schema["$defs"].values()]
    fields = [(name, field) for table in tables for name, field in table["properties"].items()]
    assert [name for name, field in fields if not field.get("description") or not field.get("title")] == []


def test_the_settings_load_neither_the_interpreter_nor_opencv() -> None:
    code = "import sys, edge.perception.voice.settings; print({'cv2', 'ai_edge_litert'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "set()\n"
