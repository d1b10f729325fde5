"""Batches of altered, mixed windows in which every label comes equally often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from converters.datasets.voice import LABELS
from converters.datasets.voice_alter import alter, mixed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from converters.datasets.voice_windows import Windows

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]
    Batch = tuple[tuple[Floats, ...], Floats, None]

BATCH = 32
MIXUP = 0.3
"""Parameter of the Beta distribution of mixed pairs."""


def batches(windows: Windows, labels: Ints, chosen: Ints, seed: int) -> Callable[[int], Iterator[Batch]]:
    """What ``loop.fit`` draws from: (inputs, targets, None) without end, from the seed and the epoch alone.

    Args:
        windows: of all clips.
        labels: (clips,) index into LABELS of each clip.
        chosen: the clips to train on. A label is drawn, then a clip that has it, then one of the clip's windows.
        seed: of this training.
    """
    by_clip = {clip: np.flatnonzero(windows.source == clip) for clip in chosen.tolist()}
    by_label = [[by_clip[clip] for clip in chosen.tolist() if labels[clip] == label] for label in range(len(LABELS))]
    by_label = [made for made in by_label if made]
    words = np.array([labels[windows.source[made[0][0]]] for made in by_label])

    def draw(epoch: int) -> Iterator[Batch]:
        random = np.random.default_rng((seed, epoch))
        while True:
            picked = random.permutation(np.arange(BATCH) % len(by_label))
            clips = [by_label[label][random.integers(len(by_label[label]))] for label in picked]
            rows = np.array([clip[random.integers(len(clip))] for clip in clips])
            image, *others = windows.inputs(rows)
            targets = np.eye(len(LABELS), dtype=np.float32)[words[picked]]
            *inputs, targets = mixed((alter(image, random), *others), targets, MIXUP, random)
            yield tuple(inputs), targets, None

    return draw
