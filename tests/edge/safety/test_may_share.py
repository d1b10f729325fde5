from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.affect import Sense
from edge.safety.consent import Consent
from edge.safety.context import context
from edge.safety.grants import Purpose
from edge.safety.keeping import may_share
from edge.safety.settings import ConsentSettings, SafetySettings

if TYPE_CHECKING:
    from pathlib import Path

HOME = context(SafetySettings())


def consent(path: Path, *grants: Sense) -> Consent:
    return Consent(ConsentSettings(grants=grants), path)


def test_no_settings_file_lets_anything_leave(tmp_path: Path) -> None:
    assert may_share(consent(tmp_path, *Sense), HOME) == frozenset()


def test_it_takes_a_grant_for_aggregates_and_one_for_emotion(tmp_path: Path) -> None:
    given = consent(tmp_path, Sense.TEXT)
    given.grant(Sense.TEXT, Purpose.AGGREGATES)
    given.grant(Sense.FACE, Purpose.AGGREGATES)
    assert may_share(given, HOME) == {Sense.TEXT}
    given.withdraw(Sense.TEXT)
    assert may_share(given, HOME) == frozenset()


@pytest.mark.parametrize("place", ["service", "tutor", "game", "social"])
def test_where_others_may_be_nothing_leaves(tmp_path: Path, place: str) -> None:
    given = consent(tmp_path, *Sense)
    for sense in Sense:
        given.grant(sense, Purpose.AGGREGATES)
    assert may_share(given, HOME) == set(Sense)
    assert may_share(given, context(SafetySettings.model_validate({"context": place}))) == frozenset()


def test_a_damaged_file_lets_nothing_leave(tmp_path: Path) -> None:
    given = consent(tmp_path, *Sense)
    given.grant(Sense.TEXT, Purpose.AGGREGATES)
    given.path.write_text("{", encoding="utf-8")
    assert may_share(consent(tmp_path, *Sense), HOME) == frozenset()
