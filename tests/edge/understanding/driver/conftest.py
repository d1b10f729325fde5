from __future__ import annotations

from pathlib import Path

import pytest

from converters.driver_face import DriverFace
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="session")
def face() -> DriverFace:
    """The points that the device's nets find on the bundled portrait."""
    return DriverFace.of(ROOT / "var" / "portrait" / "astronaut.png", Models(ROOT / "models", Cpu()))
