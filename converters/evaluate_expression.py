"""The packaged expression model against measured voices and faces: can its draws be told from them?

The file that runs on the device, in the real interpreter. Faces are those of PublicTest, which it never met; the voices
are EMO-DB's ten speakers, whom it learned from: the figures of speakers it never heard are in its card.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.expression import faces, voices
from converters.expression.card import spread
from converters.expression.report import FEWEST, PARTS
from converters.expression.rows import one_hot
from converters.expression.trained import SEEDS
from converters.expression.two_sample import compare
from converters.tflite_file import TfliteFile
from edge.accelerators.card import MODEL_FILE, checked_content, read_card
from edge.affect import EMOTIONS
from edge.response.drawn import FARTHEST, NAME, NOISE

if TYPE_CHECKING:
    import argparse

    from converters.expression.vectors import Vectors
    from edge.accelerators.card import Card


def run(arguments: argparse.Namespace) -> int:
    """Print the figures."""
    folder = arguments.models / NAME
    card = read_card(folder)
    file = TfliteFile(checked_content(folder, card, MODEL_FILE))
    pictures = faces.read(arguments.data, arguments.models)
    held = pictures.take(pictures.group == faces.TEST)
    found = {
        "model": {"name": card.name, "sha256": card.sha256},
        "voice": judged(file, card, "voice", voices.read(arguments.data)),
        "face": judged(file, card, "face", held),
    }
    print(json.dumps(found, allow_nan=False) if arguments.json else table(found))
    return 0


def judged(file: TfliteFile, card: Card, output: str, vectors: Vectors, seed: int = 0) -> dict[str, dict[str, Any]]:
    """Emotion → figures of ``two_sample.Found`` of this output, over as many draws as there are rows."""
    step = card.outputs[card.place(output)].scale
    generator = np.random.default_rng(seed)
    told = {}
    for kind, emotion in enumerate(EMOTIONS):
        real = vectors.values[vectors.emotion == kind].astype(np.float64)
        if len(real) < FEWEST:
            continue
        emotions = one_hot(np.full(len(real), kind))
        noises = [generator.standard_normal((len(real), NOISE)).clip(-FARTHEST, FARTHEST) for _ in range(SEEDS)]
        draws = [file.run({"noise": one.astype(np.float32), "emotion": emotions})[output] for one in noises]
        told[emotion.value] = asdict(compare(real, [spread(draw, step, generator) for draw in draws]))
    return told


def table(found: dict[str, Any]) -> str:
    """The figures for a reader."""
    lines = [f"{found['model']['name']} (sha256 {found['model']['sha256'][:12]}…), int8"]
    for side, parts in PARTS.items():
        lines += [
            "",
            f"{side:10} {'rows':>5} {'accuracy':>9} {'95 % interval':>16} {'MMD²':>8} {'p':>6} {'distance':>9}",
        ]
        for emotion, row in found[side].items():
            lines.append(
                f"{emotion:10} {row['n']:5} {row['accuracy']:9.3f} {row['low']:8.3f} to {row['high']:.3f} "
                f"{row['mmd']:8.4f} {row['p']:6.3f} {row['distance']:9.2f}"
            )
        lines.append(f"parts: {', '.join(parts)}")
    return "\n".join(lines)
