"""Lines of text, made harmless: whatever bytes come in, plain words go out."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

log = logging.getLogger(__name__)

CONTROLS: dict[int, str | None] = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0xFEFF)) | {0x09: " "}
"""Control characters (Unicode category Cc) and the byte order mark vanish, a tab becomes a space."""
STAMP = re.compile(r"\[(\d{1,3}):(\d{1,2}(?:[.:]\d{1,3})?)\]")
"""A time of the LRC format: [mm:ss], [mm:ss.xx] or [mm:ss:xx]."""
LENGTH = re.compile(r"\[length:\s*(\d{1,3}):(\d{1,2}(?:\.\d{1,3})?)\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """Words and the second at which they are due, counted from the start."""

    at_s: float
    words: str


@dataclass(frozen=True, slots=True)
class Score:
    """All lines in order of time; ``length_s`` is where a repetition begins anew."""

    lines: tuple[Line, ...]
    length_s: float


def clean(raw: bytes, limit: int) -> str:
    """One line as words: UTF-8 with replacement, no control characters, stripped, at most ``limit`` characters.

    That something was replaced or cut is logged; what was said is not.
    """
    text = raw.decode("utf-8", "replace")
    if "\ufffd" in text:
        log.warning("a line is not valid UTF-8; what could not be read is replaced")
    words = text.translate(CONTROLS).strip()
    if len(words) > limit:
        log.warning("a line has %d characters; it is cut to %d", len(words), limit)
    return words[:limit].rstrip()


def read_score(content: bytes, limit: int, interval_s: float) -> Score:
    """Lines of a plain or a timed (LRC) text. Timed is a text in which at least one line begins with a time.

    Args:
        content: the file.
        limit: characters after which a line is cut.
        interval_s: seconds between two lines of a plain text.
    """
    lines = [line for raw in re.split(rb"[\r\n]+", content) if (line := clean(raw, limit + len("[000:00.000]")))]
    if not any(STAMP.match(line) for line in lines):
        plain = tuple(Line(index * interval_s, line[:limit].rstrip()) for index, line in enumerate(lines))
        return Score(plain, len(plain) * interval_s)
    timed: list[Line] = []
    length_s = 0.0
    for line in lines:
        at, end = [], 0
        while stamp := STAMP.match(line, end):
            at.append(_seconds(stamp[1], stamp[2]))
            end = stamp.end()
        words = line[end:].strip()[:limit].rstrip()
        timed.extend(Line(second, words) for second in at if words)
        if length := LENGTH.match(line):
            length_s = _seconds(length[1], length[2])
    timed.sort(key=lambda line: line.at_s)
    last_s = timed[-1].at_s + interval_s if timed else 0.0
    return Score(tuple(timed), max(length_s, timed[-1].at_s) if length_s and timed else last_s)


def _seconds(minutes: str, seconds: str) -> float:
    return int(minutes) * 60 + float(seconds.replace(":", "."))
