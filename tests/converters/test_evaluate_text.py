from __future__ import annotations

import json
import shutil
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w

from converters.__main__ import main
from converters.evaluate_text import evaluate
from edge.accelerators.model import default_directory
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

ROWS = (
    ("I hate that you keep lying to me", "anger"),
    ("This makes me so mad, I am furious", "angry"),
    ("I love my new bike, it is wonderful", "joy"),
    ("thanks so much, that was great!", "Happiness"),
    ("I feel so sad and lonely since she died", "sadness"),
    ("好恶心，这碗汤里有虫子", "厌恶"),
    ("这垃圾臭得我想吐", "disgust"),
)
HEADS = (
    {
        "name": "fine",
        "output": "logits",
        "labels": ["anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral"],
        "thresholds": [0.5] * 7,
    },
    {"name": "affect", "output": "logits", "labels": ["valence", "x", "y", "arousal", "z", "u", "v"]},
)
"""Two heads that read the seven logits: as good as any for what is tested here."""


def written(folder: Path, *rows: dict[str, Any] | str) -> Path:
    path = folder / "texts.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def labelled(folder: Path) -> Path:
    return written(folder, *({"text": text, "label": label} for text, label in ROWS))


def with_heads(models: Path, *heads: dict[str, Any]) -> Path:
    """``models`` whose text model has these heads."""
    return changed(models, heads=heads)


def changed(models: Path, **fields: Any) -> Path:  # noqa: ANN401 - whatever a card holds
    """``models`` whose text model's card has these fields."""
    path = models / "text-emotion" / "card.toml"
    path.write_text(tomli_w.dumps(tomllib.loads(path.read_text(encoding="utf-8")) | fields), encoding="utf-8")
    return models


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder of models to be written into."""
    shutil.copytree(default_directory() / "text-emotion", tmp_path / "models" / "text-emotion")
    return tmp_path / "models"


def test_a_language_in_which_the_model_is_to_be_less_sure_changes_no_label_and_not_the_other_language(
    tmp_path: Path, models: Path
) -> None:
    whole = labelled(tmp_path)
    (tmp_path / "en").mkdir()
    english = written(tmp_path / "en", *({"text": text, "label": label} for text, label in ROWS[:5]))
    before = [evaluate(changed(models, sureness={"zh": 1.0}), path) for path in (whole, english)]
    after = [evaluate(changed(models, sureness={"zh": 0.3}), path) for path in (whole, english)]
    assert after[0]["confusion"] == before[0]["confusion"]
    assert after[0]["ece"] != before[0]["ece"]
    assert after[0]["ece_before"] == before[0]["ece_before"]
    assert after[0]["sureness"] == {"zh": 0.3}
    assert {**after[1], "sureness": {}} == {**before[1], "sureness": {}}


def test_plain_sentences_in_both_languages_are_understood(tmp_path: Path) -> None:
    found = evaluate(default_directory(), labelled(tmp_path))
    assert found["n"] == 7
    assert {label: row["n"] for label, row in found["per_class"].items()} == {
        "angry": 2,
        "disgust": 2,
        "happy": 2,
        "sad": 1,
    }
    assert found["accuracy"] > 0.8
    assert found["left_out"]["n"] == 0


def test_the_command_gives_json_and_names_broken_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = labelled(tmp_path)
    with path.open("ab") as file:
        file.write(b'{"text": "half\n"just words"\n{"text": "\xff", "label": "joy"}\n\n{"text": 3, "label": "joy"}\n')
        file.write(b'{"text": "hm", "label": "pride"}\n{"text": "hm", "label": ["joy", "anger"]}\n{"text": "hm"}')
    models = str(default_directory())
    assert main(["evaluate", "text", "--data", str(path), "--models", models, "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["n"] == 7
    assert found["left_out"]["reasons"] == {
        "something broken": 4,
        "a label that is none of ours": 1,
        "more than one label": 1,
        "no label": 1,
    }
    assert [sentence.split(":")[0] for sentence in found["left_out"]["broken"]] == [
        "line 8",
        "line 9",
        "line 10",
        "line 12",
    ]
    assert "left out, line 8: no JSON in UTF-8" in err


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    plain = evaluate(default_directory(), labelled(tmp_path))
    path = tmp_path / "texts.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert evaluate(default_directory(), path) == plain


def test_valence_and_arousal_come_from_the_seven_where_there_is_no_head(tmp_path: Path, models: Path) -> None:
    with_heads(models)
    feelings = {"anger": (1.5, 4.0), "angry": (1.2, 4.1), "joy": (4.5, 3.5), "Happiness": (4.4, 3.4)}
    rows = [{"text": t, "valence": feelings[f][0], "arousal": feelings[f][1]} for t, f in ROWS if f in feelings]
    path = written(tmp_path, *rows, {"text": "hm", "valence": "high", "arousal": 1}, {"text": "hm", "valence": True})
    found = evaluate(models, path, head="affect")
    assert (found["n"], found["from"]) == (4, "the seven probabilities")
    assert found["pearson"]["valence"] > 0.9
    assert found["left_out"]["reasons"] == {"no valence and arousal": 2}


def test_the_head_of_its_own_is_read_where_there_is_one(tmp_path: Path, models: Path) -> None:
    rows = [{"text": text, "valence": len(label), "arousal": 2 if label == "joy" else 1} for text, label in ROWS]
    found = evaluate(with_heads(models, *HEADS), written(tmp_path, *rows), head="affect")
    assert found["from"] == "a head of its own"


def test_a_row_may_have_one_label_and_several_fine_ones_beside_it(tmp_path: Path, models: Path) -> None:
    rows = [
        {"text": text, "label": label, "labels": [fine]}
        for (text, label), fine in zip(ROWS, ("anger", "fear") * 4, strict=False)
    ]
    path = written(tmp_path, *rows)
    assert evaluate(models, path)["per_class"]["angry"]["n"] == 2
    found = evaluate(with_heads(models, *HEADS), path, head="fine")
    assert {label: row["n"] for label, row in found["per_class"].items()} == {"anger": 4, "fear": 3}


def test_the_fine_head_takes_several_labels_in_its_own_words_or_in_ours(tmp_path: Path, models: Path) -> None:
    path = written(
        tmp_path,
        {"text": ROWS[0][0], "labels": ["anger", "pride"]},
        {"text": ROWS[2][0], "label": "happy"},
        {"text": ROWS[3][0], "labels": ["joy", "surprise"]},
        {"text": "hm", "labels": ["pride"]},
        {"text": "hm"},
    )
    found = evaluate(with_heads(models, *HEADS), path, head="fine")
    assert found["n"] == 3
    assert {label: row["n"] for label, row in found["per_class"].items()} == {"anger": 1, "joy": 2, "surprise": 1}
    assert found["per_class"]["joy"]["recall"] == 1.0
    assert found["left_out"]["labels"] == {"pride": 2}
    assert found["left_out"]["reasons"] == {"a label that is none of ours": 1, "no label": 1}


def test_a_head_that_the_model_does_not_have_is_refused(tmp_path: Path, models: Path) -> None:
    with_heads(models)
    with pytest.raises(InputError, match="has no head 'fine', it has none but its labels"):
        evaluate(models, labelled(tmp_path), head="fine")


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "no line with a text"), ("not JSON\n", "line 1: no JSON"), ('{"label": "joy"}\n', "line 1: no object")],
)
def test_a_file_without_any_text_is_refused(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        evaluate(default_directory(), written(tmp_path, content))
    with pytest.raises(InputError, match="cannot be read: No such file"):
        evaluate(default_directory(), tmp_path / "other.jsonl")
