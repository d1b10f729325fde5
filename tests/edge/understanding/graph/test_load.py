from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from edge.affect import Language
from edge.errors import SettingsError
from edge.understanding.graph.load import load_graph

FILES = Path(__file__).parents[4] / "edge" / "understanding" / "graph"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in ("events", "en"):
        shutil.copytree(FILES / part, tmp_path / part)
    shutil.copy(FILES / "needs.toml", tmp_path)
    return tmp_path


GOOD = 'odd = { feel = { sad = 1.0 }, need = "leisure", then = ["reflect"] }\n'
SAID = '[odd]\nsay = "the oddity"\nwhen = ["most odd"]\n'


@pytest.mark.parametrize(
    ("event", "said", "told"),
    [
        (GOOD.replace("sad", "gloomy"), "", ["home.toml", "odd", "gloomy", "Correct"]),
        (GOOD.replace("1.0", "0.7"), "", ["odd", "0.7", "sum to 1"]),
        (GOOD.replace("leisure", "gold"), "", ["odd", "'gold'", "leisure"]),
        (GOOD.replace("reflect", "preach"), "", ["odd", "'preach'", "reassure"]),
        (GOOD.replace('["reflect"]', "[]"), "", ["odd", "then"]),
        (
            GOOD.replace("}\n", ', opposite = "job_got" }\n').replace("}\n", "}\n"),
            "",
            ["odd", "'job_got'", "Name each"],
        ),
        (GOOD.replace("odd", "Odd"), "", ["Odd", "small letters"]),
        (GOOD.replace("odd", "power_cut"), "", ["not valid TOML"]),
        ("", SAID, ["en", "home.toml", "odd", "no such event", "Add it there"]),
        (GOOD, SAID.replace("the oddity", "怪事"), ["odd", "怪事", "no Chinese characters"]),
        (GOOD, SAID.replace("the oddity", "the {topic}"), ["odd", "{topic}", "no braces"]),
        (GOOD, SAID.replace("the oddity", "o" * 40), ["odd", "say", "30"]),
        (GOOD, SAID.replace("most odd", "(most"), ["odd", "bracket"]),
        (GOOD, SAID.replace("most odd", "<nothing>"), ["odd", "<nothing>", "words.toml"]),
        (GOOD, SAID.replace("most odd", "blackout"), ["odd", "blackout", "power_cut", "Remove one"]),
        (GOOD, SAID + "why = 3\n", ["odd", "why"]),
    ],
)
def test_a_wrong_entry_is_named_with_its_file_and_the_remedy(
    folder: Path, event: str, said: str, told: list[str]
) -> None:
    for file, more in ((folder / "events" / "home.toml", event), (folder / "en" / "home.toml", said)):
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load_graph(Language.EN, folder)
    for part in told:
        assert part in str(error.value)


def test_a_good_entry_is_taken(folder: Path) -> None:
    for file, more in ((folder / "events" / "home.toml", GOOD), (folder / "en" / "home.toml", SAID)):
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert [found.say for found in load_graph(Language.EN, folder).find("It is most odd.")] == ["the oddity"]


def test_an_id_that_another_area_has_is_refused(folder: Path) -> None:
    file = folder / "events" / "money.toml"
    file.write_text(file.read_text(encoding="utf-8") + GOOD.replace("odd", "power_cut"), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"power_cut: the id is taken"):
        load_graph(Language.EN, folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "en" / "car.toml").unlink()
    with pytest.raises(SettingsError, match=r"car\.toml.*missing.*Restore"):
        load_graph(Language.EN, folder)
