from __future__ import annotations

import re
import shutil
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest

from edge.affect import Language
from edge.errors import SettingsError
from edge.response.library import load_library

SHIPPED = Path(str(files("edge.response") / "templates"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "templates"))


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def refusal(root: Path, language: Language = Language.EN) -> str:
    with pytest.raises(SettingsError) as caught:
        load_library(language, root=root)
    assert caught.value.remedy
    return str(caught.value)


def test_templates_load_from_inside_a_zip_as_from_an_installed_wheel(tmp_path: Path) -> None:
    archive = tmp_path / "wheel.zip"
    with zipfile.ZipFile(archive, "w") as writer:
        for file in sorted(SHIPPED.rglob("*.toml")):
            writer.write(file, f"templates/{file.relative_to(SHIPPED).as_posix()}")
    zipped = load_library(Language.ZH, root=zipfile.Path(archive, "templates/"))
    assert zipped == load_library(Language.ZH)


def test_an_unknown_slot_is_refused_with_file_entry_and_the_known_slots(root: Path) -> None:
    replace(root / "en" / "sad.toml", "That sounds heavy.", "That sounds {adverb} heavy.")
    assert re.search(r"sad\.toml, sad, reflect 1: the slot \{adverb\}.*Use one of cue, ", refusal(root))


def test_unbalanced_braces_are_refused(root: Path) -> None:
    replace(root / "en" / "sad.toml", "That sounds heavy.", "That sounds {cue heavy.")
    assert re.search(r"sad, reflect 1: '{' at character 13 .*Balance brackets and braces", refusal(root))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("For {minutes} now.", r"the slot \{minutes\} .* is for a number, and has no forms for it"),
        ("Is it {topic:a|#}?", r"the slot \{topic\} .* is for a text, and has forms for a number"),
        ("[That sounds|] heavy]", r"']' at character 21"),
    ],
)
def test_a_number_needs_forms_and_a_text_has_none(root: Path, text: str, problem: str) -> None:
    replace(root / "en" / "sad.toml", "That sounds heavy.", text)
    assert re.search(problem, refusal(root))


PLACE = """
[sad]
reflect = ["That sounds like a long day at the wheel.", { text = "Long day.", day = ["night"], turn = "later" }]
[talk.greeting]
affirm = ["Hello from the dashboard."]
"""


def placed(root: Path, text: str = PLACE, place: str = "car") -> Path:
    file = root / "en" / "contexts" / f"{place}.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def texts(root: Path, context: str | None) -> dict[str, set[str]]:
    library = load_library(Language.EN, context, root)
    return {subject: {one.text for one in entries} for subject, entries in library.templates.items()}


def test_what_is_said_in_one_place_is_read_for_that_place(root: Path) -> None:
    placed(root)
    there = texts(root, "car")
    assert "That sounds like a long day at the wheel." in there["sad"]
    assert "Hello from the dashboard." in there["greeting"]
    assert "That sounds heavy." in there["sad"]
    assert "Hello from the dashboard." not in texts(root, "home")["greeting"]
    assert "Hello from the dashboard." in texts(root, None)["greeting"]


def test_a_place_cannot_repeat_a_general_text(root: Path) -> None:
    placed(root, '[sad]\nreflect = ["That sounds heavy."]\n')
    assert re.search(r"car\.toml, sad, reflect: .* is there twice, first under sad", refusal(root))


def test_an_unknown_subject_of_a_place_is_refused_with_the_known_ones(root: Path) -> None:
    placed(root, '[sadness]\nreflect = ["Long day."]\n')
    assert re.search(r"car\.toml, sadness: there is no such subject. Use one of angry, ", refusal(root))


def test_an_unknown_part_of_the_day_is_refused(root: Path) -> None:
    placed(root, PLACE.replace("night", "noon"))
    assert re.search(r"car\.toml, sad, reflect 2: day", refusal(root))


def test_a_missing_emotion_is_refused(root: Path) -> None:
    (root / "zh" / "fear.toml").unlink()
    assert re.search(r"zh.fear\.toml, the file: it is missing. Restore", refusal(root, Language.ZH))


def test_too_few_templates_are_refused(root: Path) -> None:
    (root / "en" / "happy.toml").write_text('affirm = ["Nice."]\n', encoding="utf-8")
    assert re.search(r"happy\.toml, the file: it has 1 templates, at least 8", refusal(root))


def test_the_same_text_twice_is_refused_even_across_files(root: Path) -> None:
    replace(root / "en" / "angry.toml", "That sounds maddening.", "that sounds heavy.")
    message = refusal(root)
    assert "is there twice, first under angry, reflect" in message
    assert "sad.toml" in message


def test_english_text_in_a_chinese_file_is_refused(root: Path) -> None:
    replace(root / "zh" / "sad.toml", "听起来心里挺沉的。", "That sounds heavy.")
    assert re.search(
        r"zh.sad\.toml, sad, reflect 1: 'That sounds heavy.' should have Chinese", refusal(root, Language.ZH)
    )


def test_chinese_text_in_an_english_file_is_refused(root: Path) -> None:
    replace(root / "en" / "talk.toml", "That's sad news.", "听起来心里挺沉的。")
    assert re.search(r"talk\.toml, loss, reflect 1: .* should have no Chinese", refusal(root))


def test_an_unknown_strategy_is_refused_with_the_known_ones(root: Path) -> None:
    replace(root / "en" / "sad.toml", "reflect = [", "console = [")
    assert re.search(r"sad\.toml, console: there is no such strategy. Use one of question, restate", refusal(root))


def test_an_unknown_condition_is_refused(root: Path) -> None:
    replace(root / "en" / "sad.toml", 'arousal = "low"', 'arousall = "low"')
    assert re.search(r"sad, reflect \d+: arousall: .*found 'low'", refusal(root))


def test_an_unknown_context_is_refused_with_the_known_ones(root: Path) -> None:
    replace(root / "en" / "sad.toml", '"wellbeing"', '"office"')
    assert re.search(r"the context 'office' is unknown. Use one of home, car", refusal(root))


def test_a_confidence_out_of_bounds_is_refused(root: Path) -> None:
    replace(root / "en" / "sad.toml", "confidence = 0.65", "confidence = 65")
    assert re.search(r"sad, affirm \d+: confidence: .*found 65", refusal(root))


def test_a_file_that_is_no_toml_is_refused(root: Path) -> None:
    (root / "en" / "fear.toml").write_text("reflect = [", encoding="utf-8")
    assert re.search(r"fear\.toml, the file: it is not valid TOML", refusal(root))


def test_a_strategy_that_is_no_list_is_refused(root: Path) -> None:
    (root / "en" / "fear.toml").write_text('reflect = "That sounds frightening."\n', encoding="utf-8")
    assert re.search(r"fear\.toml, reflect: it is 'That sounds frightening.', not a list", refusal(root))


def test_a_sign_without_a_clause_is_refused(root: Path) -> None:
    replace(root / "zh" / "wording.toml", '"smiling" =', '"grinning" =')
    assert re.search(r"zh.wording\.toml, the file: it lacks smiling. Add", refusal(root, Language.ZH))


def test_a_missing_kind_of_talk_is_refused_in_either_file(root: Path) -> None:
    replace(root / "en" / "wording.toml", "[talk.thanks]", "[talk.farewell_too]")
    assert "wording.toml" in refusal(root)
    replace(root / "en" / "wording.toml", "[talk.farewell_too]", "[talk.short]")
    assert "it lacks thanks" in refusal(root)
    replace(root / "zh" / "talk.toml", "[thanks]", "[gratitude]")
    assert "'gratitude'" in refusal(root, Language.ZH)
