"""``rapport fleet`` as it is typed: where the device stands in its fleet, and how the operator knows it."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from edge.accelerators.keys import parse_key
from edge.learning.federated.head import SIZE
from edge.learning.federated.identity import device_key
from edge.learning.federated.shelf import Kept, Role, VaultShelf
from edge.privacy.vault import open_vault
from fleet.coordinator.registry import read_registry

if TYPE_CHECKING:
    from tests.edge.cli.conftest import Rapport

COORDINATOR = "ed25519 8zYnPkRV30nCKoBaTchk/WRS2hA72wsnurgZzw7mN/A= 我们"


def test_its_key_is_made_once_and_the_line_is_one_that_a_coordinator_takes(rapport: Rapport) -> None:
    line = rapport("fleet", "key", RAPPORT_DEVICE__ID="kitchen").stdout
    assert rapport.json("fleet", "key", RAPPORT_DEVICE__ID="kitchen") == {"key": line.strip()}
    devices = rapport.home / "devices.txt"
    devices.write_text(f"# those of the first street\n{line}", encoding="utf-8")
    with closing(open_vault(rapport.home / "state")) as vault:
        assert read_registry(devices)["kitchen"].raw == device_key(vault).public_key().public_bytes_raw()


def test_before_it_takes_part_it_says_what_is_to_be_set_and_makes_nothing(rapport: Rapport) -> None:
    told = rapport("fleet").stdout
    assert re.search(r"takes no part \(learning\.federated\.join\)", told)
    assert re.search(r"none is set \(learning\.federated\.coordinator_key\)", told)
    assert not list(rapport.home.glob("state/*"))


def test_heads_in_use_and_the_latest_rounds_are_told_with_their_reasons(rapport: Rapport) -> None:
    with closing(open_vault(rapport.home / "state")) as vault:
        shelf = VaultShelf(vault, 90)
        shelf.put(Role.FLEET, Kept(6, np.zeros(SIZE, np.float32)))
        for number in range(1, 8):
            shelf.decide(number, "the budget of the year is spent: 预算", 0.0, joined=number == 6)
    settings = {"JOIN": "true", "COORDINATOR_KEY": COORDINATOR, "TRUST": "coordinator"}
    given = {f"RAPPORT_LEARNING__FEDERATED__{name}": value for name, value in settings.items()}
    found = rapport.json("fleet", **given)
    assert (found["joins"], found["trust"], found["heads"]) == (True, "coordinator", {"fleet": 6})
    assert found["coordinator"] == f"{parse_key(COORDINATOR).id} 我们"
    assert [one["round"] for one in found["rounds"]] == [7, 6, 5, 4, 3]
    told = rapport("fleet", **given).stdout
    assert "head         of the fleet, in use: of round 6" in told
    assert "round 6      joined" in told
    assert "round 7      not joined: the budget of the year is spent: 预算" in told
