"""Reads labelled clips from any CSV and has the voice sense judge them, from the first filter on as on the device."""

from __future__ import annotations

import csv
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.adapted import adapted
from converters.answers import Answers, LeftOut, figures, named, with_progress
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.errors import InputError, SensorError
from edge.perception.settings import DomainSettings
from edge.perception.voice.moment import mean_logits, new_speech_s
from edge.perception.voice.perceiver import MODEL, TASK, VoicePerceiver
from edge.perception.voice.settings import VoiceSettings
from edge.sensors.audio_file import read_audio
from edge.sensors.resample import Resampler, to_int16
from edge.sensors.wav import mono, require_rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

PATH, EMOTION, SPEAKER = "path", "emotion", "speaker"
REMEDY = "Give a CSV with a header that has path and emotion, and speaker if it is known; see docs/evaluating.md"
DEVICE = VoiceSettings(domain=DomainSettings(quality=1.0, abstain=False))
"""As on the device, but strange speech is judged too: how much of it there was is told beside the figures."""

UNADAPTED = ("n", "accuracy", "macro_f1", "uar", "ece")


def evaluate(
    models: Path, data: Path, *, where: Mapping[str, str] | None = None, classes: Sequence[str] = ()
) -> dict[str, Any]:
    """The figures of ``models``/voice-emotion on the file ``data``: see ``answers`` and ``converters.answers``.

    Where all speakers are known the device gets used to each, clip after clip in the file's order; ``unadapted`` then
    has the figures of a device that knows nobody.
    """
    heard, speech_s = answers(models, data, where=where)
    plain = figures(heard, classes)
    if not (heard.speakers and heard.card.speaker_mean):
        return plain
    told = replace(heard, logits=adapted(heard.logits, speech_s, heard.speakers, heard.card.speaker_mean))
    return figures(told, classes) | {"unadapted": {name: plain[name] for name in UNADAPTED}}


def answers(models: Path, data: Path, *, where: Mapping[str, str] | None = None) -> tuple[Answers, NDArray[np.float64]]:
    """What the voice sense says of each whole clip, as ``perceive_whole`` has it, and each clip's seconds of speech.

    Args:
        models: the folder with one folder per model.
        data: the CSV, UTF-8, with ``path`` (relative to it), ``emotion`` and perhaps ``speaker``. Clips may have any
            rate, channels and format that soundfile reads; they become 16 kHz mono by the microphone's own filter.
        where: column → value: only rows that have it.

    Raises:
        InputError: the file is not such a file, or no row is as ``where`` wants it.
        ModelError: the model is missing or does not fit.
    """
    rows = _rows(data, where or {})
    card = Models(models, Cpu()).load(MODEL, TASK).card
    perceiver = VoicePerceiver(DEVICE, Models(models, Cpu(1)))
    perceiver.attach()
    left_out = LeftOut()
    logits, words, speakers, speech_s = [], [], [], []
    nothing = np.full(len(card.labels), np.nan)
    for line, row in with_progress(rows, "clips"):
        word = named(row[EMOTION], card, left_out)
        if word is None:
            continue
        try:
            samples = sound(data.parent / (row[PATH] or ""))
        except SensorError as error:
            left_out.add_broken(f"line {line}: {error.problem}")
            continue
        moments = perceiver.listen(samples)
        heard = mean_logits(moments)
        speech_s.append(new_speech_s(moments, DEVICE.hop_s))
        logits.append(nothing if heard is None else heard)
        words.append(word)
        speakers.append(row.get(SPEAKER) or "")
    perceiver.stop()
    known = all(speakers)
    found = Answers(card, np.array(logits, np.float64), tuple(words), left_out, tuple(speakers) if known else ())
    return found, np.array(speech_s)


def sounds(data: Path, where: Mapping[str, str] | None = None) -> list[NDArray[np.int16]]:
    """The clips of such a file that can be heard, labelled or not. Raises InputError as ``answers`` does."""
    heard = []
    for _, row in _rows(data, where or {}):
        with suppress(SensorError):  # `evaluate` names them
            heard.append(sound(data.parent / (row[PATH] or "")))
    return heard


def sound(path: Path) -> NDArray[np.int16]:
    """(n,) int16 at 16 kHz of a whole sound file of any format. Raises SensorError naming it."""
    try:
        return read_audio(path)
    except SensorError as refusal:  # the device reads WAV and FLAC; a workstation may read more
        try:
            import soundfile
        except (ImportError, OSError):
            raise refusal from None
        try:
            frames, rate = soundfile.read(path, dtype="float32", always_2d=True)
        except (soundfile.SoundFileError, OSError):
            raise refusal from None
        if not len(frames):
            raise
        require_rate(rate, path)
        resampler = Resampler(rate)
        return to_int16(np.concatenate([resampler.push(mono(frames)), resampler.flush()]))


def _rows(path: Path, where: Mapping[str, str]) -> list[tuple[int, dict[str, str]]]:
    """(line of the file, row) of all rows that are as ``where`` wants them."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = list(reader.fieldnames or [])
            rows = [(reader.line_num, {key: value for key, value in row.items() if key}) for row in reader]
    except FileNotFoundError:
        problem = f"there is no file {path}"
        raise InputError(problem, REMEDY) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problem = f"{path} cannot be read as a CSV in UTF-8: {error}"
        raise InputError(problem, REMEDY) from error
    for column in (PATH, EMOTION, *where):
        if column not in columns:
            problem = f"{path} has no column {column!r}, it has {', '.join(columns) or 'none'}"
            raise InputError(problem, REMEDY if column in {PATH, EMOTION} else "Give --where one of those")
    chosen = [(line, row) for line, row in rows if all(row[column] == value for column, value in where.items())]
    if rows and not chosen:
        there = {column: Counter(row[column] for _, row in rows).most_common(10) for column in where}
        values = "; ".join(f"{column} has {', '.join(str(v) for v, _ in found)}" for column, found in there.items())
        problem = f"{path} has no row with {' and '.join(f'{c}={v}' for c, v in where.items())}"
        raise InputError(problem, f"Choose among the values there: {values}")
    return chosen
