from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import soundfile

from converters.evaluate_voice import evaluate, sound
from edge.accelerators.model import default_directory
from edge.errors import InputError, SensorError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 16_000


def babble(hz: float, seed: int, seconds: float = 1.6, rate: int = RATE) -> NDArray[np.float64]:
    """Vowels that change five times a second, on a gliding pitch: what the device takes for speech."""
    chance = np.random.default_rng(seed)
    time = np.arange(int(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(hz * (1 + 0.15 * np.sin(2 * np.pi * 0.7 * time))) / rate
    out = np.zeros_like(time)
    syllable = rate // 5
    for start in range(0, len(time) - syllable + 1, syllable):
        part = slice(start, start + syllable)
        formants = chance.uniform(300, 3000, 3)
        for k in range(1, 25):
            gain = np.exp(-(((k * hz - formants) / 200) ** 2)).sum() + 0.05 / k
            out[part] += gain * np.sin(k * phase[part]) * np.hanning(syllable)
    return np.asarray(0.3 * out / np.abs(out).max())


ROWS = (
    ("a/1.wav", "anger", "s1", "x"),
    ("a/2.wav", "Happy", "s1", "x"),
    ("b/3.flac", "anger", "s2", "x"),
    ("b/4.ogg", "happiness", "s2", "x"),
    ("b/5.wav", "surprised", "s2", "x"),
    ("b/6.wav", "excited", "s2", "y"),
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Six clips of different rates, channels and formats, and their CSV."""
    for index, (name, *_) in enumerate(ROWS):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        rate = (16_000, 44_100, 22_050, 48_000, 8_000, 16_000)[index]
        clip = babble(120 + 40 * index, index, rate=rate)
        soundfile.write(path, np.column_stack([clip, clip]) if index % 2 else clip, rate)
    return written(tmp_path, *ROWS)


def written(folder: Path, *rows: tuple[str, ...], header: str = "path,emotion,speaker,set") -> Path:
    path = folder / "clips.csv"
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return path


def figures(path: Path, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    return evaluate(default_directory(), path, **options)


def test_clips_of_any_kind_are_heard_and_scored_over_the_classes_that_are_there(table: Path) -> None:
    found = figures(table)
    assert found["n"] == 4
    assert {label: row["n"] for label, row in found["per_class"].items()} == {"angry": 2, "happy": 2}
    assert found["abstained"] == 0
    assert (found["speakers"], found["resampled"]) == (2, "speakers")
    assert found["left_out"]["labels"] == {"surprised": 1, "excited": 1}
    assert np.sum(found["confusion"]) == 4


def test_each_speaker_is_got_used_to_and_the_figures_of_strangers_stand_beside(table: Path) -> None:
    known = figures(table)
    nobody = figures(written(table.parent, *((path, label, "", kind) for path, label, _, kind in ROWS)))
    assert "unadapted" not in nobody
    assert known["unadapted"] == {name: nobody[name] for name in ("n", "accuracy", "macro_f1", "uar", "ece")}
    assert known["ece"] != nobody["ece"]


def test_a_clip_in_which_nobody_speaks_is_scored_as_a_guess(table: Path) -> None:
    soundfile.write(table.parent / "silence.wav", np.zeros(2 * RATE), RATE)
    table = written(table.parent, ROWS[0], ROWS[1], ("silence.wav", "anger", "s3", "x"))
    found = figures(table)
    assert (found["n"], found["abstained"]) == (3, 1)
    assert found["confusion"][0][0] % 1 == 0.5


def test_missing_and_broken_clips_are_named_with_their_line(table: Path) -> None:
    (table.parent / "text.wav").write_text("no sound")
    table = written(
        table.parent,
        ROWS[0],
        ("gone.wav", "anger", "s1", "x"),
        ROWS[1],
        ("text.wav", "happy", "s1", "x"),
        ("", "sad", "s1", "x"),
    )
    found = figures(table)
    assert found["n"] == 2
    assert found["left_out"]["reasons"] == {"something broken": 3}
    first, second, third = found["left_out"]["broken"]
    assert first.startswith("line 3: the sound ")
    assert "gone.wav cannot be read: No such file" in first
    assert second.startswith("line 5:")
    assert "no sound" in second
    assert third.startswith("line 6:")


def test_where_no_clip_can_be_read_the_refusal_names_the_first(table: Path) -> None:
    table = written(table.parent, ("gone.wav", "anger", "s1", "x"), ("lost.wav", "happy", "s1", "x"))
    with pytest.raises(InputError, match=r"2 with something broken; the first: line 2: .*gone\.wav cannot be read"):
        figures(table)


def test_columns_choose_rows_and_classes_choose_labels(table: Path) -> None:
    assert figures(table, where={"speaker": "s1", "set": "x"})["n"] == 2
    assert list(figures(table, classes=["happy", "anger", "sad"])["per_class"]) == ["angry", "happy"]
    with pytest.raises(InputError, match="no column 'dataset', it has path, emotion, speaker, set"):
        figures(table, where={"dataset": "x"})
    with pytest.raises(InputError, match=r"no row with set=z\. Choose among the values there: set has x, y\."):
        figures(table, where={"set": "z"})


def test_without_speakers_rows_are_resampled(table: Path) -> None:
    table = written(table.parent, *(row[:2] for row in ROWS), header="path,emotion")
    found = figures(table)
    assert (found["n"], found["speakers"], found["resampled"]) == (4, 0, "rows")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"file,emotion\na.wav,sad\n", "no column 'path', it has file, emotion"),
        (b"", "no column 'path', it has none"),
        (b"path,emotion\n\xff\xfe,sad\n", "cannot be read as a CSV in UTF-8"),
    ],
)
def test_a_table_that_is_not_like_that_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "clips.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        figures(path)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file"):
        figures(tmp_path / "clips.csv")


def test_other_formats_become_what_the_microphone_gives(tmp_path: Path) -> None:
    clip = babble(150, 0, rate=44_100)
    soundfile.write(tmp_path / "a.wav", clip, 44_100, subtype="FLOAT")
    soundfile.write(tmp_path / "a.aiff", clip, 44_100, subtype="FLOAT")
    wav, aiff = sound(tmp_path / "a.wav"), sound(tmp_path / "a.aiff")
    assert wav.dtype == aiff.dtype == np.int16
    np.testing.assert_array_equal(wav, aiff[: len(wav)])
    soundfile.write(tmp_path / "slow.aiff", clip, 2_000)
    with pytest.raises(SensorError, match="rate of 2000 Hz"):
        sound(tmp_path / "slow.aiff")
