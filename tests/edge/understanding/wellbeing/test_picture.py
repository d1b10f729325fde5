from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from edge.affect import Language
from edge.understanding.wellbeing.picture import BOTTOM, DOT, HEIGHT, MOOD, TOP, WIDTH, svg
from edge.understanding.wellbeing.report import Report, report
from tests.edge.understanding.wellbeing.support import START, day

NS = "{http://www.w3.org/2000/svg}"
MONDAY = START + timedelta(days=21)
LEGEND = 1
"""Of each sign one stands in the legend."""


def made(profile: str = "default") -> Report:
    days = {
        START + timedelta(days=n): day(n / 28 - 0.5, moods=(1 + n % 5,) if n % 2 else ()) for n in range(28) if n % 9
    }
    days[START + timedelta(days=26)] = day(0.9, minutes=3)
    return report(profile, days, MONDAY, 20, (6, 7))


def drawn(found: Report, language: Language = Language.EN) -> ET.Element:
    return ET.fromstring(svg(found, language))  # noqa: S314 - our own text


@pytest.mark.parametrize("language", list(Language))
def test_every_day_is_there_as_a_dot_or_as_missing(language: Language) -> None:
    found = made()
    root = drawn(found, language)
    dots, crosses = root.findall(f"{NS}circle"), root.findall(f"{NS}path")
    assert len(dots) - LEGEND == len(found.counted) == 23
    assert len(crosses) - LEGEND == 28 - 23
    assert len([rect for rect in root.findall(f"{NS}rect") if rect.get("fill") == MOOD]) - LEGEND == len(
        [entry for entry in found.days.values() if entry.moods]
    )
    assert {dot.get("fill") for dot in dots} == {DOT}


def test_more_pleasant_is_higher_and_nothing_leaves_its_panel() -> None:
    root = drawn(made())
    heights = [float(dot.get("cy", "nan")) for dot in root.findall(f"{NS}circle")[LEGEND:]]
    assert heights == sorted(heights, reverse=True)
    assert all(TOP <= height <= BOTTOM for height in heights)
    for element in root.iter():
        for name, limit in (("x", WIDTH), ("x2", WIDTH), ("cx", WIDTH), ("y", HEIGHT), ("y2", HEIGHT), ("cy", HEIGHT)):
            value = element.get(name)
            assert value is None or 0 <= float(value) <= limit


def test_it_loads_nothing_and_runs_nothing() -> None:
    text = svg(made("<script>alert(1)</script>&\N{ROCKET}"), Language.ZH)
    assert "script" not in text
    assert "href" not in text
    assert "url(" not in text
    assert text.count("http") == 1, "the name of the format, which is no address"


def test_without_a_day_it_is_a_picture_all_the_same() -> None:
    root = drawn(report("default", {}, START, 20, (6, 7)))
    assert len(root.findall(f"{NS}path")) - LEGEND == 28


def test_device_needs_no_numpy_for_any_of_it() -> None:
    code = (
        "import sys, edge.understanding.wellbeing.picture, edge.understanding.wellbeing.wording, edge.cli.wellbeing\n"
        "print(sorted({'numpy', 'scipy', 'cv2', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
