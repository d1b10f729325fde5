"""A recording is played: the same comes out, or what differs is named; what is damaged is refused."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from edge.errors import InputError
from edge.replay import reading as module
from edge.replay.form import LONGEST_LINE
from edge.replay.play import Verdict, play
from edge.replay.reading import Recording
from edge.understanding.fusion import BUILT_IN
from tests.edge.replay.support import recorded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def verdict_of(path: Path) -> Verdict:
    verdict = Verdict(path, words=False)
    for _ in play(Recording(path), verdict):
        pass
    return verdict


def altered(path: Path, number: int, change: Callable[[Any], None]) -> Path:
    lines = path.read_text(encoding="utf-8").splitlines()
    record = json.loads(lines[number - 1])
    change(record)
    lines[number - 1] = json.dumps(record)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return recorded(tmp_path / "a.jsonl")


@pytest.mark.parametrize("words", [False, True])
@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_the_same_states_come_out_bit_for_bit(tmp_path: Path, name: str, *, words: bool) -> None:
    verdict = verdict_of(recorded(tmp_path / name, words=words))
    assert (verdict.steps, verdict.differing, verdict.first, verdict.cut) == (52, 0, None, False)
    assert verdict.changes == 2


def test_another_pool_than_the_recorded_one_makes_other_states(path: Path) -> None:
    verdict = Verdict(path, words=False)
    for _ in play(Recording(path), verdict, BUILT_IN):
        pass
    assert verdict.differing > 10


def test_a_recording_that_does_not_say_its_pool_is_played_with_the_built_in_one(path: Path) -> None:
    older = altered(path, 1, lambda record: record.pop("pool"))
    assert Recording(older).pool is None
    assert verdict_of(older).differing > 10, "which is not the one that made it"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda pool: pool.update(temperature=0), "pool.temperature"),
        (lambda pool: pool["prior"].pop(), "pool.prior"),
        (lambda pool: pool.update(labels=["happy"]), "the labels happy"),
        (lambda pool: pool["senses"].pop("voice"), "say nothing of voice"),
        (lambda pool: pool["senses"]["face"].update(knows=["joy"]), "joy, which is none of ours"),
    ],
)
def test_a_pool_that_is_none_is_refused(path: Path, change: Callable[[Any], None], told: str) -> None:
    with pytest.raises(InputError, match=f"line 1: .*{told}"):
        Recording(altered(path, 1, lambda record: change(record["pool"])))


def test_the_last_bit_of_one_number_is_seen_and_told(path: Path) -> None:
    def change(record: Any) -> None:  # noqa: ANN401
        p = record["state"]["affect"]["probabilities"]
        p[4] = float.fromhex(p[4].hex()) * (1 + 2**-52)

    verdict = verdict_of(altered(path, 12, change))
    assert verdict.differing == 1
    assert verdict.first is not None
    assert verdict.first.startswith("line 12, 0.8 s after the first State: the State's affect.probabilities[sad] is 0.")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda record: record["state"].update(label="angry"), "the State's label is 'happy' where 'angry'"),
        (lambda record: record["state"].update(reason="x"), "the State's reason is None where 'x'"),
        (lambda record: record["state"]["absent"].pop(), "the State's absent has 2 entries where 1 were recorded"),
        (lambda record: record["state"]["affect"].update(valence=-0.0), "the State's affect.valence is"),
        (
            lambda record: record.update(
                events=[["Episode", {"emotion": "sad", "onset_ns": 1, "peak_ns": 1, "peak": 1.0}]]
            ),
            "the views' events has 0 entries where 1 were recorded",
        ),
    ],
)
def test_the_first_difference_is_told_in_words(path: Path, change: Callable[[Any], None], told: str) -> None:
    assert told in (verdict_of(altered(path, 8, change)).first or "")


def test_settings_that_were_adopted_while_it_ran_count(path: Path) -> None:
    assert verdict_of(path).differing == 0
    lines = [text for text in path.read_text(encoding="utf-8").splitlines() if '"kind":"settings"' not in text]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    verdict = verdict_of(path)
    assert verdict.first is not None
    assert "label" in verdict.first


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_file_that_was_cut_is_played_as_far_as_it_goes_and_that_is_told(tmp_path: Path, name: str) -> None:
    path = recorded(tmp_path / name)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    verdict = verdict_of(path)
    assert verdict.cut
    assert "cut" in verdict.ended
    assert 0 < verdict.steps < 52
    assert verdict.differing == 0


def test_a_file_without_its_last_line_is_told(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    verdict = verdict_of(path)
    assert verdict.cut
    assert "no last line" in verdict.ended


HEAD = (
    '{"kind":"head","format":"rapport-recording","version":1,"rapport":"0","device":"d","senses":[],"words":false,'
    '"understanding":{}}\n'
)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "line 1: it is empty"),
        ("hello\n", "line 1: this is no recording of Rapport"),
        ("[]\n", "line 1: this is no recording of Rapport"),
        ('{"kind":"head","format":"other"}\n', "line 1: this is no recording of Rapport"),
        (HEAD.replace('"version":1', '"version":2'), r"is of version 2; this Rapport knows up to 1.*newer"),
        (HEAD.replace('"version":1', '"version":"x"'), "line 1: version"),
        (HEAD.replace('"words":false', '"words":"maybe"'), "line 1: words"),
        (HEAD.replace('"understanding":{}', '"understanding":{"mood":1}'), "line 1: understanding.mood"),
        (HEAD + "{\n" + HEAD, "line 2: "),
        (HEAD + '{"kind":"dance"}\n', "line 2: the kind 'dance' is not known"),
        (HEAD + '{"kind":"step"}\n', "line 2: "),
        (HEAD + '{"kind":"step","state":NaN}\n', "line 2: NaN is no number"),
        (HEAD + '{"kind":"step","state":{"captured_ns":1}}\n', "line 2: "),
        (HEAD + '{"kind":"settings"}\n', "line 2: "),
        (HEAD + "[" * 100_000 + "\n", "line 2: "),
        (HEAD + '{"kind":"end"}\n{"kind":"end"}\n', "line 3: something follows the last line"),
    ],
)
def test_what_is_no_recording_is_refused_with_line_and_reason(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "a"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        verdict_of(path)


def test_a_step_with_more_in_it_is_refused(path: Path) -> None:
    with pytest.raises(InputError, match="line 3: a step has no 'mood'"):
        verdict_of(altered(path, 3, lambda record: record.update(mood=1)))


def test_absurd_sizes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(HEAD.encode() + b'{"kind":"lane","x":"' + b"x" * LONGEST_LINE + b'"}\n')
    with pytest.raises(InputError, match="line 2: the line is longer than"):
        verdict_of(path)
    monkeypatch.setattr(module, "LARGEST", 2000)
    path.write_bytes(gzip.compress(HEAD.encode() + b'{"kind":"lane","x":"aaaa"}\n' * 100))
    with pytest.raises(InputError, match="it is larger than 2000 bytes"):
        verdict_of(path)


def test_a_packed_file_that_is_damaged_ends_there(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.jsonl.gz")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    try:
        assert verdict_of(path).cut
    except InputError as error:
        assert "line" in str(error)  # noqa: PT017 - either is right, silence is not
    assert issubclass(zlib.error, Exception)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        Recording(tmp_path / "a")
    with pytest.raises(InputError, match="cannot be read"):
        Recording(tmp_path)
