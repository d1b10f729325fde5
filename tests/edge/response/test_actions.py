"""The data file of what may be proposed, read against the checklist, and what is wrong in one."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from edge.affect import Emotion, Language
from edge.data_file import read_table
from edge.errors import SettingsError
from edge.response.acting import GRAVE
from edge.response.acting_settings import ActionsSettings
from edge.response.actions import PLACES, actions, load_actions
from edge.response.contexts import MANNERS, manner
from edge.response.library import load_library
from edge.response.proposal import answers
from edge.response.strategy import Moment
from edge.response.talk import Talk, kind_of
from edge.understanding.graph.load import load_events
from tests.edge.response.checklist import FORBIDDEN

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [
    (action.id, language, kind, text)
    for action in actions().values()
    for language, texts in action.texts.items()
    for kind, listed in (("title", (texts.title,)), ("offer", texts.offer), ("done", texts.done))
    for text in listed
]
STIRRED = Moment(Talk.STATEMENT, Emotion.ANGRY, -0.5, 0.5, 0.9)


@pytest.mark.parametrize(("action", "language", "kind", "text"), TEXTS)
def test_a_text_keeps_to_the_checklist(action: str, language: Language, kind: str, text: str) -> None:
    for why, phrases in FORBIDDEN[language].items():
        assert not any(phrase in text.lower() for phrase in phrases), why
    assert not re.search(r"[()\[\]/_{}]", text)
    assert not re.search(r"['’你您]", text), "it is said casually and formally alike"
    if kind == "offer" and "car" in actions()[action].contexts:
        assert text.endswith((".", "。")), "a driver is asked nothing"
        assert "yes" in text.lower() or "好" in text, "but told how it is taken"
    elif kind == "offer":
        assert text.endswith(("?", "？")), "an offer is a question"
    elif kind == "done":
        assert text.endswith((".", "。"))
    for context in actions()[action].contexts:
        assert len(text) <= manner(context).longest(language)


def test_every_place_in_which_something_may_be_proposed_has_something() -> None:
    for place in PLACES:
        assert sum(place in action.contexts for action in actions().values()) >= 3
    assert MANNERS.keys() > PLACES


def test_no_text_tells_how_the_person_is() -> None:
    feelings = (*Emotion, "tense", "stress", "upset", "calm", "生气", "难过", "害怕", "紧张", "压力", "累")
    for *_, text in TEXTS:
        assert not any(feeling in text.lower() for feeling in feelings)


def test_what_is_grave_is_among_the_events_of_the_graph() -> None:
    assert load_events().keys() >= GRAVE


@pytest.mark.parametrize("language", Language)
def test_yes_and_no_are_never_the_same_words_and_no_dismissal(language: Language) -> None:
    known = answers()[language.value]
    assert not known["yes"] & known["no"]
    raw = tomllib.loads(files("edge.response").joinpath("answers.toml").read_text("utf-8"))[language.value]
    wording = load_library(language).wording
    assert not [phrase for phrase in raw["yes"] if kind_of(phrase, wording) in (Talk.DISMISSAL, Talk.LOSS)]


@pytest.mark.parametrize(
    ("action", "context", "change", "minute", "standing", "fits"),
    [
        ("dim_light", "home", {}, None, False, True),
        ("dim_light", "home", {}, 20 * 60, False, True),
        ("dim_light", "home", {}, 12 * 60, False, False),
        ("dim_light", "car", {}, None, False, False),
        ("dim_light", "home", {"arousal": 0.1}, None, False, False),
        ("dim_light", "home", {"label": Emotion.HAPPY}, None, False, False),
        ("dim_light", "home", {"label": None}, None, False, False),
        ("quiet_music", "home", {"label": Emotion.SAD, "arousal": -0.2}, None, False, True),
        ("quiet_music", "home", {"label": Emotion.SAD, "arousal": 0.4}, None, False, False),
        ("next_stop", "car", {}, None, False, True),
        ("next_stop", "car", {}, None, True, False),
        ("softer_music", "car", {}, None, True, True),
    ],
)
def test_an_action_fits_where_its_conditions_hold(
    action: str, context: str, change: dict[str, Any], minute: int | None, *, standing: bool, fits: bool
) -> None:
    values = {"label": Emotion.ANGRY, "valence": -0.5, "arousal": 0.5, **change}
    moment = Moment(Talk.STATEMENT, confidence=0.9, **values)
    assert actions()[action].fits(moment, context, minute, standing=standing) is fits


def written(tmp_path: Path, **changes: object) -> Path:
    """A file with one entry, from the package's own, with ``changes``; None leaves a key out."""
    entry = {**read_table(files("edge.response").joinpath("actions.toml"))["dim_light"], **changes}
    file = tmp_path / "actions.toml"
    lines = [f"{key} = {_toml(value)}" for key, value in entry.items() if value is not None]
    file.write_text("[dim_light]\n" + "\n".join(lines), encoding="utf-8")
    return file


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return (
        str(value).lower() if isinstance(value, bool) else repr(value) if not isinstance(value, str) else f'"{value}"'
    )


TEXT = {"title": "A", "offer": ["Shall I?"], "done": ["Done."]}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"contexts": ["service"]}, "nothing is proposed in the context 'service'"),
        ({"contexts": []}, "contexts"),
        ({"emotions": ["tired"]}, "emotions"),
        ({"hours": "25:00-26:00"}, "no time of the day"),
        ({"service": "light"}, "service"),
        ({"colour": "red"}, "colour"),
        ({"contexts": ["car"]}, "a driver is asked nothing"),
        ({"en": None}, "en"),
        ({"en": {**TEXT, "offer": ["要不要？"]}}, "no Chinese characters"),
        ({"en": {**TEXT, "offer": ["Shall I? " * 20]}}, "at most 140"),
        ({"en": {**TEXT, "offer": ["Shall I?", "Shall I?"]}}, "there twice"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_name_and_entry(
    tmp_path: Path, changes: dict[str, object], complaint: str
) -> None:
    assert load_actions(written(tmp_path)).keys() == {"dim_light"}
    file = written(tmp_path, **changes)
    with pytest.raises(SettingsError) as caught:
        load_actions(file)
    assert complaint in str(caught.value)
    assert str(file) in str(caught.value)
    assert "dim_light" in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"allowed": ["dim_lights"]}, "there is no action 'dim_lights'; there are dim_light"),
        ({"allowed": [], "unasked": ["dim_light"]}, "which allowed does not"),
        ({"allowed": ["fresh_air"], "unasked": ["fresh_air"]}, "never done unasked"),
        ({"every_h": 0}, "every_h"),
        ({"lasts_s": 5}, "lasts_s"),
    ],
)
def test_settings_that_allow_what_there_is_not_are_refused(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        ActionsSettings.model_validate(settings)


def test_the_settings_name_every_action_and_what_is_never_done_unasked() -> None:
    assert all(name in (ActionsSettings.model_fields["allowed"].description or "") for name in actions())
    never = [action.id for action in actions().values() if action.asks]
    assert f"never {' and '.join(never)}" in (ActionsSettings.model_fields["unasked"].description or "")
    assert ActionsSettings().allowed == ()
