from __future__ import annotations

import csv
import io
import json
import sys
import tracemalloc
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.__main__ import main
from converters.datasets import catalogue, reading, report
from converters.datasets.duplicates import Fingerprints, fingerprint
from converters.datasets.sets.row import Clip, Row
from converters.datasets.summary import as_text
from edge.affect import EMOTIONS
from tests.converters import sets_on_disk as disk

if TYPE_CHECKING:
    from pathlib import Path


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["converters", "datasets", *map(str, words)])
    code = main()
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def fer(tmp_path: Path) -> Path:
    """Four training rows, one of which repeats; a test row that is in training; one broken row."""
    rows = [(0, 1, "Training"), (0, 1, "Training"), (3, 2, "Training"), (3, 3, "Training"), (4, 3, "PublicTest")]
    text = "".join(f"{label},{disk.pixels(seed)},{usage}\n" for label, seed, usage in rows)
    disk.write(
        tmp_path / "faces" / "fer2013.csv",
        f"emotion,pixels,Usage\n{text}0,1 2,Training\n3,{disk.pixels(9)},PublicTest\n",
    )
    return tmp_path


def test_a_report_counts_classes_splits_copies_and_broken_rows(
    fer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(monkeypatch, capsys, fer, "--json")
    (found,) = json.loads(out)
    assert code == 0
    assert (found["set"], found["sense"], found["use"]) == ("fer2013", "face", "may train")
    assert (found["rows"], found["splits"]) == (6, {"Training": 4, "PublicTest": 2})
    assert {"label": "angry", "ours": "angry", "split": "Training", "rows": 2} in found["labels"]
    assert found["copies"] == {
        "inside": {"Training": 1},
        "across": [{"splits": ["Training", "PublicTest"], "rows": [1, 1]}],
        "contradicting": 1,
    }
    assert found["broken"] == 1
    assert found["broken_rows"] == [{"where": f"{fer}/faces/fer2013.csv:7", "reason": "2 pixels; a chip has 2304"}]


def test_a_report_for_people_says_the_same(
    fer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(monkeypatch, capsys, fer / "faces" / "fer2013.csv")
    assert code == 0
    assert "rows      6 (Training 4, PublicTest 2), 1 broken" in out
    assert "1 rows of Training are also in PublicTest, and 1 of PublicTest in Training" in out
    assert "fer2013.csv:7: 2 pixels" in out


def test_strict_stops_at_the_first_broken_row(
    fer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(monkeypatch, capsys, fer, "--strict")
    assert code == 1
    assert "fer2013.csv:7: 2 pixels" in err


def test_a_folder_without_a_set_is_said_to_hold_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(monkeypatch, capsys, tmp_path)
    assert code == 1
    assert "no known data set" in err


def test_wrong_use_is_told_with_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ((tmp_path, "--out", "x.npz"), ("export", "fer2013", tmp_path), (tmp_path, "--set", "none")):
        with pytest.raises(SystemExit) as stopped:
            run(monkeypatch, capsys, *words)
        assert stopped.value.code == 2


def test_a_bar_shows_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    rows = [Row(where="", content="x")] * 3
    for screen, seen in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", screen)
        monkeypatch.setattr(reading, "BAR_AFTER_S", 0.0)
        assert list(reading.shown(rows, "emobank")) == rows
        assert ("emobank: " in screen.getvalue()) is seen


def test_what_cannot_be_opened_or_written_is_told_in_a_sentence(
    fer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(monkeypatch, capsys, fer / ("x" * 300))
    assert (code, "cannot be used: File name too long" in err) == (1, True)
    code, _, err = run(monkeypatch, capsys, "export", "fer2013", fer, "--out", fer / "none" / "a.npz")
    assert (code, "cannot be used: No such file or directory" in err) == (1, True)


def test_a_set_without_one_good_row_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    disk.write(tmp_path / "fer2013.csv", "emotion,picture\n0,1 2 3\n")
    code, out, _ = run(monkeypatch, capsys, tmp_path)
    assert code == 1
    assert "0, 1 broken" in out
    assert "no column pixels; the columns are emotion, picture" in out


def test_an_id_given_twice_is_a_broken_row(tmp_path: Path) -> None:
    disk.write(tmp_path / "emobank.csv", "id,split,V,A,text\na,train,3,3,x\na,test,3,3,y\n")
    (known,) = (known for known in catalogue.SETS if known.name == "emobank")
    found = report.examine(known, tmp_path)
    assert found.splits == {"train": 1}
    assert [broken.where for broken in found.broken] == [f"{tmp_path}/emobank.csv:3"]
    assert "'a' was given to an earlier row" in found.broken[0].reason


def test_speakers_are_counted_and_labels_beyond_ours_are_left_out(tmp_path: Path) -> None:
    for seed, name in enumerate(("03a01Fa", "03a01La", "08a01Wa")):
        disk.sound(tmp_path / "wav" / f"{name}.wav", seed)
    found = report.examine(catalogue.named("emodb"), tmp_path / "wav")
    assert len(found.speakers) == 2
    assert found.labels["boredom", "", ""] == 1
    assert "boredom  (left out)     1" in as_text(found)


def test_speakers_whose_files_have_the_same_names_are_all_counted(tmp_path: Path) -> None:
    for seed, speaker in enumerate(("DC", "JE", "KL")):
        disk.sound(tmp_path / speaker / "sa07.wav", seed)
    found = report.examine(catalogue.named("savee"), tmp_path)
    assert (found.splits.total(), found.faults, found.speakers) == (3, 0, {"DC", "JE", "KL"})


def test_copies_are_found_whatever_the_case_and_blanks_of_a_text_but_not_across_contents() -> None:
    assert fingerprint(" So  it IS\n") == fingerprint("so it is")
    assert fingerprint("so it is") != fingerprint("so is it")
    samples = np.arange(9, dtype=np.int16)
    assert fingerprint(Clip(None, samples, 16000)) != fingerprint(Clip(None, samples, 8000))
    assert fingerprint(np.zeros((2, 3), np.uint8)) != fingerprint(np.zeros((3, 2), np.uint8))


def test_rows_take_no_memory_but_their_fingerprints() -> None:
    prints = Fingerprints()
    tracemalloc.start()
    for number in range(5_000):
        prints.add(Row(where="w" * 100, content=f"{number} " + "long " * 50, labels=("sad",), split="train"))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 5_000 * 40
    assert prints.copies().inside == {}


def test_a_split_of_faces_is_exported_with_the_mark_of_what_training_holds(
    fer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = fer / "public.npz"
    code, _, err = run(monkeypatch, capsys, "export", "fer2013", fer, "--split", "PublicTest", "--out", out)
    assert code == 0
    assert "2 rows written" in err
    with np.load(out) as archive:
        assert np.array_equal(archive["images"], [disk.chip(3), disk.chip(9)])
        assert archive["label"].tolist() == [4, 3]
        assert archive["label_names"].tolist() == [emotion.value for emotion in EMOTIONS]
        assert archive["usage_names"][archive["usage"]].tolist() == ["PublicTest"] * 2
        assert archive["exact_dup_in_training"].tolist() == [True, False]
    (found,) = (where for _, where in catalogue.find(out, ("fer2013",)))
    assert found == out


def test_a_split_of_voices_is_exported_with_paths_relative_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    disk.sound(tmp_path / "data" / "AudioWAV" / "1001_DFA_ANG_XX.wav", 1)
    (tmp_path / "out").mkdir()
    out = tmp_path / "out" / "crema.csv"
    assert run(monkeypatch, capsys, "export", "cremad", tmp_path / "data", "--out", out)[0] == 0
    with out.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["emotion"], row["speaker"]) == ("angry", "1001")
    assert (out.parent / row["path"]).resolve() == (tmp_path / "data" / "AudioWAV" / "1001_DFA_ANG_XX.wav").resolve()


def test_texts_are_exported_with_all_their_labels_and_one_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    disk.write(tmp_path / "labels.txt", "anger\nannoyance\njoy\nneutral")
    disk.write(tmp_path / "test.tsv", "ugh\t0,1\ta\nmixed\t0,2\tb\n好\t2\tc\n")
    out = tmp_path / "test.jsonl"
    assert run(monkeypatch, capsys, "export", "goemotions", tmp_path, "--split", "test", "--out", out)[0] == 0
    assert [json.loads(line) for line in out.read_text().splitlines()] == [
        {"text": "ugh", "label": "angry", "labels": ["anger", "annoyance"]},
        {"text": "mixed", "labels": ["anger", "joy"]},
        {"text": "好", "label": "happy", "labels": ["joy"]},
    ]


def test_valence_and_arousal_are_exported_in_our_units(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    disk.write(tmp_path / "emobank.csv", "id,split,V,A,text\na,test,5,2,x\nb,train,3,3,y\n")
    out = tmp_path / "test.jsonl"
    assert run(monkeypatch, capsys, "export", "emobank", tmp_path, "--split", "test", "--out", out)[0] == 0
    assert json.loads(out.read_text()) == {"text": "x", "valence": 1.0, "arousal": -0.5}


def test_an_export_that_cannot_be_made_leaves_no_file(
    fer: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(fer.iterdir())
    for words, reason in (
        (("fer2013", fer, "--split", "Private", "--out", fer / "a.npz"), "Its splits are: PublicTest, Training"),
        (("fer2013", fer, "--out", fer / "a.csv"), "does not end in .npz"),
        (("xed", fer, "--out", fer / "a.jsonl"), "does not lie in or below"),
        (("fer2014", fer, "--out", fer / "a.jsonl"), "no data set is called"),
    ):
        code, _, err = run(monkeypatch, capsys, "export", *words)
        assert (code, reason in err) == (1, True)
    assert sorted(fer.iterdir()) == before
