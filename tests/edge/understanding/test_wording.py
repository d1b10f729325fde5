"""Every phrase that explains a State has a Chinese wording, and the wording is whole."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge.accelerators.card import read_card
from edge.accelerators.model import default_directory
from edge.affect import EMOTIONS, UNSURE, Cue, Language, Sense
from edge.replay.play import Verdict, play
from edge.replay.reading import Recording
from edge.understanding.explanation import explain
from edge.understanding.wording.phrasebook import LONGEST, phrasebook
from tests.edge.understanding.golden_recording import recordings
from tests.edge.understanding.phrases import phrases, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge.affect import State

ROOT = Path(__file__).resolve().parents[3]
ZH, EN = phrasebook(Language.ZH), phrasebook(Language.EN)
ENGLISH = re.compile(r"[A-Za-z]{2,}")
SAME_IN_CHINESE = {"dBFS"}


def english_in(text: str) -> list[str]:
    return [word for word in ENGLISH.findall(text) if word not in SAME_IN_CHINESE]


def messages() -> Iterator[str]:
    """First arguments of every ``say`` in the program."""
    for path in sorted((ROOT / "edge").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="say"), args=[ast.Constant(value=str(message)), *_]):
                    yield message
                case ast.Assign(targets=[ast.Name(id="message")], value=ast.IfExp(body=one, orelse=other)):
                    yield from (str(part.value) for part in (one, other) if isinstance(part, ast.Constant))
                case _:
                    pass


def test_every_phrase_in_the_code_has_a_chinese_wording() -> None:
    worded = {skeleton(message) for message in ZH.wordings}
    missing = [f"{place}: {phrase!r}" for phrase, place in phrases().items() if phrase not in worded]
    assert not missing, "put these into edge/understanding/wording/zh.toml:\n" + "\n".join(missing)


def test_the_search_finds_what_the_code_says() -> None:
    found = phrases()
    for known in (
        "smiling",
        "low voice",
        "no speech",
        "no face is in view",
        "{} ({}° to the {})",
        '"{}" is denied',
        "nothing to go by: {}",
        "no sense has said anything yet",
        "right",
    ):
        assert known in found


def test_every_sentence_that_is_said_is_in_the_phrasebook() -> None:
    said = set(messages())
    assert "Unsure: {reason}." in said
    assert said <= set(ZH.wordings), said - set(ZH.wordings)


def test_feelings_and_senses_are_worded_fine_ones_too() -> None:
    card = read_card(default_directory() / "text-emotion")
    fine = next(head.labels for head in card.heads if head.name == "fine")
    for word in (*EMOTIONS, UNSURE, *Sense, *fine):
        assert word in ZH.wordings, word


@pytest.mark.parametrize("message", ZH.wordings)
def test_a_wording_is_chinese_and_has_the_slots_of_its_message(message: str) -> None:
    wording = ZH.wordings[message]
    assert sorted(re.findall(r"\{\w+\}", message)) == sorted(re.findall(r"\{\w+\}", wording))
    assert not english_in(re.sub(r"\{\w+\}", "", wording))


def played() -> Iterator[State]:
    for path in recordings():
        for one in play(Recording(path), Verdict(path, words=True)):
            yield one.state


def told_by(state: State) -> Iterator[str]:
    yield from (cue.phrase for cue in state.cues)
    yield from (f"{cue.value:.3g} {cue.unit}" for cue in state.cues if cue.unit)
    yield from (why for _, why in state.absent)
    if state.reason is not None:
        yield state.reason


def test_whatever_the_real_perceivers_said_of_the_session_is_told_in_chinese() -> None:
    phrases_told = {phrase for state in played() for phrase in told_by(state)}
    assert len(phrases_told) > 100
    missing = [phrase for phrase in sorted(phrases_told) if ZH.find(phrase) is None]
    assert not missing, missing


def test_no_english_word_is_left_in_a_chinese_explanation() -> None:
    for state in played():
        text = "".join(explain(state, quoting=False, language=Language.ZH, lasted_s=75))
        assert not english_in(text), text


def test_readings_of_the_golden_session_too() -> None:
    missing = set()
    for path in recordings():
        for one in play(Recording(path), Verdict(path, words=True)):
            reading = one.step.reading
            if reading is not None:
                told = [cue.phrase for cue in reading.cues] + ([reading.reason] if reading.reason else [])
                missing |= {phrase for phrase in told if ZH.find(phrase) is None}
    assert not missing


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("the face says happy, the text says sad", "表情像是开心，话语却像是难过"),
        ("the face is turned away (37° to the left)", "脸转开了（向左37°）"),
        ("the face is turned away (30° up)", "脸转开了（向上30°）"),
        ("the face is turned away (leaning by 40° to the right)", "脸转开了（向右歪40°）"),
        ("the face is too small (12 pixels, 40 are needed)", "脸太小（12像素，至少要40像素）"),
        ("the face is covered (nothing to see at the left eye)", "脸被遮住了（看不到左眼）"),
        ("no feeling stands out (happy 0.31, sad 0.22)", "没有哪种情绪明显突出（开心 0.31、难过 0.22）"),
        (
            "nothing to go by: face: the face is too small (12 pixels, 40 are needed), voice: no speech",
            "没有依据：表情：脸太小（12像素，至少要40像素）、声音：没有人说话",
        ),
        ("nothing to go by: no sense has said anything yet", "没有依据：还没有任何感知结果"),
        ("3 other faces in view", "画面里还有3个人"),
        ("-3.6 % of eye distance", "眼距的-3.6%"),
        ("1e+03 characters", "1e+03个字"),
        ('strong words: "so", "very"', '用词强烈："so", "very"'),
        ('"never mind, sad" is denied', "“never mind, sad”被否定了"),
        ("sounds like remorse", "听起来像是懊悔"),
        (
            "the words are cheerful, the voice is flat and the face is not: perhaps not meant",
            "话语是开心的，声音却很平淡，表情却不是：也许不是真心话",
        ),
        (
            "the words are cheerful, the voice is not (happy 0.92 against angry 0.81)",
            "话语是开心的，声音却不是（开心 0.92，生气 0.81）",
        ),
        (
            "the senses fit no feeling together (the face happy, the words sad: 0.12, 0.20 is needed)",
            "各种感知合不成一种情绪（表情开心、话语难过：0.12，至少要0.20）",
        ),
        ("low voice, 2.1 semitones below your usual", "声音低沉（比你平时低，相差2.1个半音）"),
        ("head bowed, 12° below your usual", "低着头（比你平时低，相差12°）"),
        ("your usual speech rate", "语速和你平时一样"),
        ("denies being angry or sad", "说自己不生气或难过"),
        ("eyes shut for 35% of the last minute", "最近一分钟里有35%的时间闭着眼"),
        ("awake again after: eyes shut for 1.5 s", "又醒过来了，此前：闭眼1.5秒"),
    ],
)
def test_numbers_feelings_and_what_was_said_stand_where_they_belong(english: str, chinese: str) -> None:
    assert ZH.translate(english) == chinese


@pytest.mark.parametrize(
    "phrase", ["a phrase of tomorrow", "the nose says happy, the text says sad", "", "x" * (LONGEST + 1)]
)
def test_what_nobody_has_worded_stays_as_it_is(phrase: str) -> None:
    assert ZH.find(phrase) is None
    assert ZH.translate(phrase) == phrase


def test_english_is_the_source_and_needs_no_file() -> None:
    assert EN.wordings == {}
    assert EN.translate("low voice") == "low voice"
    assert EN.say("{n} s", n=3) == "3 s"


def test_a_phrase_that_was_said_by_a_person_cannot_fill_other_slots() -> None:
    cue = Cue("words", 1.0, "", '"{reason} {0} %s"', 1.0, quotes=True)
    assert ZH.translate(cue.phrase) == "“{reason} {0} %s”"
