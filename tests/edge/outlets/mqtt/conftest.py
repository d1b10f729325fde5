from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from edge.outlets.mqtt.identity import Identity
from tests.broker import Broker, running_broker

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    with running_broker() as broker:
        yield broker


@pytest.fixture
def identity() -> Identity:
    return Identity(f"t{uuid.uuid4().hex[:10]}", "Test room", "0.1")
