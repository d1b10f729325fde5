"""Readings of held-out real data, made by the device's own perceivers and kept in a folder: what fusion is fitted on.

Each sense has two parts that share no item: ``fit`` and ``test``. Neither was trained on.

- face: FER2013 with the FER+ majority as truth. fit: the 8 % of Training that the net held out. test: PublicTest
  without exact copies of training pictures.
- voice: EMO-DB, each clip told as a stranger's by the model of the fold that left its speaker out (the shipped model
  heard all ten). fit: the speakers of folds 1, 3 and 5. test: those of folds 2 and 4.
- text: GoEmotions, rows with one label. fit: dev.tsv. test: test.tsv.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from converters.answers import with_progress
from converters.datasets import face, text, voice
from converters.evaluate_voice import DEVICE
from converters.package import dumps
from converters.train.voice_fold import PACKAGED
from edge.accelerators.card import CARD_FILE, MODEL_FILE, read_card
from edge.accelerators.cpu import Cpu
from edge.accelerators.fetch import put
from edge.accelerators.model import Models
from edge.affect import EMOTIONS, Reading, Sense
from edge.errors import InputError
from edge.perception.face.perceiver import FacePerceiver
from edge.perception.face.settings import FaceSettings
from edge.perception.text.perceiver import FINE, TextPerceiver
from edge.perception.text.settings import TextSettings
from edge.perception.voice.perceiver import MODEL as VOICE_MODEL
from edge.perception.voice.perceiver import VoicePerceiver
from edge.sensors.signals import Frame, Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

PARTS = ("fit", "test")
FIT_FOLDS = (1, 3, 5)
"""What the voice model is made of was chosen on these; the speakers of the other two were only measured."""
MODEL_OF = {Sense.FACE: "face-expression", Sense.VOICE: VOICE_MODEL, Sense.TEXT: "text-emotion"}
FACE_CUES = ("smile", "brow raise", "eye openness", "head yaw", "head pitch", "head roll")
VOICE_CUES = ("pitch", "pitch range", "energy", "speech rate", "pauses")
LEAST = 1e-4
"""Least probability that enters a logarithm among the features."""
NAMES = [emotion.value for emotion in EMOTIONS]


@dataclass(frozen=True, slots=True)
class Heard:
    """What one sense said of its items of one part.

    Attributes:
        probabilities: (n, 7) in the order of EMOTIONS.
        quality: (n,) of the Readings, 0 to 1.
        truth: (n,) index into EMOTIONS.
        features: (n, d) what the sense knows beside: log-probabilities, cues with their units, finer labels.
        third: (n,) 0, 1 or 2, for choosing on other items than those that were fitted; of a voice, by speakers.
        abstained: items of which it said nothing; they are not here.
    """

    probabilities: Floats
    quality: Floats
    truth: Ints
    features: Floats
    third: Ints
    abstained: int

    def take(self, rows: NDArray[np.bool_]) -> Heard:
        """The chosen items."""
        return Heard(
            self.probabilities[rows],
            self.quality[rows],
            self.truth[rows],
            self.features[rows],
            self.third[rows],
            self.abstained,
        )


def readings(data: Path, models: Path, runs: Path, folder: Path) -> dict[str, dict[Sense, Heard]]:
    """Part → sense → what it said: from ``folder`` where the same models said it before, else made and put there.

    Args:
        data: with face/, voice/ and text/ as ``docs/datasets.md`` has them.
        models: the folder with one folder per model.
        runs: of ``python -m converters train voice``: with voice/fold1 to voice/fold5.
        folder: where Readings are kept, a few MB.

    Raises:
        InputError: data or a fold is missing, or a kept file is damaged.
        ModelError: a model is missing or does not fit.
    """
    makers: dict[Sense, Callable[[], dict[str, Heard]]] = {
        Sense.FACE: lambda: _faces(data, models),
        Sense.VOICE: lambda: _voices(data, models, runs),
        Sense.TEXT: lambda: _texts(data, models),
    }
    found: dict[str, dict[Sense, Heard]] = {part: {} for part in PARTS}
    for sense, make in makers.items():
        parts = _kept(folder, sense, _mark(sense, models, runs), make)
        for part in PARTS:
            found[part][sense] = parts[part]
    return found


def _mark(sense: Sense, models: Path, runs: Path) -> str:
    """Which models speak: their hashes, in short."""
    cards = [models / MODEL_OF[sense]]
    if sense is Sense.VOICE:
        cards += [_fold(runs, number) / VOICE_MODEL for number in range(1, 6)]
    said = "".join(read_card(card).sha256 + str(read_card(card).temperature) for card in cards)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _fold(runs: Path, number: int) -> Path:
    folder = runs / "voice" / f"fold{number}" / PACKAGED
    if not (folder / VOICE_MODEL / CARD_FILE).is_file():
        problem = f"there is no voice model of fold {number} in {folder}"
        raise InputError(problem, "Run `python -m converters train voice --data DIR --runs RUNS` and give --runs RUNS")
    return folder


def _kept(folder: Path, sense: Sense, mark: str, make: Callable[[], dict[str, Heard]]) -> dict[str, Heard]:
    paths = {part: folder / f"{sense}-{part}-{mark}.npz" for part in PARTS}
    if not all(path.is_file() for path in paths.values()):
        for part, heard in make().items():
            folder.mkdir(parents=True, exist_ok=True)
            unfinished = paths[part].with_suffix(".part.npz")
            np.savez(unfinished, **{name: getattr(heard, name) for name in Heard.__slots__})
            unfinished.replace(paths[part])
    return {part: _read(path) for part, path in paths.items()}


def _read(path: Path) -> Heard:
    try:
        with np.load(io.BytesIO(path.read_bytes())) as archive:
            heard = Heard(
                **{name: archive[name] for name in Heard.__slots__ if name != "abstained"},
                abstained=int(archive["abstained"]),
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        problem = f"{path} cannot be read as kept Readings: {error}"
        raise InputError(problem, "Remove it and run the command again") from error
    return heard


def _gathered(
    said: Sequence[Reading],
    truth: Ints,
    features: Callable[[int, Reading], list[float]],
    thirds: Sequence[int] | None = None,
) -> Heard:
    """The Readings that say something, as arrays; without ``thirds`` every third item belongs together."""
    told = [(row, one) for row, one in enumerate(said) if one.affect is not None]
    return Heard(
        np.array([one.affect.probabilities for _, one in told if one.affect is not None], np.float64).reshape(-1, 7),
        np.array([one.quality for _, one in told], np.float64),
        np.array([truth[row] for row, _ in told], np.int64),
        np.array([features(row, one) for row, one in told], np.float64),
        np.array([row % 3 if thirds is None else thirds[row] for row, _ in told], np.int64),
        len(said) - len(told),
    )


def _common(reading: Reading, cues: Sequence[str] = ()) -> list[float]:
    affect = reading.affect
    if affect is None:
        return []
    values = {cue.name: cue.value for cue in reading.cues}
    logs = np.log(np.maximum(affect.probabilities, LEAST)).tolist()
    return [*logs, reading.quality, affect.valence, affect.arousal, *(values.get(name, 0.0) for name in cues)]


def _faces(data: Path, models: Path) -> dict[str, Heard]:
    """48-pixel chips through the whole device path: detector, mesh, alignment, expression net."""
    split = face.load(data)
    perceiver = FacePerceiver(FaceSettings(redetect_s=0), Models(models, Cpu()))
    perceiver.attach()
    found = {}
    for part, faces in (("fit", split.held_out), ("test", split.test)):
        known = faces.take(faces.ferplus >= 0)
        said = [
            perceiver.perceive(Frame(np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8), 0))
            for image in with_progress(list(known.images), f"faces ({part})")
        ]
        found[part] = _gathered(said, known.ferplus, lambda _, reading: _common(reading, FACE_CUES))
    perceiver.stop()
    return found


def _voices(data: Path, models: Path, runs: Path) -> dict[str, Heard]:
    """Whole clips, each by the fold's model that never heard the speaker, at the shipped model's temperature."""
    clips = voice.read_clips(data / "voice", "emodb")
    temperature = read_card(models / VOICE_MODEL).temperature
    said: dict[str, tuple[list[Reading], list[int], list[int]]] = {part: ([], [], []) for part in PARTS}
    for number, pair in enumerate(voice.speaker_folds(clips), start=1):
        readings_of, truth, thirds = said["fit" if number in FIT_FOLDS else "test"]
        with tempfile.TemporaryDirectory() as name:
            perceiver = VoicePerceiver(DEVICE, Models(_at(_fold(runs, number), temperature, Path(name)), Cpu(1)))
            perceiver.attach()
            for clip in with_progress([clip for clip in clips if clip.speaker in pair], f"clips (fold {number})"):
                readings_of.append(perceiver.perceive_whole(clip.samples, 0))
                thirds.append(FIT_FOLDS.index(number) if number in FIT_FOLDS else 0)
                truth.append(NAMES.index("neutral" if clip.label == "boredom" else clip.label))
            perceiver.stop()
    return {
        part: _gathered(readings_of, np.array(truth), lambda _, reading: _common(reading, VOICE_CUES), thirds)
        for part, (readings_of, truth, thirds) in said.items()
    }


def _at(models: Path, temperature: float, folder: Path) -> Path:
    """A copy of a fold's model with the temperature that the device uses: the fold's own was fitted on its test."""
    source, target = models / VOICE_MODEL, folder / VOICE_MODEL
    target.mkdir()
    put(target / MODEL_FILE, (source / MODEL_FILE).read_bytes())
    card = read_card(source).model_copy(update={"temperature": temperature, "golden": None})
    put(target / CARD_FILE, dumps(card))
    return folder


def _texts(data: Path, models: Path) -> dict[str, Heard]:
    perceiver = TextPerceiver(TextSettings(), Models(models, Cpu()))
    perceiver.attach()
    card = read_card(models / MODEL_OF[Sense.TEXT])
    fine = card.head(FINE)
    found = {}
    for part, split in (("fit", "dev"), ("test", "test")):
        rows = text.goemotions(data, split, single=True)

        def features(row: int, reading: Reading, words: Sequence[str] = rows.words) -> list[float]:
            finer: list[float] = []
            if fine is not None:
                finer = perceiver.outputs(words[row])[card.place(fine.output)][0].tolist()
            return [*_common(reading), *finer]

        said: list[Any] = [
            perceiver.perceive(Utterance(words, 0)) for words in with_progress(rows.words, f"sentences ({part})")
        ]
        found[part] = _gathered(said, rows.labels, features)
    perceiver.stop()
    return found
