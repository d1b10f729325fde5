from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edge.learning.federated.head import SIZE
from edge.learning.federated.messages import Update, read, verify
from edge.outlets.aggregates.message import AggregateMessage
from fleet.load.__main__ import main
from fleet.load.messages import Sayings

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_sent_is_what_a_device_sends() -> None:
    import numpy as np

    sayings = Sayings("kitchen", np.random.default_rng(0))
    number, payload = sayings.update(7)
    update = read(Update, payload)
    verify(update, update.key)
    assert (update.id, update.round, update.device) == (number, 7, "kitchen")
    assert update.vector(SIZE).shape == (SIZE,)
    number, payload = sayings.aggregate()
    assert AggregateMessage.model_validate_json(payload).id == number


def test_every_message_of_a_small_fleet_is_acknowledged_and_arrives_once(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert main(["--devices", "12", "--minutes", "0.05", "--every", "0.5", "--json", str(report)]) == 0
    found = json.loads(report.read_text(encoding="utf-8"))
    sent = sum(found["sent"].values())
    assert set(found["sent"]) == {"update", "aggregate"}
    assert sent >= 12
    assert found["acknowledged"] == found["arrived"] == sent
    assert found["arrived_twice"] == found["refused"] == found["lines_lost"] == 0
    assert found["broker"]["rss_peak_mib"] > 0


@pytest.mark.parametrize("wrong", [["--devices", "0"], ["--devices", "2001"], ["--minutes", "61"], ["--every", "x"]])
def test_wrong_use(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
