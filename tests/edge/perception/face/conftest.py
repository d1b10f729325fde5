from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.perception.face.perceiver import FacePerceiver
from edge.perception.face.settings import FaceSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.edge.perception.face.support import Picture

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="session")
def models() -> Models:
    return Models(ROOT / "models", Cpu())


@pytest.fixture(scope="session")
def portrait() -> Picture:
    """The astronaut, smiling, at 640x480; her face is about 100 pixels wide."""
    picture = cv2.imread(str(ROOT / "var" / "portrait" / "astronaut.png"))
    assert picture is not None, "scripts/test puts the portrait into var/portrait"
    return np.asarray(cv2.resize(picture, (640, 480), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(scope="module")
def perceiver(models: Models) -> Iterator[FacePerceiver]:
    perceiver = FacePerceiver(FaceSettings(redetect_s=0), models)  # each picture stands for itself
    perceiver.attach()
    yield perceiver
    perceiver.stop()
