from __future__ import annotations

import subprocess
import sys

import pytest

from edge.loop.memory import Tidy

COUNT = """
import ctypes, sys, threading
from edge.loop.memory import one_heap
if sys.argv[1] == "one":
    one_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
gate = threading.Barrier(8)
def work():
    gate.wait()
    for _ in range(100):
        libc.malloc(2000)
    gate.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc")
def test_threads_share_one_heap(tmp_path_factory: pytest.TempPathFactory) -> None:
    def heaps(how: str) -> int:
        told = tmp_path_factory.mktemp("heaps") / "malloc.xml"
        subprocess.run([sys.executable, "-c", COUNT, how, str(told)], check=True)
        return told.read_text(encoding="utf-8").count("<heap nr=")

    assert heaps("one") == 1
    assert heaps("as it is") > 1, "glibc makes heaps for threads; if it does no more, one_heap is needless"


def test_memory_is_given_back_once_after_the_last_of_several_failures() -> None:
    given: list[float] = []
    now_s = 0.0
    tidy = Tidy(lambda: given.append(now_s))
    for now_s, failures in ((0.0, 0), (50.0, 0), (60.0, 1), (65.0, 2), (70.0, 2), (74.9, 2), (75.0, 2), (200.0, 2)):
        tidy.look(failures, now_s)
    assert given == [75.0]
    for now_s in (300.0, 311.0):
        tidy.look(3, now_s)
    assert given == [75.0, 311.0]
