"""Behaviour is seen as a diff: fixed Readings give the very States that are kept beside them, bit for bit.

When a change is meant: ``pytest tests/edge/understanding/test_golden.py --rewrite-golden``, and look at the diff.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import pytest

from edge.replay.play import Verdict, play
from edge.replay.reading import Recording
from tests.edge.understanding.golden_recording import in_words, recordings, rewrite, summary

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = 60
"""Lines of a diff that are printed."""


@pytest.mark.parametrize("path", recordings(), ids=lambda path: path.name)
def test_fixed_readings_give_the_states_that_are_kept(path: Path, *, rewrite_golden: bool) -> None:
    if rewrite_golden:
        rewrite(path)
    verdict = Verdict(path, words=True)
    told = [summary(played.state, map(str, played.events)) for played in play(Recording(path), verdict)]
    kept = in_words(path).read_text(encoding="utf-8").splitlines()
    diff = list(difflib.unified_diff(kept, told, "kept", "now", n=0, lineterm=""))
    shown = "\n".join(diff[:SHOWN] + [f"… and {len(diff) - SHOWN} lines more"] * (len(diff) > SHOWN))
    assert not verdict.differing, f"{verdict.first}\n{verdict.differing} of {verdict.steps} States differ:\n{shown}"
    assert not diff, shown
    assert not verdict.cut


def test_there_is_a_recording_of_the_session_and_one_of_what_it_has_not() -> None:
    assert [path.name for path in recordings()] == ["changes.jsonl.gz", "session.jsonl.gz"]
