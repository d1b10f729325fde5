"""What it is worth to know a person: cues relative to their own usual, and a correction of their face.

Voice: acted clips go through the voice sense as a stream. What is usual for a speaker is learned from a random half
of their clips, no label being looked at, or from half of the calm ones, as people are calm mostly; the other clips are
judged. How well a cue tells aroused from calm speech over all speakers is the area under the ROC curve, of its value
and of its distance from the speaker's usual in spreads. Nothing is fitted, so every speaker is a stranger.

Face: no set at hand says whose face is whose. What is as constant as a face is its camera and light, so pictures of
FER+ PublicTest are dealt to made-up people, each with an alteration of their own or none, and half of a person's
pictures teach the correction that the others get.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.answers import with_progress
from converters.evaluate_person_face import correction
from converters.evaluate_voice import DEVICE, sound
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import Sense
from edge.errors import InputError
from edge.perception.voice.perceiver import VoicePerceiver
from edge.sensors.signals import AudioChunk
from edge.understanding.person.baseline import Baseline
from edge.understanding.person.measures import VOICE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.affect import Reading

    Floats = NDArray[np.float64]

AROUSED = frozenset({"angry", "happy", "fearful", "surprised"})
CALM = frozenset({"sad", "neutral", "boredom"})
"""Labels with arousal over and under that of speech at rest (Russell 1980; boredom: EMO-DB, Burkhardt et al. 2005)."""
SPLITS = 10
"""Random halves of each speaker's clips."""
DRAWS = 1000
"""Resamples of speakers for an interval."""
HOP = 8000
"""Samples: half a second, the hop of the voice sense."""
VOICES = ("emodb", "nemo")

Clip = tuple[str, str, "list[Reading]"]
"""Speaker, label, Readings."""


def evaluate(models: Path, data: Path) -> dict[str, Any]:
    """The figures, ready for JSON. ``data`` is the folder with ``voice/`` and ``face/``. Raises InputError."""
    return {
        "voice": {name: cues(clips(models, data / "voice" / "manifest.csv", name)) for name in VOICES},
        "face": correction(models, data / "face" / "fer2013_train_public.npz"),
    }


def clips(models: Path, manifest: Path, dataset: str) -> list[Clip]:
    """What the voice sense says of each clip of ``dataset``, half a second by half a second. Raises InputError."""
    try:
        with manifest.open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row["dataset"] == dataset]
    except (OSError, KeyError) as error:
        problem = f"{manifest} cannot be read as a list of clips: {error}"
        raise InputError(problem, "Give --data the folder that holds voice/manifest.csv and face/") from error
    perceiver = VoicePerceiver(DEVICE, Models(models, Cpu(1)))
    perceiver.attach()
    found = []
    for row in with_progress(rows, f"clips of {dataset}"):
        if row["emotion"] in AROUSED | CALM:
            samples = sound(manifest.parent / row["path"])
            perceiver.forget()
            chunks = (samples[start : start + HOP] for start in range(0, len(samples) - HOP + 1, HOP))
            readings = [perceiver.perceive(AudioChunk(chunk, 0)) for chunk in chunks]
            heard = [one for one in readings if one is not None and one.affect is not None]
            if heard:
                found.append((row["speaker"], row["emotion"], heard))
    perceiver.stop()
    return found


def cues(found: list[Clip]) -> dict[str, Any]:
    """For each cue, and each way to learn, the area under the curve of its value and of its distance from the usual."""
    told: dict[str, Any] = {"clips": len(found), "speakers": len({speaker for speaker, _, _ in found})}
    for how in ("any clip", "calm clips"):
        table = [row for split in range(SPLITS) for row in _judged(found, how == "calm clips", split)]
        people = sorted({row[0] for row in table})
        speaker = np.array([people.index(row[0]) for row in table])
        aroused = np.array([row[1] for row in table])
        scores = np.array([row[2] for row in table])
        told[how] = {
            measure.cue: _compared(scores[:, place], aroused, speaker, len(people))
            for place, measure in enumerate(VOICE)
            if not np.isnan(scores[:, place]).all()
        }
    return told


def _judged(found: list[Clip], calm_only: bool, split: int) -> list[tuple[str, bool, list[tuple[float, float]]]]:  # noqa: FBT001
    """(speaker, aroused, [(value, distance) of each cue; NaN where it was not measured]) of the clips not learned."""
    chance = np.random.default_rng(split)
    by_speaker: defaultdict[str, list[Clip]] = defaultdict(list)
    for clip in found:
        by_speaker[clip[0]].append(clip)
    rows = []
    for speaker, theirs in by_speaker.items():
        taught = [clip for clip in theirs if not calm_only or clip[1] in CALM]
        chosen = {id(taught[i]) for i in chance.permutation(len(taught))[: len(taught) // 2]}
        baseline = Baseline(speaker, 36_000)
        for clip in theirs:
            for reading in clip[2] if id(clip) in chosen else ():
                baseline.learn(reading, DEVICE.hop_s)
        rows += [
            (speaker, clip[1] in AROUSED, _distances(baseline, clip[2])) for clip in theirs if id(clip) not in chosen
        ]
    return rows


def _distances(baseline: Baseline, readings: list[Reading]) -> list[tuple[float, float]]:
    usual = baseline.find(Sense.VOICE)
    values = {cue.name: cue.value for cue in readings[-1].cues}
    found = []
    for measure in VOICE:
        if measure.cue in values and usual is not None and usual.knows(measure):
            value = measure.learned(values[measure.cue])
            middle, spread = usual.of(measure)
            found.append((value, (value - middle) / spread))
        else:
            found.append((np.nan, np.nan))
    return found


def _compared(scores: Floats, aroused: NDArray[np.bool_], speaker: NDArray[np.int64], people: int) -> dict[str, Any]:
    """Areas of (rows, 2) scores, and of their difference a 95 % interval by resampling speakers."""
    there = ~np.isnan(scores[:, 0])
    scores, aroused, speaker = scores[there], aroused[there], speaker[there]
    chance = np.random.default_rng(0)
    rows_of = [np.flatnonzero(speaker == one) for one in range(people)]
    drawn = []
    for _ in range(DRAWS):
        rows = np.concatenate([rows_of[one] for one in chance.integers(0, people, people)])
        drawn.append(auc(scores[rows, 1], aroused[rows]) - auc(scores[rows, 0], aroused[rows]))
    absolute, relative = (auc(scores[:, column], aroused) for column in (0, 1))
    return {
        "absolute": round(absolute, 3),
        "relative": round(relative, 3),
        "gain": round(relative - absolute, 3),
        "interval": [round(float(end), 3) for end in np.percentile(drawn, [2.5, 97.5])],
    }


def auc(scores: Floats, positive: NDArray[np.bool_]) -> float:
    """Probability that a positive row has the higher score, ties counting half (Mann & Whitney 1947)."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    p, n = int(positive.sum()), int((~positive).sum())
    return float((rank[positive].sum() - p * (p + 1) / 2) / (p * n))


def table(found: dict[str, Any]) -> str:
    """The figures for a reader."""
    lines = []
    for name, of_set in found["voice"].items():
        lines.append(f"{name}: {of_set['clips']} clips of {of_set['speakers']} speakers; aroused against calm, AUC")
        for how in ("any clip", "calm clips"):
            lines.append(f"  usual learned from {how:<11} absolute relative   gain   95 % interval")
            for cue, row in of_set[how].items():
                low, high = row["interval"]
                figures = f"{row['absolute']:8.3f} {row['relative']:8.3f} {row['gain']:+7.3f}"
                lines.append(f"    {cue:<26} {figures}  {low:+.3f} to {high:+.3f}")
    face = found["face"]
    lines += ["", f"face at rest, median log-probabilities: {face['everyone']}", face["title"]]
    lines += [
        f"  {row['camera']:<9} {row['mix']:<12} {row['bound']:5.2f} {row['accuracy']:9.3f} "
        f"{row['gain']:+7.3f}  {row['interval'][0]:+.3f} to {row['interval'][1]:+.3f}"
        for row in face["rows"]
    ]
    return "\n".join(lines)
