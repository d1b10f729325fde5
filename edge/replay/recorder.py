"""Writes down what goes into understanding and what comes out of it, for development, and never in silence."""

from __future__ import annotations

import gzip
import io
import logging
import os
import threading
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from edge.affect import Sense
from edge.errors import InputError
from edge.replay.codec import line, plain, state_without_words, without_words
from edge.replay.form import LARGEST
from edge.replay.raw import Beside, RawStore
from edge.replay.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from edge.affect import Alertness, Episode, Reading, State
    from edge.loop.lane import LaneStatus
    from edge.perception.perceiver import Perceiver
    from edge.replay.form import Head
    from edge.understanding.settings import UnderstandingSettings

log = logging.getLogger(__name__)

WAITING = 1024
"""Steps that may wait for the disk: a minute of them. More, and the recording ends: one with a hole proves nothing."""
SYNC_S = 1.0
"""How often the disk is made to keep what it was given; a power cut costs no more than this."""
LOOK_S = 0.1
"""How often it is looked whether words may still be kept."""
REMIND_S = 60.0
"""How often people are reminded that a recording is made."""
END_BYTES = 256
"""Kept free for the last line."""


class Recorder(Witness):
    """``start`` → told by the loop … → ``stop``. Its own thread writes; the loop never waits for a disk."""

    def __init__(
        self,
        path: Path,
        head: Head,
        *,
        limit_bytes: int,
        tell: Callable[[str], None],
        may_keep_words: Callable[[], bool] = lambda: False,
        on_end: Callable[[], None] = lambda: None,
        raw: RawStore | None = None,
    ) -> None:
        """Nothing is written yet.

        Args:
            path: the file, which must not exist; it is packed when its name ends in ``.gz``.
            head: the first line.
            limit_bytes: the recording ends before it is larger than this, unpacked.
            tell: takes the reminders; called on the recorder's thread.
            may_keep_words: whether what the person says may be kept now; asked ten times a second where the head says
                that it is. Once it may not, the recording ends and its file is removed.
            on_end: called when the recording had to end by itself.
            raw: keeps pictures and sound; started and stopped with the recorder. None: they are not kept.
        """
        self.path = path
        self.steps = 0
        self.bytes = 0
        self.ended: str | None = None
        """Why nothing more is written; None while it goes on."""
        self._head = head
        self._limit = min(limit_bytes, LARGEST)
        self._tell = tell
        self._may_keep_words = may_keep_words
        self._on_end = on_end
        self._raw = raw
        self._waiting: deque[dict[str, Any]] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._overrun = False
        self._lanes: dict[Sense, tuple[str, str]] = {}
        self._out: io.RawIOBase | gzip.GzipFile | None = None
        self._file: io.FileIO | None = None
        self._descriptor = -1
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> None:
        """Make the file, readable by this user only, and write its head. Raises InputError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._descriptor = os.open(self.path, flags, 0o600)
            self._file = raw = io.FileIO(self._descriptor, "wb")
            self._out = gzip.GzipFile(filename="", mode="wb", fileobj=raw) if self.path.suffix == ".gz" else raw
            self._write({"kind": "head", **self._head.model_dump(mode="json")})
            self._flush()
        except FileExistsError as error:
            problem = f"{self.path} is there already, and a recording never replaces anything"
            raise InputError(problem, "Give another name, or remove that file first") from error
        except OSError as error:
            problem = f"the recording {self.path} cannot be written: {error.strerror}"
            raise InputError(problem, "Give a path in a directory that exists and has space") from error
        if self._raw is not None:
            self._raw.open()
        self._thread.start()

    def stop(self, within_s: float = 2.0) -> None:
        """Write what waits and the last line, then close."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(within_s)
        if self._raw is not None:
            self._raw.stop()

    def saw(
        self, state: State, reading: Reading | None, forgot: Sense | None, events: Iterable[Episode | Alertness]
    ) -> None:
        """One step: what went in, and what came out."""
        if not self._head.words:
            state = state_without_words(state)
            reading = None if reading is None else without_words(reading)
        step: dict[str, Any] = {"kind": "step", "state": state}
        if reading is not None:
            step["reading"] = reading
        if forgot is not None:
            step["forgot"] = forgot
        told = [(type(event).__name__, event) for event in events]
        if told:
            step["events"] = told
        self._put(step)

    def adopted(self, settings: UnderstandingSettings) -> None:
        """Understanding goes on with other settings."""
        self._put({"kind": "settings", "understanding": settings.model_dump(mode="json")})

    def consented(self, senses: Iterable[Sense], now_ns: int) -> None:
        """The senses that are granted have changed to these."""
        self._put({"kind": "consent", "at_ns": now_ns, "granted": [sense for sense in Sense if sense in set(senses)]})

    def looked(self, lanes: Iterable[LaneStatus]) -> None:
        """A line for each lane whose state has changed. Reasons name devices and files, never what was said."""
        for lane in lanes:
            told = (lane.state.value, lane.reason)
            if self._lanes.get(lane.sense) != told:
                self._lanes[lane.sense] = told
                at_ns = lane.standing.changed_ns
                record = {"kind": "lane", "at_ns": at_ns, "sense": lane.sense, "state": told[0], "reason": told[1]}
                self._put(record)

    def beside(self, sense: Sense, perceiver: Perceiver[object]) -> Perceiver[object]:
        """The perceiver, with its pictures or sound kept where that was asked for."""
        return perceiver if self._raw is None or sense is Sense.TEXT else Beside(perceiver, self._raw)

    def _put(self, record: dict[str, Any]) -> None:
        with self._wake:
            if self.ended is None and not self._overrun:
                if len(self._waiting) >= WAITING:
                    self._overrun = True
                else:
                    self._waiting.append(record)
                self._wake.notify()

    def _run(self) -> None:
        remind_at = time.monotonic() + REMIND_S
        sync_at = time.monotonic() + SYNC_S
        why = "stopped"
        try:
            while True:
                with self._wake:
                    if not self._waiting and not self._stopping and not self._overrun:
                        self._wake.wait(LOOK_S)
                    batch = list(self._waiting)
                    self._waiting.clear()
                    over, overrun = self._stopping, self._overrun
                if self._head.words and not self._may_keep_words():
                    self._remove()
                    return
                if not all(self._fits(record) for record in batch):
                    why = f"it has reached its limit of {self._limit} bytes"
                    break
                self._flush()
                if overrun:
                    why = "the disk did not keep up"
                    break
                if over and not batch:
                    break
                now = time.monotonic()
                if now >= sync_at:
                    sync_at = now + SYNC_S
                    os.fdatasync(self._descriptor)
                if now >= remind_at:
                    remind_at = now + REMIND_S
                    self._tell(self.reminder())
        except (OSError, ValueError, TypeError) as error:
            self._end(f"it could not be written: {error}", last_line=False)
        else:
            self._end(why)

    def reminder(self) -> str:
        """What people are told while it goes on."""
        return f"RECORDING: {self.steps} steps, {self.bytes / 1e6:.1f} MB in {self.path}; Ctrl-C ends it"

    def _remove(self) -> None:
        self.path.unlink(missing_ok=True)
        self._end("the consent to keep words was withdrawn, so the file is removed", last_line=False)

    def _end(self, why: str, *, last_line: bool = True) -> None:
        """No more is written. What could not be written may have left a part of a line: nothing may follow it."""
        with self._wake:
            self.ended = why
            self._waiting.clear()
            asked = self._stopping
        try:
            if last_line:
                self._write({"kind": "end", "steps": self.steps, "why": why})
            self._flush()
            os.fsync(self._descriptor)
        except (OSError, ValueError) as error:
            log.error("the recording has no last line: %s", error)  # noqa: TRY400 - the sentence says it all
        with suppress(OSError):  # a full disk takes no last bytes either
            if self._out is not None and self._file is not None:
                self._out.close()
                self._file.close()  # what packs does not close what it packs into
        if not asked:
            self._tell(f"the recording has ended: {why}")
            self._on_end()

    def _fits(self, record: dict[str, Any]) -> bool:
        """Write a record unless the file would become too large."""
        text = line({key: plain(value) for key, value in record.items()})
        if self.bytes + len(text) + END_BYTES > self._limit:
            return False
        self._write_bytes(text)
        self.steps += record["kind"] == "step"
        return True

    def _write(self, record: dict[str, Any]) -> None:
        self._write_bytes(line(record))

    def _write_bytes(self, text: bytes) -> None:
        if self._out is None:
            return
        rest = memoryview(text)
        while rest:
            rest = rest[self._out.write(rest) or 0 :]
        self.bytes += len(text)

    def _flush(self) -> None:
        """Packed lines reach the file with each batch: what is inside the packer would be lost in a crash."""
        if isinstance(self._out, gzip.GzipFile):
            self._out.flush()
