"""What the card of the expression model says: figures of what was packaged and of its rival, and weaknesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from converters.expression.report import MEASURED, means
from converters.expression.rows import one_hot
from converters.expression.trained import FAMILIES, SIDES
from converters.expression.two_sample import told_apart
from edge.accelerators.card import Metric, Try
from edge.affect import EMOTIONS
from edge.response.drawn import FACE, FARTHEST, HALF, NOISE, VOICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from converters.expression.halves import Half
    from converters.expression.report import Figures
    from converters.expression.trained import Family, Side
    from converters.tflite_file import TfliteFile

ON = {
    "voice": "EMO-DB, each speaker by generators that never heard them; float, three seeds",
    "face": "FER2013 PublicTest, FER+ votes; float, three seeds",
}
ROWS = 700
"""Draws, the same for float and int8."""
DATA = (
    "EMO-DB (CC0-1.0): 10 actors, 447 clips of six emotions; figures are of five nets that each miss two actors",
    "FER2013 Training (up to 1,200 clear pictures an emotion, 4,915 after the mesh); their licence is unclear",
    "FER+ votes for the same pictures (Microsoft, MIT): an emotion is taken where it has more than half of the votes",
)
NOTES = (
    "The pictures of FER2013 were collected by web search; who holds rights in them is unclear.",
    "Five distances of each picture were learned from, never the picture.",
    "Voices and faces are of different people: each has half of the noise, as nothing says how they go together.",
    "Ten German actors who play full-blown emotion: the device takes a quarter of it and less.",
    "EMO-DB has no surprise: a surprised voice is neutral's.",
    "Its clips are scaled to one peak, so loudness is not known; effort is the alpha ratio of voiced sound.",
    "On 48-pixel chips a sad face has the distances of a neutral one: sadness is in the voice, hardly in the face.",
    "FER+ has little disgust and fear: their figures rest on 22 and 40 pictures.",
    "Pictures of one person may be in Training and PublicTest; nothing says who is who.",
)


def metrics(
    found: Mapping[Side, Figures], best: Family, file: TfliteFile, halves: tuple[Half, Half], steps: Mapping[str, float]
) -> Iterator[Metric]:
    """The two-sample figures of the family that was packaged, emotion by emotion, and what int8 does to it."""
    for side in SIDES:
        for emotion, row in found[side][best].items():
            on, n = f"{emotion}, {side}: {ON[side]}", row["n"]
            low, high = round(row["low"], 4), round(row["high"], 4)
            yield Metric(
                name="accuracy of telling drawn from measured",
                value=round(row["accuracy"], 4),
                low=low,
                high=high,
                on=on,
                n=n,
            )
            yield Metric(name="squared mean discrepancy", value=round(row["mmd"], 5), on=on, n=n)
            yield Metric(name="mean distance, drawn over measured", value=round(row["distance"], 4), on=on, n=n)
    yield from quantised(file, *halves, steps)


def spread(values: NDArray[np.float32], step: float, generator: np.random.Generator) -> NDArray[np.float64]:
    """``values`` of an int8 output, each anywhere within its step: that they lie on a grid is not what is asked."""
    return np.asarray(values + generator.uniform(-step / 2, step / 2, values.shape), np.float64)


def quantised(file: TfliteFile, voice: Half, face: Half, steps: Mapping[str, float]) -> Iterator[Metric]:
    """How far the int8 file is from the float network on the same noise, and whether that can be told."""
    generator = np.random.default_rng(1)
    noise = generator.standard_normal((ROWS, NOISE)).clip(-FARTHEST, FARTHEST).astype(np.float32)
    kinds = np.arange(ROWS) % len(EMOTIONS)
    said = file.run({"noise": noise, "emotion": one_hot(kinds)})
    for side, half, start, parts in (("voice", voice, 0, VOICE), ("face", face, HALF, FACE)):
        right = half.draw(noise[:, start : start + HALF], kinds)
        off = np.abs(said[side] - right) / right.std(axis=0)
        on = f"{side}; {ROWS} draws, int8 against float on the same noise"
        yield Metric(name="mean deviation, in deviations of the part", value=round(float(off.mean()), 4), on=on)
        worst = f"largest deviation, of {parts[int(off.max(axis=0).argmax())]}, in deviations of the part"
        yield Metric(name=worst, value=round(float(off.max()), 4), on=on)
        told = told_apart(right.astype(np.float64), spread(said[side], steps[side], generator), 0)
        yield Metric(
            name="accuracy of telling int8 from float",
            value=round(float(told.mean()), 4),
            on=f"{side}; {ROWS} draws of each, the steps of int8 spread out",
            n=ROWS,
        )


def tries(found: Mapping[Side, Figures], best: Family) -> Iterator[Try]:
    """Both families and the rows that were learned from, by how far a classifier is from knowing nothing."""
    for way in (*FAMILIES, MEASURED):
        told = means(found, way)
        why = f"squared discrepancy {told['mmd']:.4f}, distances {told['distance']:.2f} of what was measured"
        yield Try(
            idea="rows that were learned from, instead of drawn ones: what no generator can beat"
            if way == MEASURED
            else f"conditional {'generator by adversarial training' if way == 'adversarial' else 'autoencoder'}",
            figure="accuracy off 0.5, mean over emotions",
            value=round(told["off"], 4),
            on="held-out speakers and pictures; float, three seeds",
            kept=way == best,
            why=why,
        )
