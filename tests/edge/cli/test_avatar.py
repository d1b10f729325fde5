from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import cv2
import pytest

from edge.outlets.avatar.sheet import ROWS

if TYPE_CHECKING:
    from tests.edge.cli.conftest import Rapport

DOCS = Path(__file__).resolve().parents[3] / "docs" / "avatar"
PICTURES = {
    "looks.svg": ["--sheet"],
    "looks-dark.svg": ["--sheet", "--theme", "dark"],
    "hello.svg": ["--film", "--emotion", "happy", "--size", "240", "--say", "Hello! How was your day?"],
    "listening.svg": ["--film", "--emotion", "sad", "--size", "240", "--say", "听起来很不容易。"],
    "asleep.svg": ["--film", "--emotion", "asleep", "--size", "240", "--theme", "dark"],
}
SVG = "{http://www.w3.org/2000/svg}"


def test_a_look_goes_to_standard_output_or_a_file(rapport: Rapport, tmp_path: Path) -> None:
    printed = rapport("avatar", "--emotion", "happy")
    assert printed.returncode == 0, printed.stderr
    assert ET.fromstring(printed.stdout).tag == f"{SVG}svg"  # noqa: S314 - our own
    drawn = tmp_path / "happy.png"
    done = rapport("avatar", "--emotion", "happy", "--manner", "mirror", "--size", "72", "--out", drawn)
    assert done.stdout.strip() == str(drawn)
    picture = cv2.imread(str(drawn))
    assert picture is not None
    assert picture.shape == (72, 72, 3)


def test_looks_differ(rapport: Rapport) -> None:
    drawn = {
        rapport("avatar", "--emotion", emotion, "--manner", manner, "--theme", theme, "--colour", colour).stdout
        for emotion, manner, theme, colour in (
            ("sad", "calm", "light", "amber"),
            ("sad", "mirror", "light", "amber"),
            ("sad", "calm", "dark", "amber"),
            ("sad", "calm", "light", "sky"),
            ("unsure", "calm", "light", "amber"),
            ("asleep", "calm", "light", "amber"),
        )
    }
    assert len(drawn) == 6


def test_all_looks_come_on_one_sheet(rapport: Rapport, tmp_path: Path) -> None:
    done = rapport("avatar", "--sheet", "--out", tmp_path / "sheet.svg")
    assert done.returncode == 0, done.stderr
    root = ET.parse(tmp_path / "sheet.svg").getroot()  # noqa: S314 - our own
    captions = [text.text for text in root.iter(f"{SVG}text")]
    assert captions == [name for row in ROWS for name, _ in row]
    names = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("name", "options"), PICTURES.items())
def test_the_pictures_in_the_docs_are_what_is_drawn(
    rapport: Rapport, *, rewrite_golden: bool, name: str, options: list[str]
) -> None:
    drawn = rapport("avatar", *options).stdout
    if rewrite_golden:
        (DOCS / name).write_text(drawn, encoding="utf-8")
    assert (DOCS / name).read_text(encoding="utf-8") == drawn


def comes_round(root: ET.Element) -> bool:
    """Whether the breath ends where it began."""
    head = next(element for element in root.iter() if element.get("id") == "head")
    first, *_, last = str(head.findall(f"{SVG}animateTransform")[0].get("values")).split(";")
    return first == last


def test_asleep_it_breathes_slower_and_comes_round_all_the_same(rapport: Rapport) -> None:
    root = ET.fromstring(rapport("avatar", "--film", "--emotion", "asleep").stdout)  # noqa: S314 - our own
    assert comes_round(root)


@pytest.mark.parametrize("words", ["Tell me more!", "想多说一点吗？"])
def test_a_film_moves_by_itself_and_comes_round(rapport: Rapport, tmp_path: Path, words: str) -> None:
    done = rapport("avatar", "--film", "--emotion", "sad", "--say", words, "--out", tmp_path / "film.svg")
    assert done.returncode == 0, done.stderr
    root = ET.parse(tmp_path / "film.svg").getroot()  # noqa: S314 - our own
    mouth = next(element for element in root.iter() if element.get("id") == "mouth")
    (moved,) = mouth.findall(f"{SVG}animate")
    assert moved.get("attributeName") == "d"
    values, times = str(moved.get("values")).split(";"), str(moved.get("keyTimes")).split(";")
    assert len(values) == len(times) > 10
    assert (times[0], times[-1]) == ("0", "1")
    head = next(element for element in root.iter() if element.get("id") == "head")
    steps = head.findall(f"{SVG}animateTransform")
    assert [step.get("type") for step in steps] == ["translate", "rotate", "scale"]
    assert [step.get("additive") for step in steps] == ["replace", "sum", "sum"]
    assert comes_round(root)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--out", "face.gif"], "neither .svg nor .png"),
        (["--size", "3"], "--size is 3; allowed are 16 to 4096"),
        (["--film", "--out", "face.png"], "neither a sheet nor a PNG moves"),
        (["--film", "--sheet"], "neither a sheet nor a PNG moves"),
        (["--say", "hello"], "Add --film"),
        (["--out", "/nowhere/face.svg"], "/nowhere/face.svg cannot be written"),
    ],
)
def test_wrong_use_is_told_with_the_remedy(rapport: Rapport, options: list[str], named: str) -> None:
    done = rapport("avatar", *options)
    assert done.returncode == 1
    assert named in done.stderr
    assert done.stdout == ""
