"""nEMO: nine Polish actors, ninety sentences, six emotions.

Christop, nEMO: Dataset of Emotional Speech in Polish, LREC-COLING 2024; https://github.com/amu-cai/nEMO (README:
``data.tsv`` with file_id, emotion, raw_text, normalized_text, speaker_id, gender, age beside ``samples/``; CC
BY-NC-SA 4.0); https://huggingface.co/datasets/amu-cai/nEMO has the same as ``data/train-*.parquet``, with the sound
in a column. Also the rows "nemo" of a manifest, and the files alone, named ``EB0_anger_13``.
"""

from __future__ import annotations

import importlib
import io
import re
from typing import TYPE_CHECKING, Any

from converters.datasets.sets import manifest
from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Clip, Row, Use, emotions
from converters.datasets.sets.sounds import any_named, clip, named
from converters.datasets.sets.tables import table
from edge.affect import Sense
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = re.compile(r"(?:.*/)?(?P<speaker>[A-Z]{2}\d)_(?P<emotion>[a-z]+)_\d+\.(?:wav|flac)")
LABELS = ("anger", "fear", "happiness", "neutral", "sadness", "surprised")
TABLE, SAMPLES, PARQUET = "data.tsv", "samples", "train-*-of-*.parquet"
COLUMNS = ("file_id", "emotion", "speaker_id")


class Nemo:
    """The emotion that the actor was asked to play."""

    name = "nemo"
    sense = Sense.VOICE
    licence = "CC-BY-NC-SA-4.0"
    use = Use.EVALUATE
    source = "https://github.com/amu-cai/nEMO"

    def found(self, path: Path) -> bool:
        """By a manifest, its table, its parquet files or the names of its recordings."""
        return bool(manifest.holds(path, self.name) or _tables(path) or _parquets(path) or any_named(path, FILES))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """A manifest's rows, or else a table's, or else the files."""
        if manifest.holds(path, self.name):
            yield from manifest.rows(path, self.name)
        elif files := _tables(path):
            for file in files:
                yield from _table(file)
        elif files := _parquets(path):
            for file in files:
                yield from _parquet(file)
        else:
            yield from named(path, FILES, words={name: name for name in LABELS})


def _tables(path: Path) -> list[Path]:
    return [file for file in members(path, TABLE) if (file.parent / SAMPLES).is_dir()]


def _parquets(path: Path) -> list[Path]:
    """Parquet files in a folder ``data`` whose parent is called after the set: the name of the files says nothing."""
    return [file for file in members(path, PARQUET) if "nemo" in file.resolve().as_posix().lower()]


def _table(file: Path) -> Iterator[Row | Broken]:
    for item in table(file, COLUMNS, delimiter="\t", quoted=False):
        if isinstance(item, Broken):
            yield item
            continue
        where, fields = item
        name = fields["file_id"] if "." in fields["file_id"] else fields["file_id"] + ".wav"
        sound = clip(file.parent / SAMPLES / name)
        yield _row(where, fields, sound) if isinstance(sound, Clip) else Broken(where, f"{name}: {sound.reason}")


def _parquet(file: Path) -> Iterator[Row | Broken]:
    import soundfile

    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        problem = f"{file} is a parquet file, which needs pyarrow"
        raise InputError(problem, "Install pyarrow, or take the layout with data.tsv from GitHub") from error
    columns: list[str] = [*COLUMNS, "audio"]
    try:
        batches: Iterator[Any] = parquet.ParquetFile(file).iter_batches(batch_size=16, columns=columns)
        records = (record for batch in batches for record in batch.to_pylist())
        for number, record in enumerate(records, 1):
            where = f"{file}:row {number}"
            try:
                samples, rate = soundfile.read(io.BytesIO(record["audio"]["bytes"]), dtype="int16")
            except (soundfile.LibsndfileError, TypeError) as error:
                yield Broken(where, f"not a recording that can be decoded: {error}")
            else:
                yield _row(where, record, Clip(None, samples, rate))
    except (OSError, ValueError, KeyError) as error:  # pyarrow's errors are kinds of these
        yield Broken(str(file), f"the file cannot be read on: {error}")


def _row(where: str, fields: dict[str, Any], sound: Clip) -> Row | Broken:
    label = fields["emotion"]
    if label not in LABELS:
        return Broken(where, f"the emotion {label!r} is none of {' '.join(LABELS)}")
    return Row(
        where=where,
        content=sound,
        labels=(label,),
        emotions=emotions((label,)),
        speaker=fields["speaker_id"].strip(),
        id=fields["file_id"],
    )
