"""The devices of a simulation on Flower's engine: spread over virtual nodes, run by Ray in processes beside this one.

A node keeps between rounds what its devices have spent (Flower's ``Context.state``); all else follows from a device's
number. Written for flwr 1.41.0, whose engine looks through all messages for each node, again and again: with a node for
each device its cost grows with the square of the fleet.
"""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from edge.errors import FleetError
from edge.learning.federated.messages import Announcement, read
from fleet.simulation.device import Device
from fleet.simulation.engine import run
from fleet.simulation.households import Household, household

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from edge.learning.federated.loss import Batch
    from fleet.simulation.device import Setup
    from fleet.simulation.engine import Found, Plan
    from fleet.simulation.households import World
    from fleet.simulation.predictions import Predictions

STATE, ASKED, SENT = "spent", "asked", "sent"
WAIT_S = 3600.0
"""For all replies of a round."""
REGISTER_S = 300.0
"""For all nodes to be there."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to make any device: small, since it travels with every message."""

    predictions: Path
    world: World
    setup: Setup


@dataclass(frozen=True, slots=True)
class Place:
    """Where devices are simulated.

    Attributes:
        predictions: file that every process makes its devices from.
        nodes: most virtual nodes.
        cores: processes.
    """

    predictions: Path
    nodes: int
    cores: int


class Nodes:
    """A ``Crowd`` of Flower's nodes."""

    def __init__(self, grid: Any, count: int) -> None:  # noqa: ANN401 - flwr comes without types here
        self._grid = grid
        nodes = _all_of(grid, count)
        self._nodes: dict[int, int] = {}
        for reply in self._told([(node, {"place": True}) for node in nodes]):
            self._nodes[int(reply["place"])] = int(reply["node"])

    def ask(
        self, numbers: Sequence[int], announcement: Announcement, payload: bytes, result: bytes
    ) -> Iterable[tuple[int, bytes | None, float]]:
        """All at once, in as many processes as there are."""
        del announcement
        living: dict[int, list[int]] = {}
        for number in numbers:
            living.setdefault(number % len(self._nodes), []).append(number)
        what = {"announcement": payload, "result": result}
        for reply in self._told([(self._nodes[place], what | {"numbers": here}) for place, here in living.items()]):
            for number, sent, rho in zip(reply["numbers"], reply["payloads"], reply["rhos"], strict=True):
                yield int(number), bytes(sent) or None, float(rho)

    def _told(self, messages: Sequence[tuple[int, dict[str, Any]]]) -> Iterable[dict[str, Any]]:
        from flwr.app import ConfigRecord, Message, RecordDict

        asked = [
            Message(content=RecordDict({ASKED: ConfigRecord(what)}), message_type="train", dst_node_id=node)
            for node, what in messages
        ]
        for reply in self._grid.send_and_receive(asked, timeout=WAIT_S):
            if reply.has_error():
                problem = f"a simulated device failed: {reply.error.reason}"
                raise FleetError(problem, "Run it with --engine here, which shows where")
            yield {**reply.content[SENT], "node": reply.metadata.src_node_id}


def _all_of(grid: Any, count: int) -> list[int]:  # noqa: ANN401 - as above
    """The ids of all nodes: Flower registers them one by one while the simulation begins. Raises FleetError."""
    patience_s = time.monotonic() + REGISTER_S
    while len(nodes := list(grid.get_node_ids())) < count:
        if time.monotonic() > patience_s:
            problem = f"Flower has {len(nodes)} nodes after {REGISTER_S:.0f} s, wanted are {count}"
            raise FleetError(problem, "Try again when the machine is less busy, or run it with --engine here")
        time.sleep(0.1)
    return sorted(nodes)


def on_flower(
    plan: Plan,
    setup: Setup,
    unseen: Sequence[Batch],
    told: Callable[[int], None],
    place: Place,
) -> Found:
    """``fleet.simulation.engine.run`` with its devices on Flower's engine. Raises FleetError where that fails."""
    _quiet()
    from flwr.serverapp import Grid, ServerApp
    from flwr.simulation import run_simulation

    found: list[Found] = []
    nodes = min(plan.devices, place.nodes)
    server = ServerApp()

    @server.main()  # type: ignore[untyped-decorator]
    def main(grid: Grid, context: object) -> None:
        del context
        found.append(run(plan, setup, unseen, Nodes(grid, nodes), told))

    run_simulation(
        server_app=server,
        client_app=_client(Job(place.predictions.resolve(), plan.world, setup)),
        num_supernodes=nodes,
        backend_config={
            "client_resources": {"num_cpus": 1},
            "init_args": {"num_cpus": place.cores, "include_dashboard": False, "log_to_driver": False},
        },
    )
    if not found:
        problem = "the simulation on Flower's engine ended before its last round"
        raise FleetError(problem, "See what it logged, or run it with --engine here")
    return found[0]


def _quiet() -> None:
    os.environ.setdefault("FLWR_TELEMETRY_ENABLED", "0")  # it would tell its makers that it runs
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # and so would Ray
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # a warning about processors that are not there
    logging.getLogger("flwr").setLevel(logging.ERROR)  # it warns of its own way of being called from Python


def _client(job: Job) -> Any:  # noqa: ANN401 - as above
    from flwr.clientapp import ClientApp

    app = ClientApp()

    @app.train()  # type: ignore[untyped-decorator]
    def train(message: Any, context: Any) -> Any:  # noqa: ANN401
        return _answer(job, message, context)

    return app


def _answer(job: Job, message: Any, context: Any) -> Any:  # noqa: ANN401
    """What a node does, in one of Ray's processes."""
    from flwr.app import ConfigRecord, Message, RecordDict

    reply: dict[str, Any] = {"place": int(context.node_config["partition-id"])}
    asked = message.content[ASKED]
    if "announcement" in asked:
        logging.getLogger("edge").setLevel(logging.ERROR)
        state = context.state.get(STATE, {"numbers": [], "rhos": []})
        spent = dict(zip(state["numbers"], state["rhos"], strict=True))
        numbers = [int(number) for number in asked["numbers"]]
        announced = read(Announcement, bytes(asked["announcement"]))
        reply |= {"numbers": numbers, "payloads": [_sent(job, number, asked, announced, spent) for number in numbers]}
        reply["rhos"] = [spent[number] for number in numbers]
        context.state[STATE] = ConfigRecord({"numbers": list(spent), "rhos": list(spent.values())})
    return Message(content=RecordDict({SENT: ConfigRecord(reply)}), reply_to=message)


def _sent(job: Job, number: int, asked: Any, announced: Announcement, spent: dict[int, float]) -> bytes:  # noqa: ANN401
    """What one device sends, empty for nothing; what it has spent is noted in ``spent``."""
    device = Device(job.setup, number, _home(job, number), rho=spent.get(number, 0.0))
    payload, result = bytes(asked["announcement"]), bytes(asked["result"])
    sent = device.answer(announced, payload, result, announced.opens_s)
    spent[number] = device.budget.rho
    return sent or b""


def _home(job: Job, number: int) -> Household:
    return household(_said(job.predictions), job.setup.base, job.world, job.setup.seed, number)


@lru_cache(maxsize=1)
def _said(path: Path) -> Predictions:
    from fleet.simulation.predictions import learners

    return learners(path)
