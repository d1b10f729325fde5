from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.affect import Sense
from edge.section import Section
from edge.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


def sections(section: type[Section] = Settings) -> Iterator[type[Section]]:
    yield section
    for field in section.model_fields.values():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield from sections(field.annotation)


@pytest.mark.parametrize("section", list(sections()), ids=lambda section: section.__name__)
def test_what_is_live_is_a_setting_of_its_table(section: type[Section]) -> None:
    assert set(section.model_fields) >= section.LIVE


def tree(**tables: dict[str, object]) -> Settings:
    return Settings.model_validate(tables)


def test_what_is_live_is_taken_and_the_rest_stays() -> None:
    running = tree(camera={"source": "0"}, response={"quiet": False, "seed": 1}, face={"darkest": 20})
    wanted = tree(
        camera={"source": "1"}, response={"quiet": True, "seed": 2}, face={"darkest": 30, "domain": {"quality": 0.1}}
    )
    merged = running.merged(wanted)
    assert (merged.response.quiet, merged.face.darkest, merged.face.domain.quality) == (True, 30, 0.1)
    assert (merged.camera.source, merged.response.seed) == ("0", 1)
    assert list(running.differing(merged)) == ["face.darkest", "face.domain.quality", "response.quiet"]
    assert list(merged.differing(wanted)) == ["camera.source", "response.seed"]


def test_reading_anew_takes_grants_away_and_gives_none() -> None:
    running = tree(consent={"grants": ["face", "text"]})
    wanted = tree(consent={"grants": ["text", "voice"]})
    merged = running.merged(wanted)
    assert merged.consent.grants == (Sense.TEXT,)
    assert list(merged.differing(wanted)) == ["consent.grants"]
    assert merged.merged(running).consent.grants == (Sense.TEXT,), "what was taken away comes back by a restart only"
