from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edge.affect import Language
from edge.errors import SettingsError
from edge.outlets.speech.ipa import signs
from edge.outlets.speech.lexicon import Lexicon, Part

if TYPE_CHECKING:
    from pathlib import Path

EN, ZH = Language.EN, Language.ZH


def lexicon(folder: Path, text: str) -> Lexicon:
    path = folder / "names.txt"
    path.write_text(text, encoding="utf-8")
    return Lexicon(path)


def test_names_are_replaced_as_whole_words_only(tmp_path: Path) -> None:
    names = lexicon(tmp_path, "[en]\nAnn = Anne\nniamh = neeve\n")
    assert names.respelled("Ann's Annex: Ann, Ann-Lee and annual NIAMH.", EN) == (
        "Anne's Annex: Anne, Anne-Lee and annual neeve."
    )
    assert names.respelled("JoAnn's", EN) == "JoAnn's"


def test_a_name_with_a_capital_is_meant_only_as_it_is_written(tmp_path: Path) -> None:
    names = lexicon(tmp_path, "[en]\nWill = Vill\n")
    assert names.respelled("Will you? I will. WILL it?", EN) == "Vill you? I will. WILL it?"


def test_the_longest_name_wins_and_none_is_replaced_twice(tmp_path: Path) -> None:
    names = lexicon(tmp_path, "[en]\nLee = Lea\nLea = Layah\nLee Ann = Leigh Anne\n")
    assert names.respelled("Lee Ann and Lee and Lea", EN) == "Leigh Anne and Lea and Layah"


def test_chinese_names_need_no_spaces_and_languages_are_apart(tmp_path: Path) -> None:
    names = lexicon(tmp_path, "[zh]\n单雄信 = 善雄信\n乐 = yue4\nTom = 汤姆\n[en]\nTom = Thom\n")
    assert names.respelled("我问单雄信和Tom，不问Tommy", ZH) == "我问善雄信和汤姆，不问Tommy"
    assert names.respelled("Tom 乐", EN) == "Thom 乐"


def test_ipa_is_kept_apart_for_engines_that_take_it(tmp_path: Path) -> None:
    names = lexicon(tmp_path, "[en]\nSiobhan = shivawn /ʃɪvˈɔːn/\nNguyen = /wˈɪn/\n")
    assert names.parts("Hi Siobhan, Nguyen", EN) == [
        Part("Hi "), Part("shivawn", "ʃɪvˈɔːn"), Part(", "), Part("Nguyen", "wˈɪn"),
    ]  # fmt: skip
    assert signs("ʃɪvˈɔːn") == "SIv'O:n"


def test_the_household_goes_before_the_device(tmp_path: Path) -> None:
    assert Lexicon().respelled("MQTT", EN) == "M Q T T"
    assert lexicon(tmp_path, "[en]\nMQTT = em queue\n").respelled("MQTT", EN) == "em queue"


def test_a_text_without_names_and_an_empty_one_stay_as_they_are() -> None:
    assert Lexicon().parts("nothing here", EN) == [Part("nothing here")]
    assert Lexicon().parts("", ZH) == [Part("")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Ann = Anne", "line 1: 'Ann = Anne' stands before any language"),
        ("[fr]\n", r"line 1: '\[fr\]' is no language. Write \[en\] or \[zh\]"),
        ("[en]\n\n# fine\nAnn Anne\n", "line 4: 'Ann Anne' is no name"),
        ("[en]\nAnn =\n", "line 2: 'Ann =' is no name"),
        ("[en]\n= Ann\n", "is no name with how it is said. Write a line as"),
        ("[en]\nAnn = /a§n/\n", "line 2: '§' in /a§n/ is no sound"),
        ("[en]\nAnn = /an\n", "is no name"),
        (f"[en]\nAnn = {'a' * 101}\n", "more than 100 characters"),
        ("[en]\n" + "a = b\n" * 50_000, "at most 262144"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_what_is_allowed(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as raised:
        lexicon(tmp_path, text)
    assert "names.txt" in str(raised.value)


def test_a_file_that_is_missing_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot be read.*speech\.lexicon"):
        Lexicon(tmp_path / "none.txt")
    (tmp_path / "bytes").write_bytes(b"[en]\n\xff = a\n")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        Lexicon(tmp_path / "bytes")
