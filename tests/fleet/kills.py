"""Kills the coordinator at random points of a round and compares the signed head with that of an undisturbed run.

    python -m tests.fleet.kills [--trials 50] [--devices 200] [--seed 1]

Real Mosquitto, real process, real SQLite. A round is opened once; each trial begins with a copy of that database, so
that seed and announcement are the same, and a new broker. Devices send while the coordinator is killed (SIGKILL) and
started anew. The kill falls anywhere while they send in one trial, and after the last update, when the head is made,
signed and published, in the next; in every third trial the new process is killed as well. A process that had ended
before its kill is no trial. By hand: it takes minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.broker import Broker, running_broker
from tests.fleet.coordinator.household import Device, fleet, write_files
from tests.fleet.coordinator.process import Coordinator, Household

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edge.learning.federated.messages import Announcement

PATIENCE_S = 300.0
"""For a head; the machine may have other things to do."""
SENDING_S = 2.0
"""In which all devices send."""
DATABASE = "coordinator.sqlite"


@dataclass
class Outcome:
    """What one run left behind."""

    published: bytes
    kept: dict[str, Any]
    kills: list[str] = field(default_factory=list)
    """Where each kill fell."""


@dataclass(frozen=True)
class Setting:
    """A round that is open, and what devices send for it."""

    folder: Path
    devices: Sequence[Device]
    messages: Sequence[tuple[str, str]]

    def restore(self) -> None:
        for left in self.folder.glob(f"{DATABASE}*"):
            left.unlink()
        for kept in (self.folder / "opened").iterdir():
            shutil.copy(kept, self.folder)

    def config(self, broker: Broker) -> Path:
        path = self.folder / "coordinator.toml"
        text = (self.folder / "template.toml").read_text()
        path.write_text(text.replace("@PORT@", str(broker.plain)))
        return path


@dataclass(frozen=True)
class Moment:
    """When to kill: so long after the start, or after the database has every update."""

    after_s: float
    all_in: bool = False


def main(given: Sequence[str] | None = None) -> int:
    """Exit 0 when every result is that of the undisturbed run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--trials", type=int, default=50)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(given)
    chance = random.Random(arguments.seed)  # noqa: S311 - when to kill
    with tempfile.TemporaryDirectory(prefix="rapport-kills.") as folder:
        setting = opened(Path(folder), fleet(arguments.devices))
        reference, making_s = undisturbed(setting)
        print(f"undisturbed: the process ended {making_s:.2f} s after the last update", flush=True)
        differ, trial, where = 0, 0, Counter[str]()
        while trial < arguments.trials:
            outcome = disturbed(setting, moments(chance, trial, making_s))
            if not outcome.kills:
                continue
            trial += 1
            same = (outcome.published, outcome.kept) == (reference.published, reference.kept)
            differ += not same
            where.update(outcome.kills)
            print(f"{trial:>3} {'same' if same else 'DIFFERENT'}  killed: {'; '.join(outcome.kills)}", flush=True)
            if not same:
                print(f"    {outcome.kept}\n    {reference.kept}", flush=True)
    print(f"{sum(where.values())} kills in {trial} trials: {json.dumps(where)}; {differ} results differ")
    return 1 if differ else 0


def opened(folder: Path, devices: Sequence[Device]) -> Setting:
    """Open a round, kill the coordinator, and keep its database."""
    rounds = f'[rounds]\ncohort = {len(devices) // 2}\nenough = {len(devices)}\nnoise = "coordinator"\n'
    strategy = '[strategy]\nname = "fedadam"\n'
    mqtt = '[mqtt]\nhost = "127.0.0.1"\nport = @PORT@\ntls = false\n'
    path = write_files(folder, list(devices), f"{mqtt}{rounds}{strategy}")
    path.rename(folder / "template.toml")
    setting = Setting(folder, devices, ())
    with running_broker() as broker, Household(broker) as household, Coordinator(setting.config(broker)):
        one: Announcement = household.announced(1)
    (folder / "opened").mkdir()
    for kept in folder.glob(f"{DATABASE}*"):
        shutil.move(kept, folder / "opened")
    return Setting(folder, devices, [(found.topic, found.update(one).payload().decode()) for found in devices])


def undisturbed(setting: Setting) -> tuple[Outcome, float]:
    """The reference; seconds from the last update in the database to the end of the process."""
    setting.restore()
    with (
        running_broker() as broker,
        Household(broker) as household,
        Coordinator(setting.config(broker), "--results", "1") as coordinator,
    ):
        coordinator.wait("online", PATIENCE_S)
        with sending(household, setting.messages):
            wait_for_all(setting, coordinator)
            began = time.monotonic()
            published = household.result(1, PATIENCE_S)
            if coordinator.finish(PATIENCE_S) != 0:
                raise SystemExit(coordinator.errors())
    return Outcome(published, kept_in(setting)), time.monotonic() - began


def moments(chance: random.Random, trial: int, making_s: float) -> list[Moment]:
    """When to kill the processes of a trial, one after the other."""
    found = [Moment(chance.uniform(0, making_s), all_in=True) if trial % 2 else Moment(chance.uniform(0, SENDING_S))]
    if trial % 3 == 0:
        found.append(Moment(chance.uniform(0, 2 * SENDING_S)))
    return found


def wait_for_all(setting: Setting, coordinator: Coordinator) -> None:
    """Until the database has every update, or the process has ended."""
    while coordinator.process.poll() is None:
        state, count = stood(setting)
        if state != "open" or count == len(setting.devices):
            return
        time.sleep(0.002)


def disturbed(setting: Setting, kills: Sequence[Moment]) -> Outcome:
    """The same round with kills; without any when the first came too late."""
    setting.restore()
    where: list[str] = []
    with running_broker() as broker, Household(broker) as household:
        config = setting.config(broker)
        running = Coordinator(config, "--results", "1")
        running.wait("online", PATIENCE_S)  # from here on the broker keeps what comes
        with sending(household, setting.messages):
            for moment in kills:
                with running:
                    if moment.all_in:
                        wait_for_all(setting, running)
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        running.process.wait(moment.after_s)
                    if running.process.poll() is None:
                        running.kill()
                        where.append(where_it_stood(setting))
                running = Coordinator(config, "--results", "1")
        with running:
            published = household.result(1, PATIENCE_S)
            if running.finish(PATIENCE_S) != 0:
                raise SystemExit(running.errors())
    heads = [message for message in household.heard if message.topic == "fleet/head"]
    results = {message.payload for message in heads if message.json()["round"] == 1}
    if results != {published}:
        problem = f"{len(results)} different results of one round were published"
        raise SystemExit(problem)
    return Outcome(published, kept_in(setting), where)


@contextlib.contextmanager
def sending(household: Household, messages: Sequence[tuple[str, str]]) -> Iterator[None]:
    thread = threading.Thread(target=send, args=(household, messages))
    thread.start()
    try:
        yield
    finally:
        thread.join()


def send(household: Household, messages: Sequence[tuple[str, str]]) -> None:
    """All of them, evenly over SENDING_S."""
    began = time.monotonic()
    for place, (topic, payload) in enumerate(messages):
        time.sleep(max(0.0, began + SENDING_S * place / len(messages) - time.monotonic()))
        household.say(topic, payload)


def stood(setting: Setting) -> tuple[str, int | None]:
    """The round's state, and how many updates it has; None: some, but not all."""
    with contextlib.closing(sqlite3.connect(setting.folder / DATABASE)) as database:
        ((state, count),) = database.execute("SELECT state, accepted FROM rounds WHERE number = 1")
    return state, count if count in (0, len(setting.devices)) else None


def where_it_stood(setting: Setting) -> str:
    """What the database says after a kill."""
    state, count = stood(setting)
    if state != "open":
        return "with the head made"
    if count is None:
        return "between updates"
    return "before the first update" if count == 0 else "with all updates, before the head"


def kept_in(setting: Setting) -> dict[str, Any]:
    """What counts of the database."""
    with contextlib.closing(sqlite3.connect(setting.folder / DATABASE)) as database:

        def rows(query: str) -> list[Any]:
            return database.execute(query).fetchall()

        return {
            "rounds": rows("SELECT number, state, accepted FROM rounds"),
            "accepted": rows("SELECT round, device, id, examples, delta FROM accepted ORDER BY device"),
            "results": rows("SELECT round, head, hex(parameters), devices, hex(optimiser) FROM results ORDER BY round"),
            "refused": rows("SELECT reason FROM refusals WHERE reason <> 'redelivered'"),
        }


if __name__ == "__main__":
    sys.exit(main())
