from __future__ import annotations

import gzip
import os
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from converters.datasets import catalogue
from converters.datasets.sets import fer2013, sounds, tables
from converters.datasets.sets.row import Broken, Row
from edge.affect import EMOTIONS
from edge.errors import InputError
from tests.converters import sets_on_disk as disk

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path, name: str) -> tuple[list[Row], list[Broken]]:
    items = [item for known, where in catalogue.find(path, (name,)) for item in known.read(where)]
    return [i for i in items if isinstance(i, Row)], [i for i in items if isinstance(i, Broken)]


FAULTY_ROWS = [
    ("0," + " ".join(["7"] * 2303) + ",Training", "2303 pixels; a chip has 2304"),
    ("0," + " ".join(["7"] * 2303 + ["256"]) + ",Training", "no whole number from 0 to 255"),
    ("0," + " ".join(["7"] * 2303 + ["-1"]) + ",Training", "no whole number from 0 to 255"),
    ("0," + " ".join(["7"] * 2303 + ["7.5"]) + ",Training", "no whole number from 0 to 255"),
    ("0," + " ".join(["7"] * 2303 + ["9" * 30]) + ",Training", "no whole number from 0 to 255"),
    ("7," + " ".join(["7"] * 2304) + ",Training", "'7' is none of 0 to 6"),
    ("0," + " ".join(["7"] * 2304), "2 fields under 3 columns"),
    ('0,"7 7', "unexpected end of data"),
]


@pytest.mark.parametrize(("row", "reason"), FAULTY_ROWS)
def test_a_broken_row_of_fer2013_is_named_with_its_line_and_passed_over(tmp_path: Path, row: str, reason: str) -> None:
    good = f"3,{disk.pixels(1)},Training"
    file = disk.write(
        tmp_path / "fer2013.csv", f"emotion,pixels,Usage\n{good}\n{row}\n" + (f"{good}\n" if '"' not in row else "")
    )
    found, broken = read(tmp_path, "fer2013")
    assert len(found) == (1 if '"' in row else 2)
    assert [item.where for item in broken] == [f"{file}:3"]
    assert reason in broken[0].reason


def test_wrong_columns_are_named_with_those_that_are_there(tmp_path: Path) -> None:
    file = disk.write(tmp_path / "emobank.csv", "id,part,V,A,text\na,train,3,3,x\n")
    assert read(file, "emobank") == ([], [Broken(f"{file}:1", "no column split; the columns are id, part, V, A, text")])


def test_an_empty_file_is_broken(tmp_path: Path) -> None:
    file = disk.write(tmp_path / "emobank.csv", "")
    assert read(tmp_path, "emobank") == ([], [Broken(f"{file}:1", "the file has no header")])


def test_a_line_that_is_not_utf8_costs_that_line_only(tmp_path: Path) -> None:
    file = disk.write(tmp_path / "en-annotated.tsv", b"Run !\t4\ncaf\xe9\t4\nStay\t6\n")
    found, broken = read(tmp_path, "xed")
    assert [row.content for row in found] == ["Run !", "Stay"]
    assert broken == [Broken(f"{file}:2", "byte 4 of the line is not UTF-8")]


def test_a_byte_order_mark_and_windows_ends_of_lines_do_not_show(tmp_path: Path) -> None:
    disk.write(tmp_path / "en-annotated.tsv", b"\xef\xbb\xbfRun !\t4\r\nStay\t6\r\n")
    found, broken = read(tmp_path, "xed")
    assert [(row.content, row.labels) for row in found] == [("Run !", ("fear",)), ("Stay", ("sadness",))]
    assert not broken


def test_an_absurdly_long_line_is_passed_over_without_being_held(tmp_path: Path) -> None:
    long = b"a" * (3 * tables.LONGEST_LINE)
    file = disk.write(tmp_path / "en-annotated.tsv", long + b"\nStay\t6\n")
    found, broken = read(tmp_path, "xed")
    assert [row.where for row in found] == [f"{file}:2"]
    assert [item.where for item in broken] == [f"{file}:1"]


def test_a_field_longer_than_csv_allows_is_a_broken_row(tmp_path: Path) -> None:
    file = disk.write(tmp_path / "emobank.csv", f"id,split,V,A,text\na,train,3,3,{'x' * 200_000}\nb,train,3,3,y\n")
    found, broken = read(file, "emobank")
    assert [row.id for row in found] == ["b"]
    assert broken[0].where == f"{file}:2"


def test_numbers_outside_their_scale_are_broken(tmp_path: Path) -> None:
    file = disk.write(
        tmp_path / "emobank.csv", "id,split,V,A,text\na,train,9,3,x\nb,train,nan,3,x\nc,train,x,3,x\nd,train,3,3,\n"
    )
    found, broken = read(file, "emobank")
    assert not found
    assert [item.where for item in broken] == [f"{file}:{line}" for line in (2, 3, 4, 5)]


def test_a_torn_gzip_gives_the_lines_before_the_tear(tmp_path: Path) -> None:
    lines = "".join(f'{{"person": "{n} {os.urandom(40).hex()}", "reply": ""}}\n' for n in range(2000))
    whole = gzip.compress(lines.encode())
    disk.write(tmp_path / "pairs.jsonl.gz", whole[: len(whole) // 2])
    found, broken = read(tmp_path, "smilechat")
    assert 0 < len(found) < 2000
    assert "cannot be read on" in broken[-1].reason


def test_a_torn_json_list_gives_the_items_before_the_tear(tmp_path: Path) -> None:
    text = '[{"id": 1, "content": "a", "label": "sad"}, {"id": 2, "content": "b", "label": "rage"}, {"id": 3, "con'
    file = disk.write(tmp_path / "usual_train.txt", text)
    found, broken = read(tmp_path, "smp2020_ewect")
    assert [row.content for row in found] == ["a"]
    assert [item.where for item in broken] == [f"{file}:item 2", f"{file}:item 3"]


@pytest.mark.parametrize("ids", ["7", "-1", "x", "", "1,,2"])
def test_a_label_that_the_list_does_not_have_is_broken(tmp_path: Path, ids: str) -> None:
    disk.write(tmp_path / "labels.txt", "anger\ndisgust\nfear\njoy\nneutral\nsadness\nsurprise")
    file = disk.write(tmp_path / "dev.tsv", f"words\t{ids}\tid\n")
    assert read(tmp_path, "goemotions") == (
        [],
        [Broken(f"{file}:1", f"the labels {ids!r} are not numbers from 0 to 6")],
    )


def _archive(path: Path, rows: int = 20) -> bytes:
    np.savez_compressed(
        path,
        images=np.array([disk.chip(seed) for seed in range(rows)]),
        label=np.arange(rows, dtype=np.int8) % 7,
        label_names=np.array([emotion.value for emotion in EMOTIONS]),
    )
    return path.read_bytes()


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9])
def test_a_torn_archive_is_broken_and_nothing_more(tmp_path: Path, part: float) -> None:
    file = tmp_path / "fer.npz"
    whole = _archive(file)
    file.write_bytes(whole[: int(len(whole) * part)])
    found, broken = read(tmp_path, "fer2013")
    assert not found
    assert broken[0].where == str(file)


def test_an_archive_with_a_damaged_member_gives_the_rows_before_the_damage(tmp_path: Path) -> None:
    file = tmp_path / "fer.npz"
    whole = bytearray(_archive(file, rows=200))
    whole[len(whole) // 2] ^= 0xFF
    file.write_bytes(whole)
    found, broken = read(tmp_path, "fer2013")
    assert len(found) < 200
    assert broken


def test_an_archive_that_promises_more_rows_than_it_has_is_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "fer.npz"
    _archive(file, rows=1)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name in ("images.npy", "label.npy"):
        parts[name] = parts[name].replace(b"(1,", b"(9,", 1)
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    found, broken = read(tmp_path, "fer2013")
    assert len(found) == 1
    assert "ends early" in broken[0].reason


def test_pickled_objects_in_an_archive_are_not_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "fer.npz", images=np.array([print], dtype=object), label=[0], label_names=["a"])
    found, broken = read(tmp_path, "fer2013")
    assert not found
    assert broken


def test_labels_and_pictures_of_unequal_number_are_broken(tmp_path: Path) -> None:
    names = np.array([emotion.value for emotion in EMOTIONS])
    np.savez(tmp_path / "fer.npz", images=np.zeros((3, 48, 48), np.uint8), label=np.zeros(2, int), label_names=names)
    found, broken = read(tmp_path, "fer2013")
    assert not found
    assert "unequal lengths" in broken[0].reason


def test_pictures_that_are_no_chips_are_broken(tmp_path: Path) -> None:
    disk.picture(tmp_path / "train" / "sad" / "a.png", 1)
    disk.write(tmp_path / "train" / "sad" / "b.png", b"no picture")
    disk.write(tmp_path / "train" / "sad" / "c.png", b"")
    disk.write(tmp_path / "train" / "sad" / "d.png", b"x" * (fer2013.LARGEST_PICTURE + 1))
    (tmp_path / "train" / "sleepy").mkdir()
    found, broken = read(tmp_path, "fer2013")
    assert len(found) == 1
    assert [item.where.rpartition("/")[2] for item in broken] == ["b.png", "c.png", "d.png", "sleepy"]


def test_votes_without_their_pictures_say_what_to_put_there(tmp_path: Path) -> None:
    disk.write(tmp_path / "fer2013new.csv", "Usage,neutral\n")
    found, broken = read(tmp_path, "ferplus")
    assert not found
    assert "put fer2013.csv beside it" in broken[0].reason


def test_votes_and_pictures_stay_side_by_side_over_a_broken_row(tmp_path: Path) -> None:
    head = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
    votes = ["Training,,9,1,0,0,0,0,0,0,0,0", "Training,,0,9,0,0,0,0,0,0,0,0", "Training,,0,0,9,9,0,0,0,0,0,0"]
    faces = [
        "0,1 2 3,Training",
        f"0,{disk.pixels(2)},Training",
        f"0,{disk.pixels(3)},Training",
        f"0,{disk.pixels(4)},Training",
    ]
    new = disk.write(tmp_path / "fer2013new.csv", "\n".join([head, *votes]) + "\n")
    old = disk.write(tmp_path / "fer2013.csv", "\n".join(["emotion,pixels,Usage", *faces]) + "\n")
    found, broken = read(tmp_path, "ferplus")
    assert [row.where for row in found] == [f"{new}:3"]
    assert np.array_equal(found[0].content, disk.chip(2))  # type: ignore[arg-type]
    assert [item.where for item in broken] == [f"{old}:2", f"{new}:4", str(new)]


def test_damaged_recordings_are_broken_each_for_its_reason(tmp_path: Path) -> None:
    whole = disk.sound(tmp_path / "03a01Wa.wav", 1).read_bytes()
    disk.write(tmp_path / "03a01Fa.wav", whole[: len(whole) // 2])
    disk.write(tmp_path / "03a01Na.wav", whole[:44])
    disk.write(tmp_path / "03a01Ta.wav", b"RIFF")
    disk.write(tmp_path / "03a01Xa.wav", whole)
    flac = disk.sound(tmp_path / "03a01Ea.flac", 2).read_bytes()
    disk.write(tmp_path / "03a01Ea.flac", flac[: len(flac) // 2])
    found, broken = read(tmp_path, "emodb")
    assert [row.where for row in found] == [str(tmp_path / "03a01Wa.wav")]
    reasons = {item.where.rpartition("/")[2]: item.reason for item in broken}
    assert set(reasons) == {f"03a01{code}" for code in ("Ea.flac", "Fa.wav", "Na.wav", "Ta.wav", "Xa.wav")}
    assert "cut off: 1622 bytes" in reasons["03a01Fa.wav"]
    assert "empty" in reasons["03a01Na.wav"]
    assert "'X' in the name is none of W L E A F T N" in reasons["03a01Xa.wav"]


def test_a_recording_of_hours_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "LONGEST_S", 0.05)
    disk.sound(tmp_path / "03a01Wa.wav", 1)
    assert "a clip has at most" in read(tmp_path, "emodb")[1][0].reason


def test_a_recording_of_absurdly_many_samples_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sounds, "MOST_SAMPLES", 1000)
    disk.sound(tmp_path / "03a01Wa.wav", 1)
    assert "1 channels of 1600 samples" in read(tmp_path, "emodb")[1][0].reason


def test_a_manifest_row_names_the_recording_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    rows = "path,dataset,speaker,emotion\nnone.wav,emodb,1,sad\nfolder,emodb,1,sad\n"
    file = disk.write(tmp_path / "manifest.csv", rows)
    found, broken = read(tmp_path, "emodb")
    assert not found
    assert broken == [
        Broken(f"{file}:2", "none.wav: there is no such file"),
        Broken(f"{file}:3", "folder: a folder, not a recording"),
    ]


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no .*nowhere"):
        list(catalogue.find(tmp_path / "nowhere"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400))
def test_whatever_a_file_holds_reading_ends_without_an_error(tmp_path: Path, content: bytes) -> None:
    names = (
        "fer2013.csv",
        "fer2013new.csv",
        "fer.npz",
        "manifest.csv",
        "emobank.csv",
        "test_split.csv",
        "usual_train.txt",
    )
    more = ("en-annotated.tsv", "pairs.jsonl", "pairs.jsonl.gz", "zh_dev_human.txt", "goemotions_1.csv", "03a01Fa.wav")
    for name in (*names, *more):
        disk.write(tmp_path / name, content)
    for known, where in catalogue.find(tmp_path):
        for item in known.read(where):
            assert isinstance(item, Row | Broken)
