from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra fleet")
pytest.importorskip("flwr", reason="needs the extra fleet")

from edge.accelerators.keys import parse_key
from edge.errors import FleetError
from edge.learning.federated import head, vectors
from edge.learning.federated.messages import Announcement, Result, public_key, read, verify
from fleet.coordinator.checks import Reason
from fleet.coordinator.database import open_database
from fleet.coordinator.key import key_file
from fleet.coordinator.loading import load
from fleet.coordinator.rounds import Rounds
from fleet.coordinator.store import State, Store
from tests.fleet.coordinator.databases import running_postgres, why_not
from tests.fleet.coordinator.household import announced, device, fleet, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fleet.coordinator.checks import Incoming

COHORT = 5
DEVICES = fleet(8)
REGISTRY = {one.name: parse_key(one.line) for one in DEVICES}
TABLES = """[mqtt]
host = "localhost"
tls = false
[rounds]
cohort = 5
enough = 7
duration_s = 100
pause_s = 50
noise = "coordinator"
"""
NOW_S = 1_800_000_000.0
SECRET = "a password with spaces"  # noqa: S105 - of a server that lives for a test


class Scene:
    """A coordinator whose process can be taken to have been killed and started anew."""

    def __init__(self, folder: Path, tables: str = TABLES, database: str = "") -> None:
        path = write_files(folder, DEVICES, tables)
        if database:
            text = path.read_text()
            path.write_text(text.replace(f"sqlite:///{folder}/coordinator.sqlite", database))
        self.settings = load(path)
        self.key = key_file(self.settings.coordinator.key).read()
        self.store = Store(open_database(self.settings.database))
        self.restart()

    def restart(self) -> None:
        self.store.close()
        self.store = Store(open_database(self.settings.database))
        self.rounds = Rounds(self.settings, self.store, self.key, head.nothing())
        self.rounds.begin()

    def open(self, now_s: float = NOW_S) -> Announcement:
        assert [event.kind for event in self.rounds.turn(now_s, quiet=True)][-1] == "opened"
        return announced(self.rounds.to_publish()["fleet/round"])

    def take(self, *messages: Incoming) -> list[Reason | None]:
        return self.rounds.take(messages, REGISTRY)

    def refused(self) -> dict[str, int]:
        with self.store.transaction() as transaction:
            return transaction.refused()


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    reason = why_not()
    if reason:
        pytest.skip(reason)
    secret = tmp_path_factory.mktemp("secret") / "password"
    secret.write_text(f"{SECRET}\n")
    with running_postgres(SECRET) as url:
        yield f'{url}"\npassword_file = "{secret}'


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    found = Scene(tmp_path) if request.param == "sqlite" else on_postgres(request, tmp_path)
    yield found
    found.store.close()


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Callable[[str], Scene]]:
    """Makes a Scene with other settings."""
    made: list[Scene] = []

    def make(tables: str = TABLES) -> Scene:
        made.append(Scene(tmp_path, tables))
        return made[-1]

    yield make
    for one in made:
        one.store.close()


def on_postgres(request: pytest.FixtureRequest, folder: Path) -> Scene:
    found = Scene(folder, database=request.getfixturevalue("postgres"))
    with found.store.transaction() as transaction:  # the server is shared, its tables are not
        from fleet.coordinator.tables import metadata

        for table in reversed(metadata.sorted_tables):
            if table.name != "version":
                transaction._connection.execute(table.delete())
    found.restart()
    return found


def test_a_new_fleet_begins_with_the_head_that_changes_nothing(scene: Scene) -> None:
    found = read(Result, scene.rounds.to_publish()["fleet/head"])
    verify(found, public_key(scene.key, ""))
    assert (found.round, found.devices) == (0, 0)
    assert not found.vector(head.SIZE).any()


def test_a_round_is_announced_signed_with_what_the_settings_say(scene: Scene) -> None:
    found = scene.open()
    verify(found, public_key(scene.key, ""))
    assert (found.round, found.cohort, found.size, found.clip, found.noise_multiplier) == (1, 5, head.SIZE, 1.0, 8.0)
    assert found.closes_s - found.opens_s == 100
    assert found.head == vectors.digest(head.nothing())


def test_a_cohort_makes_a_signed_head_and_the_next_round_starts_from_it(scene: Scene) -> None:
    one = scene.open()
    assert scene.take(*(found.sends(one) for found in DEVICES[:COHORT])) == [None] * COHORT
    (event,) = scene.rounds.turn(NOW_S + 101, quiet=True)
    assert (event.kind, event.what["devices"]) == ("result", COHORT)
    result = read(Result, scene.rounds.to_publish()["fleet/head"])
    verify(result, public_key(scene.key, ""))
    assert (result.round, result.devices) == (1, COHORT)
    assert result.vector(head.SIZE).any()
    assert not scene.rounds.turn(NOW_S + 102, quiet=True), "the pause is not over"
    assert scene.open(NOW_S + 152).head == result.head


def test_without_noise_the_head_is_the_mean(on_sqlite: Callable[[str], Scene]) -> None:
    scene = on_sqlite(TABLES + "noise_multiplier = 0.0\n")
    one = scene.open()
    scene.take(*(found.sends(one) for found in DEVICES[:COHORT]))
    scene.rounds.turn(NOW_S + 101, quiet=True)
    mean = np.mean([found.learned().astype(np.float64) for found in DEVICES[:COHORT]], axis=0)
    np.testing.assert_allclose(scene.rounds.head.parameters, mean, atol=1e-7)


def test_the_noise_has_the_deviation_that_was_announced(on_sqlite: Callable[[str], Scene]) -> None:
    scene = on_sqlite(TABLES)
    one = scene.open()
    scene.take(*(found.sends(one) for found in DEVICES[:COHORT]))
    scene.rounds.turn(NOW_S + 101, quiet=True)
    mean = np.mean([found.learned().astype(np.float64) for found in DEVICES[:COHORT]], axis=0)
    noise = scene.rounds.head.parameters - mean
    assert noise.std() == pytest.approx(8.0 / COHORT, rel=0.25)  # 203 numbers: 5 deviations of the estimate


def test_a_round_that_misses_its_cohort_is_closed_and_announced_anew(scene: Scene) -> None:
    one = scene.open()
    scene.take(*(found.sends(one) for found in DEVICES[: COHORT - 1]))
    missed, opened = scene.rounds.turn(NOW_S + 101, quiet=True)
    assert (missed.kind, missed.what["devices"], opened.kind) == ("missed", COHORT - 1, "opened")
    two = announced(scene.rounds.to_publish()["fleet/round"])
    assert (two.round, two.head) == (2, one.head)
    assert scene.rounds.results == 0
    assert scene.take(DEVICES[0].sends(one), DEVICES[0].sends(two)) == [Reason.LATE, None]


def test_a_round_closes_early_when_enough_are_in(scene: Scene) -> None:
    one = scene.open()
    scene.take(*(found.sends(one) for found in DEVICES[:6]))
    assert not scene.rounds.turn(NOW_S + 1, quiet=False)
    scene.take(DEVICES[6].sends(one))
    (event,) = scene.rounds.turn(NOW_S + 2, quiet=False)
    assert (event.kind, event.what["devices"]) == ("result", 7)


def test_a_round_does_not_close_while_the_broker_still_hands_over_what_waited(scene: Scene) -> None:
    scene.open()
    assert not scene.rounds.turn(NOW_S + 1000, quiet=False)


def test_a_device_counts_once_in_a_round(scene: Scene) -> None:
    one = scene.open()
    first = DEVICES[0].sends(one)
    other = DEVICES[0].sends(one, -DEVICES[0].learned())
    assert scene.take(first, other, first, replace(first, again=True)) == [
        None,
        Reason.TWICE,
        Reason.REPLAY,
        Reason.REDELIVERED,
    ]
    current = scene.rounds.open_round
    assert current is not None
    assert current.accepted == 1
    with scene.store.transaction() as transaction:
        (kept,) = transaction.updates(1)
    np.testing.assert_array_equal(kept.delta, DEVICES[0].learned())


def test_an_update_with_another_id_is_the_same_device_again(scene: Scene) -> None:
    one = scene.open()
    update = DEVICES[0].update(one)
    payloads = [update.model_copy(update={"id": letter * 32}).payload() for letter in "ab"]
    messages = [replace(DEVICES[0].sends(one), payload=payload) for payload in payloads]
    assert scene.take(*messages) == [None, Reason.TWICE], "the id is not signed, so it alone guards nothing"


def test_what_was_counted_is_told_from_what_is_late_when_it_comes_again_after_the_close(scene: Scene) -> None:
    one = scene.open()
    messages = [found.sends(one) for found in DEVICES[:COHORT]]
    scene.take(*messages)
    scene.rounds.turn(NOW_S + 101, quiet=True)
    before = scene.rounds.to_publish()["fleet/head"]
    assert scene.take(messages[0], replace(messages[1], again=True), DEVICES[6].sends(one)) == [
        Reason.REPLAY,
        Reason.REDELIVERED,
        Reason.LATE,
    ]
    assert scene.rounds.to_publish()["fleet/head"] == before


def test_refusals_are_counted_by_reason(scene: Scene) -> None:
    one = scene.open()
    bad = np.full(head.SIZE, np.nan)
    stranger = device(99)
    scene.take(
        DEVICES[0].sends(one, bad), DEVICES[1].sends(one, bad), stranger.sends(one), DEVICES[2].sends(one, round=7)
    )
    assert scene.refused() == {"not a number": 2, "stranger": 1, "wrong round": 1}


def test_a_device_that_was_refused_may_still_send_a_sound_update(scene: Scene) -> None:
    one = scene.open()
    assert scene.take(DEVICES[0].sends(one, np.full(head.SIZE, 9.0)), DEVICES[0].sends(one)) == [Reason.NORM, None]


def test_a_process_that_died_in_a_round_goes_on_with_it(scene: Scene) -> None:
    one = scene.open()
    messages = [found.sends(one) for found in DEVICES[:COHORT]]
    scene.take(*messages[:3])
    scene.restart()
    assert announced(scene.rounds.to_publish()["fleet/round"]) == one
    redelivered = [replace(message, again=True) for message in messages]
    assert scene.take(*redelivered) == [Reason.REDELIVERED] * 3 + [None] * 2
    (event,) = scene.rounds.turn(NOW_S + 101, quiet=True)
    assert event.what["devices"] == COHORT


def test_a_head_does_not_depend_on_order_or_on_deaths(tmp_path: Path, on_sqlite: Callable[[str], Scene]) -> None:
    """The same database, seed and updates: the same signed bytes, whatever happened on the way."""
    scene = on_sqlite(TABLES)
    one = scene.open()
    messages = [found.sends(one) for found in DEVICES[:COHORT]]
    scene.store.close()
    untouched = (tmp_path / "coordinator.sqlite").read_bytes()

    def outcome(order: list[int]) -> bytes:
        (tmp_path / "coordinator.sqlite").write_bytes(untouched)
        for place in order:
            scene.restart()
            scene.take(messages[place])
            scene.store.close()
        scene.restart()
        scene.rounds.turn(NOW_S + 101, quiet=True)
        found = scene.rounds.to_publish()["fleet/head"]
        scene.store.close()
        return found

    assert outcome([0, 1, 2, 3, 4]) == outcome([4, 2, 0, 0, 3, 1, 4])


def test_updates_are_put_together_in_the_order_of_the_devices_whatever_order_they_came_in(scene: Scene) -> None:
    one = scene.open()
    scene.take(*(DEVICES[place].sends(one) for place in (4, 2, 0, 3, 1)))
    with scene.store.transaction() as transaction:
        assert [found.device for found in transaction.updates(1)] == [found.name for found in DEVICES[:5]]


def test_what_devices_sent_and_the_seed_are_erased_when_the_round_is_closed(
    tmp_path: Path, on_sqlite: Callable[[str], Scene]
) -> None:
    scene = on_sqlite(TABLES)
    one = scene.open()
    scene.take(*(found.sends(one) for found in DEVICES[:COHORT]))
    current = scene.rounds.open_round
    assert current is not None
    assert current.seed is not None
    secrets = [current.seed, *(found.learned().tobytes() for found in DEVICES[:COHORT])]

    def on_disk() -> list[bool]:
        content = b"".join(path.read_bytes() for path in tmp_path.glob("coordinator.sqlite*"))
        return [secret in content for secret in secrets]

    assert all(on_disk())
    scene.rounds.turn(NOW_S + 101, quiet=True)
    assert not any(on_disk())


def test_only_the_latest_rounds_remember_who_took_part(scene: Scene) -> None:
    for number in range(22):
        one = scene.open(NOW_S + 200 * number)
        scene.take(DEVICES[0].sends(one))
        with scene.store.transaction() as transaction:
            transaction.close(one.round, State.MISSED, NOW_S + 200 * number)
        scene.restart()
    with scene.store.transaction() as transaction:
        assert not transaction.has(2, DEVICES[0].name)
        assert transaction.has(3, DEVICES[0].name)


def test_a_database_of_another_head_is_refused(scene: Scene) -> None:
    other = Rounds(scene.settings, scene.store, scene.key, np.zeros(7, np.float32))
    with pytest.raises(FleetError, match=f"has {head.SIZE} numbers, that of this version 7"):
        other.begin()


def test_a_database_of_another_version_is_refused(tmp_path: Path, on_sqlite: Callable[[str], Scene]) -> None:
    scene = on_sqlite(TABLES)
    scene.store.close()
    connection = sqlite3.connect(tmp_path / "coordinator.sqlite", isolation_level=None)
    connection.execute("UPDATE version SET version = 9")
    connection.close()
    with pytest.raises(FleetError, match=r"is of version \[9\], wanted is 1"):
        open_database(scene.settings.database)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = write_files(tmp_path, DEVICES, TABLES)
    (tmp_path / "coordinator.sqlite").write_bytes(b"no database " * 100)
    with pytest.raises(FleetError, match="file is not a database"):
        open_database(load(path).database)


def test_a_server_that_is_away_is_told_without_its_password(tmp_path: Path) -> None:
    path = write_files(tmp_path, DEVICES, TABLES)
    text = path.read_text().replace(f"sqlite:///{tmp_path}/coordinator.sqlite", "postgresql://me:secret@127.0.0.1:1/x")
    path.write_text(text)
    with pytest.raises(FleetError, match="cannot be used") as error:
        open_database(load(path).database)
    assert "secret" not in str(error.value)
