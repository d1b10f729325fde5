"""Writes down what goes into understanding and what comes out of it, for development, and never in silence."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from edge.affect import Sense
from edge.replay.codec import line, plain, state_without_words, without_words
from edge.replay.form import LARGEST
from edge.replay.lines import Lines
from edge.replay.raw import Beside, RawStore
from edge.replay.reading import EVENTS
from edge.replay.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from edge.affect import Reading, State
    from edge.loop.lane import LaneStatus
    from edge.perception.perceiver import Perceiver
    from edge.replay.form import Head
    from edge.understanding.settings import UnderstandingSettings
    from edge.understanding.views import Event

log = logging.getLogger(__name__)

WAITING = 1024
"""Steps that may wait for the disk: a minute of them. More, and the recording ends: one with a hole proves nothing."""
LOOK_S = 0.1
"""How often it is looked whether words may still be kept."""
SYNC_S = 1.0
"""How often the disk is made to keep what it was given; a power cut costs no more than this."""
REMIND_S = 60.0
"""How often people are reminded that a recording is made."""
END_BYTES = 256
"""Kept free for the last line."""
STOPPED = "stopped"
TOO_SLOW = "the disk did not keep up"
WITHDRAWN = "the consent to keep words was withdrawn, so the file is removed"


class _Ends(Exception):  # noqa: N818 - it is how the writing thread ends
    """Nothing more is to be written, and why; ``sound`` unless the file may end in the middle of a line."""

    def __init__(self, why: str, *, sound: bool = True) -> None:
        super().__init__(why)
        self.sound = sound


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
        self.steps = 0
        self.ended: str | None = None
        """Why nothing more is written; None while it goes on."""
        self._lines = Lines(path)
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
        self._sync_at = self._remind_at = 0.0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    @property
    def bytes(self) -> int:
        """Written so far, unpacked."""
        return self._lines.bytes

    def start(self) -> None:
        """Make the file, readable by this user only, and start to write. Raises InputError."""
        self._lines.open()
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
        self,
        state: State,
        reading: Reading | None,
        forgot: Sense | None,
        events: Iterable[Event],
        *,
        published: bool = True,
        watched: bool = False,
    ) -> None:
        """One step: what went in, and what came out. What is as usual is not written."""
        if not self._head.words:
            state = state_without_words(state)
            reading = None if reading is None else without_words(reading)
        step: dict[str, Any] = {"kind": "step", "state": state}
        if reading is not None:
            step["reading"] = reading
        if forgot is not None:
            step["forgot"] = forgot
        told = [(name, event) for event in events if (name := type(event).__name__) in EVENTS]
        if told:
            step["events"] = told
        if not published:
            step["published"] = False
        if watched:
            step["watched"] = True
        self._put(step)

    def unwatched(self, sense: Sense) -> None:
        """What was learned of the driver is forgotten."""
        self._put({"kind": "unwatched", "sense": sense})

    def adopted(self, settings: UnderstandingSettings) -> None:
        """Understanding goes on with other settings."""
        self._put({"kind": "settings", "understanding": settings.model_dump(mode="json")})

    def consented(self, senses: Iterable[Sense], now_ns: int) -> None:
        """The senses that are granted have changed to these."""
        granted = set(senses)
        self._put({"kind": "consent", "at_ns": now_ns, "granted": [sense for sense in Sense if sense in granted]})

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

    def reminder(self) -> str:
        """What people are told while it goes on."""
        return f"RECORDING: {self.steps} steps, {self.bytes / 1e6:.1f} MB in {self._lines.path}; Ctrl-C ends it"

    def _put(self, record: dict[str, Any]) -> None:
        with self._wake:
            if self.ended is None and not self._overrun:
                if len(self._waiting) >= WAITING:
                    self._overrun = True
                else:
                    self._waiting.append(record)
                self._wake.notify()

    def _run(self) -> None:
        self._sync_at = time.monotonic() + SYNC_S
        self._remind_at = time.monotonic() + REMIND_S
        try:
            self._lines.add(line({"kind": "head", **self._head.model_dump(mode="json")}))
            while True:
                self._turn()
        except _Ends as end:
            self._end(str(end), last_line=end.sound)
        except (OSError, ValueError, TypeError) as error:
            self._end(f"it could not be written: {error}", last_line=False)

    def _turn(self) -> None:
        """Write what waits, and do what is due. Raises _Ends."""
        with self._wake:
            if not self._waiting and not self._stopping and not self._overrun:
                self._wake.wait(LOOK_S)
            batch = list(self._waiting)
            self._waiting.clear()
            over, overrun = self._stopping, self._overrun
        if self._head.words and not self._may_keep_words():
            self._lines.remove()
            raise _Ends(WITHDRAWN, sound=False)
        for record in batch:
            self._write(record)
        self._lines.flush()
        if overrun:
            raise _Ends(TOO_SLOW)
        if over and not batch:
            raise _Ends(STOPPED)
        now = time.monotonic()
        if now >= self._sync_at:
            self._sync_at = now + SYNC_S
            self._lines.sync()
        if now >= self._remind_at:
            self._remind_at = now + REMIND_S
            self._tell(self.reminder())

    def _write(self, record: dict[str, Any]) -> None:
        text = line({key: plain(value) for key, value in record.items()})
        if self.bytes + len(text) + END_BYTES > self._limit:
            message = f"it has reached its limit of {self._limit} bytes"
            raise _Ends(message)
        self._lines.add(text)
        self.steps += record["kind"] == "step"

    def _end(self, why: str, *, last_line: bool) -> None:
        """No more is written. What could not be written may have left a part of a line: then nothing may follow it."""
        with self._wake:
            self.ended = why
            self._waiting.clear()
            asked = self._stopping
        try:
            if last_line:
                self._lines.add(line({"kind": "end", "steps": self.steps, "why": why}))
            self._lines.flush()
            self._lines.sync()
        except OSError as error:
            log.error("the recording has no last line: %s", error)  # noqa: TRY400 - the sentence says it all
        self._lines.close()
        if not asked:
            self._tell(f"the recording has ended: {why}")
            self._on_end()
