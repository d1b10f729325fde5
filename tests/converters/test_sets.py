from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.datasets import catalogue
from converters.datasets.sets.goemotions import EKMAN
from converters.datasets.sets.row import Broken, Clip, Row, Use
from edge.affect import EMOTIONS
from edge.errors import InputError
from tests.converters import sets_on_disk as disk

if TYPE_CHECKING:
    from pathlib import Path

VOTES = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"


def rows(path: Path, name: str) -> list[Row]:
    found = list(catalogue.find(path, (name,)))
    items = [item for known, where in found for item in known.read(where)]
    assert not [item for item in items if isinstance(item, Broken)], items
    return [item for item in items if isinstance(item, Row)]


def names(path: Path) -> list[str]:
    return [known.name for known, _ in catalogue.find(path)]


def told(row: Row) -> tuple[str, str, str]:
    return row.labels[0], row.ours[0] if row.ours else "", row.speaker or row.split


@pytest.mark.parametrize("header", ["emotion,pixels,Usage", "\ufeffemotion, pixels, Usage"])
def test_fer2013_is_read_from_its_csv(tmp_path: Path, header: str) -> None:
    text = f'{header}\r\n0,{disk.pixels(1)},Training\r\n6,"{disk.pixels(2)}",PublicTest\r\n'
    disk.write(tmp_path / "icml_face_data.csv", text)
    found = rows(tmp_path, "fer2013")
    assert [told(row) for row in found] == [("angry", "angry", "Training"), ("neutral", "neutral", "PublicTest")]
    assert np.array_equal(found[1].content, disk.chip(2))  # type: ignore[arg-type]


@pytest.mark.parametrize(("training", "test"), [("train", "test"), ("Training", "PrivateTest")])
def test_fer2013_is_read_from_folders_of_pictures(tmp_path: Path, training: str, test: str) -> None:
    disk.picture(tmp_path / "fer" / training / "fear" / "1.png", 1)
    disk.picture(tmp_path / "fer" / test / "surprise" / "2.png", 2)
    assert {told(row) for row in rows(tmp_path, "fer2013")} == {
        ("fear", "fear", training),
        ("surprise", "surprise", test),
    }


def test_a_folder_of_class_folders_is_a_set_without_splits_and_a_split_folder_a_part_of_one(tmp_path: Path) -> None:
    for number, name in enumerate(("fear", "happy", "sad")):
        disk.picture(tmp_path / "faces" / name / "1.png", number)
        disk.picture(tmp_path / "other" / "test" / name / "1.png", number)
    assert [told(row)[2] for row in rows(tmp_path / "faces", "fer2013")] == ["", "", ""]
    assert [told(row)[2] for row in rows(tmp_path / "other" / "test", "fer2013")] == ["test"] * 3
    assert len(rows(tmp_path, "fer2013")) == 6


def test_fer2013_and_ferplus_are_read_from_one_archive(tmp_path: Path) -> None:
    votes = np.zeros((2, 10), np.uint8)
    votes[0, 1], votes[1, 0], votes[1, 7] = 9, 5, 5
    np.savez_compressed(
        tmp_path / "faces.npz",
        images=np.array([disk.chip(1), disk.chip(2)]),
        label=np.array([3, -1], np.int8),
        label_names=np.array([emotion.value for emotion in EMOTIONS]),
        usage=np.array([0, 1], np.uint8),
        usage_names=np.array(["Training", "PublicTest"]),
        ferplus_votes=votes,
    )
    fer, ferplus = rows(tmp_path, "fer2013"), rows(tmp_path, "ferplus")
    assert [row.labels for row in fer] == [("happy",), ()]
    assert [row.split for row in ferplus] == ["Training", "PublicTest"]
    assert [row.ours for row in ferplus] == [("happy",), ("neutral",)]
    assert ferplus[1].labels == ("neutral", "contempt")
    assert ferplus[0].votes == (0, 9, 0, 0, 0, 0, 0, 0, 0, 0)


def test_ferplus_takes_the_pictures_from_the_same_row_of_fer2013(tmp_path: Path) -> None:
    disk.write(
        tmp_path / "fer2013.csv", f"emotion,pixels,Usage\n0,{disk.pixels(1)},Training\n0,{disk.pixels(2)},Training\n"
    )
    disk.write(
        tmp_path / "fer2013new.csv", f"{VOTES}Training,a.png,9,1,0,0,0,0,0,0,0,0\nTraining,,0,0,0,0,0,0,8,0,2,0\n"
    )
    found = rows(tmp_path, "ferplus")
    assert [row.ours for row in found] == [("neutral",), ("fear",)]
    assert np.array_equal(found[1].content, disk.chip(2))  # type: ignore[arg-type]


SOUNDS = {
    "emodb": ("wav/03a01Fa.wav", ("happy", "happy", "03")),
    "ravdess": ("Actor_12/03-01-06-01-02-01-12.wav", ("fear", "fear", "12")),
    "cremad": ("AudioWAV/1001_DFA_ANG_XX.wav", ("angry", "angry", "1001")),
    "tess": ("OAF_Pleasant_surprise/OAF_back_ps.wav", ("pleasant_surprise", "surprise", "OA")),
    "savee": ("AudioData/DC/sa07.wav", ("sad", "sad", "DC")),
    "emogator": ("data/mp3/000357-13-2.wav", ("elation", "happy", "000357")),
    "nemo": ("samples/EB0_surprised_12.wav", ("surprised", "surprise", "EB0")),
}


@pytest.mark.parametrize(("name", "file", "expected"), [(name, *rest) for name, rest in SOUNDS.items()])
def test_a_voice_set_is_known_by_the_names_of_its_files(
    tmp_path: Path, name: str, file: str, expected: tuple[str, str, str]
) -> None:
    disk.sound(tmp_path / "voices" / file, 1, rate=22050)
    assert names(tmp_path) == [name]
    (row,) = rows(tmp_path, name)
    assert told(row) == expected
    assert isinstance(row.content, Clip)
    assert (row.content.rate, len(row.content.samples)) == (22050, 2205)


def test_calm_in_ravdess_is_not_neutral(tmp_path: Path) -> None:
    disk.sound(tmp_path / "Actor_01/03-01-02-01-01-01-01.wav", 1)
    assert told(rows(tmp_path, "ravdess")[0]) == ("calm", "", "01")


def test_nemo_is_read_from_its_table(tmp_path: Path) -> None:
    header = "file_id\temotion\traw_text\tnormalized_text\tspeaker_id\tgender\tage\n"
    disk.write(tmp_path / "data.tsv", f'{header}WR0_fear_6.wav\tfear\t"Tak".\ttak\t        WR0\tmale\t23\n')
    disk.sound(tmp_path / "samples" / "WR0_fear_6.wav", 1)
    assert told(rows(tmp_path, "nemo")[0]) == ("fear", "fear", "WR0")


def test_nemo_is_read_from_parquet_files(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    data = disk.sound(tmp_path / "one.wav", 1).read_bytes()
    record = {
        "file_id": "WR0_fear_6",
        "emotion": "fear",
        "speaker_id": "WR0",
        "audio": {"bytes": data, "path": "a.wav"},
    }
    folder = tmp_path / "nEMO" / "data"
    folder.mkdir(parents=True)
    parquet.write_table(arrow.Table.from_pylist([record]), folder / "train-00000-of-00001.parquet")
    assert told(rows(tmp_path, "nemo")[0]) == ("fear", "fear", "WR0")


def test_a_manifest_gives_each_set_its_own_rows(tmp_path: Path) -> None:
    text = "a/1.wav,emodb,emodb_03,boredom\na/2.wav,nemo,nemo_EB0,fearful\na/3.wav,ours,me,joy\n"
    disk.write(tmp_path / "manifest.csv", f"path,dataset,speaker,emotion\n{text}")
    for number in (1, 2, 3):
        disk.sound(tmp_path / "a" / f"{number}.wav", number)
    assert names(tmp_path) == ["emodb", "nemo", "manifest"]
    assert told(rows(tmp_path, "emodb")[0]) == ("boredom", "", "emodb_03")
    assert told(rows(tmp_path, "nemo")[0]) == ("fearful", "fear", "nemo_EB0")
    assert told(rows(tmp_path, "manifest")[0]) == ("joy", "happy", "me")


def test_goemotions_is_read_in_both_groupings(tmp_path: Path) -> None:
    disk.write(tmp_path / "original" / "labels.txt", "\n".join(EKMAN))
    disk.write(tmp_path / "original" / "test.tsv", "thanks a lot\t" + str(list(EKMAN).index("gratitude")) + ",0\tid1\n")
    disk.write(tmp_path / "ekman" / "labels.txt", "anger\ndisgust\nfear\njoy\nneutral\nsadness\nsurprise")
    disk.write(tmp_path / "ekman" / "dev.tsv", 'a "quoted" word\t5\tid2\n')
    ekman, original = rows(tmp_path, "goemotions")
    assert (ekman.labels, ekman.ours, ekman.split) == (("sadness",), ("sad",), "dev")
    assert ekman.content == 'a "quoted" word'
    assert (original.labels, original.ours, original.split) == (("gratitude", "anger"), ("happy", "angry"), "test")


def test_goemotions_is_known_by_its_rows_where_the_list_of_labels_was_not_copied(tmp_path: Path) -> None:
    disk.write(tmp_path / "a" / "train.tsv", "thanks a lot\t15,27\teebbqej\n")
    disk.write(tmp_path / "b" / "train.tsv", "thanks a lot\t28\teebbqej\n")
    disk.write(tmp_path / "c" / "train.tsv", "id\ttext\tlabel\n")
    (row,) = rows(tmp_path, "goemotions")
    assert row.labels == ("gratitude", "neutral")


def test_goemotions_full_files_have_a_row_a_rater(tmp_path: Path) -> None:
    marks = ",".join("1" if name == "grief" else "0" for name in EKMAN)
    header = f"text,id,example_very_unclear,{','.join(EKMAN)}\n"
    disk.write(tmp_path / "goemotions_2.csv", f'{header}"gone, alas",x,False,{marks}\n"gone, alas",x,False,{marks}\n')
    assert [(row.labels, row.ours, row.id) for row in rows(tmp_path, "goemotions")] == [(("grief",), ("sad",), "")] * 2


TEXTS = {
    "xed": ("en-annotated.tsv", "Run !\t4, 8\n", (("fear", "trust"), ("fear",))),
    "cped": (
        "train_split.csv",
        "Speaker,Emotion,Utterance_ID,Utterance\n童娟,worried,1_1,怎么办\n",
        (("worried",), ("fear",)),
    ),
    "brighter": (
        "track_a_dev_chn.csv",
        "id,text,anger,disgust,fear,joy,sadness,surprise\n1,好,0,0,0,1,0,0\n",
        (("joy",), ("happy",)),
    ),
    "smp2020_ewect": (
        "usual_eval_labeled.txt",
        json.dumps([{"id": 1, "content": "气死了", "label": "angry"}]),
        (("angry",), ("angry",)),
    ),
    "xdailydialog": ("zh_dev_human.txt", "真的吗？__eou__\t1\t1\t6\n", (("surprise",), ("surprise",))),
    "esconv": ("devWithStrategy_short.tsv", "1.0 0 0 Hi EOS 1.0 1 1 [Questions] How are you?\n", (("Questions",), ())),
}


@pytest.mark.parametrize(("name", "file", "content", "expected"), [(name, *rest) for name, rest in TEXTS.items()])
def test_a_text_set_is_known_by_the_names_of_its_files(
    tmp_path: Path, name: str, file: str, content: str, expected: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    disk.write(tmp_path / "texts" / file, content)
    assert names(tmp_path) == [name]
    (row,) = rows(tmp_path, name)
    assert (row.labels, row.ours) == expected


def test_a_single_file_of_a_set_will_do(tmp_path: Path) -> None:
    file = disk.write(tmp_path / "emobank.csv", 'id,split,V,A,D,text\na,test,1.0,4.0,3.0,"Gone, ""for good"""\n')
    (row,) = rows(file, "emobank")
    assert (row.content, row.affect, row.split) == ('Gone, "for good"', (-1.0, 0.5), "test")


def test_dailydialog_is_read_from_two_files_side_by_side(tmp_path: Path) -> None:
    disk.write(tmp_path / "train" / "dialogues_train.txt", "Hello . __eou__ Oh no ! __eou__\n")
    disk.write(tmp_path / "train" / "dialogues_emotion_train.txt", "0 5\n")
    found = rows(tmp_path, "dailydialog")
    assert [(row.content, row.ours) for row in found] == [("Hello .", ("neutral",)), ("Oh no !", ("sad",))]


def test_smilechat_gives_the_lines_of_persons(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "pairs.jsonl.gz", "wt") as file:
        file.write(json.dumps({"person": "我很累", "reply": "我在听"}) + "\n")
    turns = [{"role": "client", "content": "你好"}, {"role": "counselor", "content": "您好"}]
    disk.write(tmp_path / "data" / "17.json", json.dumps(turns))
    assert [row.content for row in rows(tmp_path, "smilechat")] == ["我很累", "你好"]


def test_a_set_is_not_found_twice_through_links_in_a_circle(tmp_path: Path) -> None:
    disk.write(tmp_path / "a" / "en-annotated.tsv", "Run !\t4\n")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert names(tmp_path) == ["xed"]


def test_sets_that_may_only_measure_are_refused_for_training() -> None:
    for known in catalogue.SETS:
        if known.use is Use.TRAIN:
            catalogue.trainable(known.name)
        else:
            with pytest.raises(InputError, match=f"{known.name} may only measure.*licence"):
                catalogue.trainable(known.name)
    assert {known.name for known in catalogue.SETS if known.use is Use.EVALUATE} >= {
        "nemo", "ravdess", "tess", "savee", "brighter", "smp2020_ewect", "esconv", "dailydialog", "xdailydialog"
    }  # fmt: skip


def test_a_folder_marked_as_evaluation_only_is_refused_whatever_it_holds(tmp_path: Path) -> None:
    catalogue.trainable("xed", tmp_path / "xed")
    with pytest.raises(InputError, match="xed_eval_only"):
        catalogue.trainable("xed", tmp_path / "xed_eval_only" / "part")


def test_an_unknown_set_is_refused_with_the_names_that_are_known() -> None:
    with pytest.raises(InputError, match=r"'fer2014'.*fer2013"):
        catalogue.trainable("fer2014")
