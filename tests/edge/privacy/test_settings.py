from __future__ import annotations

import pytest

from edge.errors import SettingsError
from edge.settings import load


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("EPSILON_YEAR", "8.1", "smaller is stricter, larger refused"),
        ("EPSILON_YEAR", "0", "smaller is stricter"),
        ("EPSILON_RELEASE", "2.1", "smaller is stricter, larger refused"),
        ("DELTA", "1e-5", "smaller is stricter, larger refused"),
        ("DELTA", "nan", "smaller is stricter"),
        ("REPORT_EVERY_HOURS", "0", "hours in which the device runs"),
        ("AGGREGATES_SHARE", "1.1", "of the year's budget"),
        ("TOPIC", "fleet/#", "topic that aggregates are sent to"),
        ("TOPIC", "$SYS/a", "topic that aggregates are sent to"),
        ("TOPIC", "fleet//a", "topic that aggregates are sent to"),
        ("TOPIC", "fleet/{name}/aggregate", "topic that aggregates are sent to"),
        ("TOPIC", "fleet/", "topic that aggregates are sent to"),
    ],
)
def test_what_is_looser_or_cannot_be_is_refused_at_load(key: str, value: str, remedy: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(None, {f"RAPPORT_PRIVACY__{key}": value})
    assert remedy in str(refused.value)
    assert f"RAPPORT_PRIVACY__{key}" in str(refused.value)


def test_stricter_is_taken_and_nothing_leaves_by_default() -> None:
    privacy = load(None, {"RAPPORT_PRIVACY__EPSILON_YEAR": "1", "RAPPORT_PRIVACY__DELTA": "1e-9"}).privacy
    assert (privacy.epsilon_year, privacy.delta) == (1.0, 1e-9)
    assert privacy.topic == ""


@pytest.mark.parametrize("topic", ["fleet/{device}/aggregate", "{pseudonym}", "屋/counts"])
def test_topics_that_may_be(topic: str) -> None:
    assert load(None, {"RAPPORT_PRIVACY__TOPIC": topic}).privacy.topic == topic
