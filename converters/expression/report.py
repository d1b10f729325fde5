"""Which of the families is packaged, by two-sample tests on speakers and pictures that were held out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.expression.trained import FAMILIES, SIDES, drawn, resampled
from converters.expression.two_sample import Found, compare
from edge.affect import EMOTIONS
from edge.response.drawn import FACE, VOICE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from converters.expression.halves import Half
    from converters.expression.trained import Family, Halves, Side
    from converters.expression.vectors import Vectors

    Figures = dict[str, dict[str, dict[str, Any]]]

MEASURED = "measured"
"""The way that draws rows which were learned from: what is left is how much the held-out people differ from those."""
DRAWS = 3
FEWEST = 20
"""Rows of an emotion under which nothing is told."""
ALIKE = 0.01
"""Two families whose accuracies lie no further apart are told apart by the discrepancy."""
DIVERSE = (0.8, 1.25)
"""Mean distance of drawn rows over that of measured ones that a family must have."""
PARTS = {"voice": VOICE, "face": FACE}


def figures(vectors: Mapping[Side, Vectors], made: Halves, seed: int = 0) -> dict[Side, Figures]:
    """Side → way → emotion → the figures of ``two_sample.Found``, of all rows that a part holds out."""
    return {side: _of_side(side, vectors[side], made[side], seed) for side in SIDES}


def _of_side(side: Side, vectors: Vectors, made: Mapping[Family, dict[str, Half]], seed: int) -> Figures:
    ways: dict[str, list[tuple[NDArray[np.int64], Any]]] = {
        family: [drawn(side, made[family], vectors, seed + draw) for draw in range(DRAWS)] for family in FAMILIES
    }
    ways[MEASURED] = [resampled(side, vectors, seed + draw) for draw in range(DRAWS)]
    return {
        way: {name: asdict(found) for name, found in _by_emotion(vectors, one).items()} for way, one in ways.items()
    }


def _by_emotion(vectors: Vectors, draws: list[tuple[NDArray[np.int64], Any]]) -> dict[str, Found]:
    rows = draws[0][0]
    people = sorted(set(vectors.group[rows].tolist()))
    found = {}
    for kind, emotion in enumerate(EMOTIONS):
        these = vectors.emotion[rows] == kind
        if np.count_nonzero(these) < FEWEST:
            continue
        real = vectors.values[rows[these]].astype(np.float64)
        made = [values[these].astype(np.float64) for _, values in draws]
        clusters = np.array([people.index(one) for one in vectors.group[rows[these]]]) if len(people) > 1 else None
        found[emotion.value] = compare(real, made, clusters)
    return found


def means(found: Mapping[Side, Figures], way: str) -> dict[str, float]:
    """Over sides and emotions: how far the accuracy is from 0.5, the discrepancy, and the ratio of distances."""
    rows = [row for side in SIDES for row in found[side][way].values()]
    return {
        "off": float(np.mean([abs(row["accuracy"] - 0.5) for row in rows])),
        "mmd": float(np.mean([row["mmd"] for row in rows])),
        "distance": float(np.mean([row["distance"] for row in rows])),
    }


def winner(found: Mapping[Side, Figures]) -> Family:
    """The family whose rows are least easily told from measured ones, of those that are diverse enough.

    The rule was fixed before any of its figures was seen: least mean distance of the accuracy from 0.5; within ALIKE
    the least discrepancy; a family whose rows lie less far apart than DIVERSE allows, or further, loses to any that
    does not.
    """
    told = {family: means(found, family) for family in FAMILIES}
    diverse = [family for family in FAMILIES if DIVERSE[0] <= told[family]["distance"] <= DIVERSE[1]] or list(FAMILIES)
    best = min(told[family]["off"] for family in diverse)
    alike = [family for family in diverse if told[family]["off"] <= best + ALIKE]
    return min(alike, key=lambda family: told[family]["mmd"])


def table(found: Mapping[Side, Figures]) -> str:
    """The figures for a reader, as Markdown."""
    lines = []
    for side in SIDES:
        lines += ["", f"| {side} | drawn by | n | accuracy | 95 % interval | MMD² | p | distance | deviations |"]
        lines.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        for emotion in EMOTIONS:
            for way in (*FAMILIES, MEASURED):
                row = found[side][way].get(emotion.value)
                if row is not None:
                    spread = ", ".join(
                        f"{name} {one:.2f}" for name, one in zip(PARTS[side], row["deviations"], strict=True)
                    )
                    lines.append(
                        f"| {emotion} | {way} | {row['n']} | {row['accuracy']:.3f} | {row['low']:.3f} to "
                        f"{row['high']:.3f} | {row['mmd']:.4f} | {row['p']:.3f} | {row['distance']:.2f} | {spread} |"
                    )
    lines += ["", "| mean over all | accuracy off 0.5 by | MMD² | distance |", "| --- | --- | --- | --- |"]
    for way in (*FAMILIES, MEASURED):
        told = means(found, way)
        lines.append(f"| {way} | {told['off']:.3f} | {told['mmd']:.4f} | {told['distance']:.2f} |")
    return "\n".join(lines[1:])
