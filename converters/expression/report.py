"""Which of the families is packaged, by two-sample tests on speakers and pictures that were held out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.expression.trained import FAMILIES, SEEDS, SIDES, drawn, resampled
from converters.expression.two_sample import Found, compare
from edge.affect import EMOTIONS
from edge.response.drawn import FACE, VOICE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from converters.expression.halves import Half
    from converters.expression.trained import Family, Halves, Side
    from converters.expression.vectors import Vectors

    Ints = NDArray[np.int64]
    Figures = dict[str, dict[str, dict[str, Any]]]

MEASURED = "measured"
"""The way that draws rows which were learned from: what is left is how much the held-out people differ from those."""
FEWEST = 20
"""Rows of an emotion under which nothing is told."""
ALIKE, NEAR = 0.01, 0.002
"""Two families whose accuracies lie no further apart are told apart by the discrepancy; whose discrepancies lie no
further apart either, by how diverse they are."""
DIVERSE = (0.8, 1.25)
"""Mean distance of drawn rows over that of measured ones that a family must have."""
PARTS = {"voice": VOICE, "face": FACE}


def figures(vectors: Mapping[Side, Vectors], made: Halves, seed: int = 0) -> dict[Side, Figures]:
    """Side → way → emotion → the figures of ``two_sample.Found``, of all rows that a part holds out."""
    return {side: _of_side(side, vectors[side], made[side], seed) for side in SIDES}


def _of_side(side: Side, vectors: Vectors, made: Mapping[Family, list[dict[str, Half]]], seed: int) -> Figures:
    ways: dict[str, dict[str, Found]] = {}
    for family in FAMILIES:
        draws = [drawn(side, one, vectors, seed + place) for place, one in enumerate(made[family])]
        ways[family] = _by_emotion(vectors, draws[0][0], [values for _, values in draws])
    again = [resampled(side, vectors, seed + place) for place in range(SEEDS)]
    rows, taken = again[0][0], [places for _, places in again]
    ways[MEASURED] = _by_emotion(vectors, rows, [vectors.values[places] for places in taken], taken)
    return {way: {name: asdict(found) for name, found in one.items()} for way, one in ways.items()}


def _by_emotion(vectors: Vectors, rows: Ints, draws: list[Any], taken: list[Ints] | None = None) -> dict[str, Found]:
    """Of the held-out ``rows``, and draws for each; ``taken``: the places that the draws repeat, where they do."""
    people = sorted(set(vectors.group[rows].tolist()))
    found = {}
    for kind, emotion in enumerate(EMOTIONS):
        these = vectors.emotion[rows] == kind
        if np.count_nonzero(these) < FEWEST:
            continue
        real = vectors.values[rows[these]].astype(np.float64)
        made = [values[these].astype(np.float64) for values in draws]
        clusters = np.array([people.index(one) for one in vectors.group[rows[these]]]) if len(people) > 1 else None
        copies = None if taken is None else [_places(rows[these], places[these]) for places in taken]
        found[emotion.value] = compare(real, made, clusters, copies)
    return found


def _places(rows: Ints, taken: Ints) -> Ints:
    """Where each of ``taken`` is in ``rows``; -1 where it is not."""
    place = {int(row): index for index, row in enumerate(rows)}
    return np.array([place.get(int(row), -1) for row in taken])


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

    Least mean distance of the accuracy from 0.5; within ALIKE the least discrepancy; within NEAR of that the distances
    that are nearest to the measured ones. A family outside DIVERSE loses to any that is not.
    """
    told = {family: means(found, family) for family in FAMILIES}
    diverse = [family for family in FAMILIES if DIVERSE[0] <= told[family]["distance"] <= DIVERSE[1]] or list(FAMILIES)
    best = min(told[family]["off"] for family in diverse)
    alike = [family for family in diverse if told[family]["off"] <= best + ALIKE]
    nearest = min(told[family]["mmd"] for family in alike)
    near = [family for family in alike if told[family]["mmd"] <= nearest + NEAR]
    return min(near, key=lambda family: abs(np.log(told[family]["distance"])))


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
