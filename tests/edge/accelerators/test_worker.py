from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from edge.accelerators.worker import Stuck, Worker
from tests.edge.accelerators.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def worker() -> Iterator[Worker[int]]:
    made = Worker[int]("test")
    yield made
    made.leave()


def ended(worker: Worker[int]) -> bool:
    worker._thread.join(20)
    return not worker.alive


def test_jobs_are_done_one_after_another_on_the_same_thread(worker: Worker[int]) -> None:
    threads = {worker.call(threading.get_ident, 20) for _ in range(5)}
    assert len(threads) == 1
    assert threads != {threading.get_ident()}


def test_what_a_job_raises_is_raised_where_it_was_called_and_the_worker_goes_on(worker: Worker[int]) -> None:
    with pytest.raises(ZeroDivisionError):
        worker.call(lambda: 1 // 0, 20)
    assert worker.call(lambda: 7, 20) == 7


def test_a_job_that_hangs_is_left_and_its_thread_ends_when_it_comes_back(worker: Worker[int]) -> None:
    hanging = threading.Event()
    with pytest.raises(Stuck, match=r"did not come back within 0\.05 s"):
        worker.call(lambda: int(hanging.wait(30)), 0.05)
    worker.leave()
    assert worker.alive
    hanging.set()
    assert ended(worker)


def test_one_that_is_left_without_a_job_ends_at_once(worker: Worker[int]) -> None:
    worker.call(lambda: 1, 20)
    worker.leave()
    assert ended(worker)


def test_one_that_is_left_while_its_job_is_only_just_handed_over_still_ends() -> None:
    for _ in range(200):
        worker = Worker[int]("test")
        worker.begin(lambda: 1)
        worker.leave()
        assert ended(worker)


STOPPED = """
import time
from edge.accelerators.worker import Worker

def job():
    end = time.process_time() + 0.15
    while time.process_time() < end:
        pass
    return 7

worker = Worker("test")
print("now", flush=True)
print(worker.call(job, 1.0))
"""


def test_a_process_that_was_stopped_does_not_take_its_own_pause_for_a_hang() -> None:
    process = subprocess.Popen([sys.executable, "-c", STOPPED], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "now\n"
    os.kill(process.pid, signal.SIGSTOP)
    time.sleep(1.7)
    os.kill(process.pid, signal.SIGCONT)
    assert process.communicate(timeout=20)[0] == "7\n"
    assert process.returncode == 0
