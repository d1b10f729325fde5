from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from edge.errors import InputError, VaultFull
from edge.privacy import outbox as module
from edge.privacy.outbox import LARGEST, LONGEST_LIFETIME_S, Outbox
from edge.privacy.outbox_settings import OutboxSettings
from edge.privacy.retention import expire
from edge.privacy.vault import Vault, open_vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY_S = 86_400.0


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    opened = open_vault(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def outbox(vault: Vault) -> Outbox:
    return Outbox(vault, small())


def small(messages: int = 10, kib: int = 64) -> OutboxSettings:
    return OutboxSettings(most_messages=messages, most_kib=kib)


def put(outbox: Outbox, kind: str = "aggregate", *, lifetime_s: float = DAY_S, **message: object) -> str:
    return outbox.put(kind, f"fleet/kitchen/{kind}", message, lifetime_s=lifetime_s)


def ids(outbox: Outbox) -> list[str]:
    return [waiting.id for waiting in outbox.waiting(1000)]


def test_what_was_put_in_waits_with_its_id_in_the_payload_and_goes_when_it_was_acknowledged(outbox: Outbox) -> None:
    ident = put(outbox, counts=[1, 2], mood="平静")
    (waiting,) = outbox.waiting(10)
    assert (waiting.id, waiting.kind, waiting.topic) == (ident, "aggregate", "fleet/kitchen/aggregate")
    assert json.loads(waiting.payload) == {"id": ident, "counts": [1, 2], "mood": "平静"}
    assert waiting.payload.index(b'"counts"') < waiting.payload.index(b'"id"')
    outbox.settle([ident], sent=1)
    assert ids(outbox) == []
    counts = outbox.counts()
    assert (counts.stored, counts.sent, counts.acknowledged, counts.waiting, counts.size) == (1, 1, 1, 0, 0)


def test_it_outlives_the_process(tmp_path: Path) -> None:
    first = open_vault(tmp_path)
    ident = put(Outbox(first))
    first.close()
    assert ids(Outbox(open_vault(tmp_path))) == [ident]


def test_the_most_important_and_then_the_oldest_go_first(outbox: Outbox) -> None:
    order = [put(outbox, kind) for kind in ("aggregate", "notice", "update", "aggregate", "notice")]
    assert ids(outbox) == [order[1], order[4], order[2], order[0], order[3]]
    assert [waiting.id for waiting in outbox.waiting(2, besides=[order[1]])] == [order[4], order[2]]
    assert [waiting.kind for waiting in outbox.waiting(9, not_to=["fleet/kitchen/notice"])] == [
        "update",
        "aggregate",
        "aggregate",
    ]


def test_a_full_outbox_gives_up_the_oldest_of_the_least_important_kind_and_counts_it(outbox: Outbox) -> None:
    notices = [put(outbox, "notice") for _ in range(3)]
    aggregates = [put(outbox) for _ in range(7)]
    newer = [put(outbox, "update"), put(outbox)]
    assert set(ids(outbox)) == {*notices, *aggregates[2:], *newer}
    assert outbox.counts().pushed_out == 2


def test_what_was_set_aside_goes_before_anything_that_may_still_arrive(outbox: Outbox) -> None:
    refused = put(outbox, "notice")
    outbox.settle([], {refused: "too large"})
    kept = [put(outbox) for _ in range(10)]
    assert ids(outbox) == kept
    counts = outbox.counts()
    assert (counts.set_aside, counts.kept_aside, counts.pushed_out) == (1, 0, 1)


def test_the_least_important_message_may_be_pushed_out_at_once(outbox: Outbox) -> None:
    for _ in range(10):
        put(outbox, "notice")
    ident = put(outbox)
    assert ident not in ids(outbox)
    assert outbox.counts().pushed_out == 1


def test_space_is_bounded_too(vault: Vault) -> None:
    outbox = Outbox(vault, small(messages=1000, kib=64))
    for _ in range(5):
        put(outbox, text="x" * 20_000)
    counts = outbox.counts()
    assert (counts.waiting, counts.pushed_out) == (3, 2)
    assert counts.size <= 64 * 1024


def test_what_is_too_old_goes_and_is_counted_whoever_removes_it(vault: Vault, outbox: Outbox) -> None:
    put(outbox, lifetime_s=0.01)
    put(outbox, lifetime_s=DAY_S)
    stays = put(outbox, lifetime_s=3 * DAY_S)
    time.sleep(0.02)
    assert len(ids(outbox)) == 2, "it is not sent any more"
    assert outbox.expire() == 1
    assert expire(vault, time.time() + 2 * DAY_S) == {"outbox": 1}
    assert ids(outbox) == [stays]
    assert outbox.counts().expired == 2


@pytest.mark.parametrize("by_s", [56 * 365 * DAY_S, -10 * DAY_S, 3600.0])
def test_a_clock_that_is_set_moves_the_ends_with_it(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch, by_s: float
) -> None:
    ident = put(outbox, lifetime_s=1000)
    true_time = time.time
    monkeypatch.setattr(time, "time", lambda: true_time() + by_s)
    assert outbox.expire() == 0
    assert ids(outbox) == [ident]
    monkeypatch.setattr(time, "time", lambda: true_time() + by_s + 4)  # drift: the time that passes counts
    assert outbox.expire() == 0
    boot = time.clock_gettime(time.CLOCK_BOOTTIME)
    monkeypatch.setattr(time, "clock_gettime", lambda _: boot + 1001)
    monkeypatch.setattr(time, "time", lambda: true_time() + by_s + 1001)
    assert outbox.expire() == 1


def test_of_another_boot_the_wall_clock_is_believed(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    put(outbox, lifetime_s=1000)
    monkeypatch.setattr(module, "_boot", lambda: "another")
    true_time = time.time
    monkeypatch.setattr(time, "time", lambda: true_time() + 2000)
    assert outbox.expire() == 1


def test_it_is_stored_together_with_what_else_is_done_or_not_at_all(vault: Vault, outbox: Outbox) -> None:
    def spend(value: int) -> str:
        with vault.transaction() as transaction:
            transaction.run("INSERT INTO counter VALUES ('spent', 1)")
            ident = outbox.put("aggregate", "fleet/a/aggregate", {}, lifetime_s=1, transaction=transaction)
            return ident if value else str(1 // value)

    with pytest.raises(ZeroDivisionError):
        spend(0)
    assert ids(outbox) == []
    assert outbox.counts().stored == 0
    assert vault.rows("SELECT name FROM counter WHERE name = 'spent'") == []
    assert [spend(1)] == ids(outbox)


def test_what_nobody_agrees_to_any_more_is_taken_back(outbox: Outbox) -> None:
    stays = put(outbox, "notice")
    put(outbox)
    put(outbox)
    before = outbox.renewals
    assert outbox.recall("aggregate") == 2
    assert ids(outbox) == [stays]
    assert outbox.renewals > before, "whoever has read them ahead drops them"
    assert outbox.counts().pushed_out == 2


def test_whoever_sends_is_told_that_there_is_something(outbox: Outbox) -> None:
    told = []
    outbox.on_put = lambda: told.append(1)
    put(outbox)
    assert told == [1]


def test_the_same_id_twice_is_one_message(outbox: Outbox) -> None:
    ident = "ab" * 16
    assert put(outbox, id=ident) == put(outbox, id=ident) == ident
    assert ids(outbox) == [ident]
    assert outbox.counts().stored == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "state"}, "the kind of message is 'state'; allowed are aggregate, update, notice"),
        ({"topic": "fleet/+/x"}, "the topic 'fleet/+/x' cannot be published to"),
        ({"topic": ""}, "the topic '' cannot"),
        ({"topic": "$SYS/x"}, "cannot be published to"),
        ({"message": {"id": "me"}}, "the message's id is 'me'"),
        ({"message": {"x": "y" * LARGEST}}, f"at most {LARGEST} are allowed"),
        ({"message": {"x": float("nan")}}, "cannot be written as JSON"),
        ({"message": {"x": object()}}, "cannot be written as JSON"),
        ({"lifetime_s": 0}, "the message's lifetime is 0 s"),
        ({"lifetime_s": float("nan")}, "lifetime"),
        ({"lifetime_s": 31 * DAY_S}, f"at most {LONGEST_LIFETIME_S:g}"),
    ],
)
def test_what_no_message_can_be_is_refused_by_name(outbox: Outbox, given: dict[str, object], said: str) -> None:
    call: dict[str, object] = {"kind": "aggregate", "topic": "a", "message": {}, "lifetime_s": 10, **given}
    kind, topic, message = call.pop("kind"), call.pop("topic"), call.pop("message")
    with pytest.raises(InputError) as raised:
        outbox.put(kind, topic, message, **call)  # type: ignore[arg-type]
    assert said in raised.value.problem
    assert ids(outbox) == []


def test_a_full_disk_is_told_and_what_was_stored_stays(vault: Vault) -> None:
    outbox = Outbox(vault)
    first = put(outbox)
    ((pages,),) = vault.rows("PRAGMA page_count")
    assert isinstance(pages, int)
    vault.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(VaultFull):
        put(outbox, text="x" * 60_000)
    assert ids(outbox) == [first]
    vault.rows("PRAGMA max_page_count = 4294967294")
    put(outbox, text="x" * 60_000)
    assert outbox.counts().stored == 2


@pytest.mark.parametrize("seed", range(5))
def test_every_message_is_accounted_for(vault: Vault, seed: int) -> None:
    outbox = Outbox(vault, small())
    chance = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(120):
        there = ids(outbox)
        step = chance.randrange(6)
        if step <= 2:
            with suppress(InputError):
                kind = chance.choice(module.KINDS)
                put(outbox, kind, lifetime_s=chance.choice((1e-6, DAY_S)), text="x" * chance.randrange(12_000))
        elif step == 3:
            outbox.settle(chance.sample(there, min(len(there), 2)), sent=2)
        elif step == 4 and there:
            outbox.settle([], {chance.choice(there): "no"})
        else:
            outbox.expire()
        counts = outbox.counts()
        ended = counts.acknowledged + counts.expired + counts.pushed_out
        assert counts.stored == ended + counts.waiting + counts.kept_aside
        assert counts.waiting + counts.kept_aside <= 10
        assert counts.size <= 64 * 1024
    assert 0 not in (counts.acknowledged, counts.expired, counts.pushed_out, counts.set_aside)


def test_what_put_gave_back_before_a_kill_is_there(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from edge.privacy.outbox import Outbox\n"
        "from edge.privacy.vault import open_vault\n"
        "outbox = Outbox(open_vault(Path(sys.argv[1])))\n"
        "while True: print(outbox.put('aggregate', 'a', {}, lifetime_s=1000), flush=True)\n"
    )
    given: list[str] = []
    for lines in (3, 20):
        command = [sys.executable, "-c", code, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            given += [process.stdout.readline().strip() for _ in range(lines)]
            process.send_signal(signal.SIGKILL)
            given += process.stdout.read().split()
    vault = open_vault(tmp_path)
    there = ids(Outbox(vault))
    vault.close()
    assert set(given) <= set(there)
    assert len(there) - len(given) <= 2
