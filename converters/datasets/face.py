"""FER2013 faces with the FER+ votes, as training and measuring want them.

FER2013: Goodfellow et al., Challenges in Representation Learning, ICONIP 2013. FER+: Barsoum et al., Training Deep
Networks for Facial Expression Recognition with Crowd-Sourced Label Distribution, ICMI 2016 (ten votes a picture).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge.affect import EMOTIONS
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NAMES = tuple(emotion.value for emotion in EMOTIONS)
FILE = "face/fer2013_train_public.npz"
SIDE = 48
"""Pixels of a chip's side."""
FERPLUS_COLUMNS = (4, 5, 6, 1, 3, 2, 0)
"""Where FER+ counts our EMOTIONS; its own order is neutral happiness surprise sadness anger disgust fear, and then
contempt, unknown and "no face", which are dropped."""
LEAST_VOTES = 5
"""A picture with fewer than five of its ten votes on our seven emotions says too little."""
HELD_OUT = 0.08
"""Part of Training that is kept for the temperature; chosen by content, so that copies stay together."""


@dataclass(frozen=True, slots=True)
class Faces:
    """Grey chips with their truths.

    Attributes:
        images: (n, 48, 48) uint8.
        votes: (n, 7) float32, rows sum to 1: the target of training.
        ferplus: (n,) int64, the emotion with most FER+ votes; -1 where it is shared, or is none of ours.
        fer: (n,) int64, FER2013's own label; -1 where there is none.
    """

    images: NDArray[np.uint8]
    votes: NDArray[np.float32]
    ferplus: NDArray[np.int64]
    fer: NDArray[np.int64]

    def take(self, rows: NDArray[np.bool_]) -> Faces:
        """The chosen rows."""
        return Faces(self.images[rows], self.votes[rows], self.ferplus[rows], self.fer[rows])


@dataclass(frozen=True, slots=True)
class Split:
    """``training`` to fit weights, ``held_out`` to fit the temperature, ``test`` (PublicTest) to measure."""

    training: Faces
    held_out: Faces
    test: Faces


def load(data: Path) -> Split:
    """The three parts. PublicTest comes without the pictures that are exact copies of training pictures.

    Args:
        data: the folder that holds ``face/fer2013_train_public.npz``.

    Raises:
        InputError: the file is missing or is not such a file.
    """
    path = data / FILE
    try:
        with np.load(path) as archive:
            table = {name: archive[name] for name in archive.files}
        images, counts, label = table["images"], table["ferplus_votes"].astype(np.float32), table["label"]
        usage, copies, names = table["usage"], table["exact_dup_in_training"], table["label_names"]
    except (OSError, ValueError, KeyError) as error:
        problem = f"{path} cannot be read as FER2013 with FER+ votes: {error}"
        raise InputError(problem, "Point --data at the folder that holds it") from error
    if tuple(names) != NAMES:
        problem = f"{path} has labels in the order {tuple(names)}"
        raise InputError(problem, "Use a file in the order of edge.affect.EMOTIONS")
    fer = label.astype(np.int64)
    public = usage == 1
    votes, enough = soft_votes(counts)
    faces = Faces(images, votes, majority(counts), fer)
    kept = np.array([zlib.crc32(image.tobytes()) % 1000 < HELD_OUT * 1000 for image in images])
    return Split(
        training=faces.take(~public & enough & ~kept),
        held_out=faces.take(~public & enough & kept),
        test=faces.take(public & ~copies),
    )


def soft_votes(counts: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """(n, 7) targets from (n, 10) FER+ counts, and which rows have votes enough.

    A lone vote is an outlier and is dropped, as the authors of FER+ do.
    """
    kept = np.where(counts > 1, counts, 0)
    ours = kept[:, FERPLUS_COLUMNS]
    enough = (ours.sum(axis=1) >= LEAST_VOTES) & np.isin(kept.argmax(axis=1), FERPLUS_COLUMNS)
    return ours / np.maximum(ours.sum(axis=1, keepdims=True), 1), enough


def majority(counts: NDArray[np.float32]) -> NDArray[np.int64]:
    """(n,) emotion with most of (n, 10) FER+ counts; -1 where two share the lead or the leader is none of our seven."""
    leader = counts.argmax(axis=1)
    alone = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) == 1
    ours = np.full(counts.shape[1], -1, np.int64)
    ours[list(FERPLUS_COLUMNS)] = np.arange(len(EMOTIONS))
    return np.where(alone, ours[leader], -1)


def resized(images: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """(n, side, side) uint8 from (n, 48, 48)."""
    if side == SIDE:
        return images
    return np.stack([cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA) for image in images])
