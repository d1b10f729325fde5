from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import SensorError
from edge.sensors.settings import WordsSettings
from edge.sensors.text_file import clean, read_score
from edge.sensors.words import FileWords, StdinWords, open_words
from tests.edge.sensors.support import QuickClock, open_paths

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edge.sensors.signals import Utterance


def _words(path: Path, *, repeat: bool = False, interval_s: float = 2.0, limit_chars: int = 1000) -> FileWords:
    settings = WordsSettings(source=str(path), interval_s=interval_s, limit_chars=limit_chars)
    return FileWords(settings, repeat=repeat, clock=QuickClock())


def _heard(words: FileWords | StdinWords, most: int = 100) -> list[Utterance]:
    found: list[Utterance] = []
    while len(found) < most and (utterance := words.read()) is not None:
        found.append(utterance)
    return found


def _told(words: FileWords, most: int = 100) -> list[tuple[float, str]]:
    words.attach()
    return [((said.captured_ns - 1_000_000_000) / 1e9, said.words) for said in _heard(words, most)]


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for descriptor in (reading, writing):
        try:
            os.close(descriptor)
        except OSError:
            continue


def test_the_source_chooses_the_kind_of_words() -> None:
    assert open_words(WordsSettings()) is None
    assert isinstance(open_words(WordsSettings(source="stdin")), StdinWords)
    assert isinstance(open_words(WordsSettings(source="talk.txt")), FileWords)


def test_a_plain_text_is_a_line_at_an_interval(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("one\n\n   \n  two  \n三\n", encoding="utf-8")
    assert _told(_words(path)) == [(0.0, "one"), (2.0, "two"), (4.0, "三")]


def test_a_timed_text_has_its_own_times_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "t.lrc"
    path.write_text("[ar:nobody]\n[00:03.50] later\n[00:01] soon\n[01:00:25][00:00.00]twice\nno time\n[00:05.00]\n")
    assert _told(_words(path)) == [(0.0, "twice"), (1.0, "soon"), (3.5, "later"), (60.25, "twice")]


def test_a_timed_text_repeats_after_its_length(tmp_path: Path) -> None:
    path = tmp_path / "t.lrc"
    path.write_text("[length:00:10.00]\n[00:01.00] a\n[00:04.00] b\n")
    assert _told(_words(path, repeat=True), most=4) == [(1.0, "a"), (4.0, "b"), (11.0, "a"), (14.0, "b")]


def test_a_plain_text_repeats_after_its_last_interval(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("a\nb\n")
    assert _told(_words(path, repeat=True), most=3) == [(0.0, "a"), (2.0, "b"), (4.0, "a")]


def test_an_empty_text_ends_at_once_even_when_repeated(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("\n \n")
    assert _told(_words(path, repeat=True)) == []


def test_marks_controls_and_line_ends_of_other_systems_are_harmless(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_bytes(b"\xef\xbb\xbffirst\r\nsec\x00ond\rth\x1bird\tpart\r\n")
    assert [words for _, words in _told(_words(path))] == ["first", "second", "third part"]


def test_a_marked_timed_text_is_timed(tmp_path: Path) -> None:
    path = tmp_path / "t.lrc"
    path.write_bytes(b"\xef\xbb\xbf[00:01.00] one\r\n")
    assert _told(_words(path)) == [(1.0, "one")]


def test_a_long_line_is_cut_and_the_log_keeps_no_words(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "t.txt"
    path.write_text("secret" * 20 + "\n" + "b" * 10)
    assert [words for _, words in _told(_words(path, limit_chars=10))] == ["secretsecr", "b" * 10]
    assert "120 characters" in caplog.text
    assert "secret" not in caplog.text


def test_bytes_that_are_no_utf8_are_replaced_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert clean(b"caf\xe9 ok", 100) == "caf\ufffd ok"
    assert "not valid UTF-8" in caplog.text


@given(st.binary(max_size=400), st.integers(10, 60))
def test_whatever_a_text_holds_lines_are_plain_and_short(content: bytes, limit: int) -> None:
    score = read_score(content, limit, 1.0)
    for line in score.lines:
        assert 0 < len(line.words) <= limit
        assert line.words == line.words.strip()
        assert not set(line.words) & {"\0", "\n", "\r", "\x1b"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SensorError, match=r"gone\.txt', which cannot be read: No such file"):
        _words(tmp_path / "gone.txt").attach()


def test_a_folder_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(SensorError, match="cannot be read: Is a directory"):
        _words(tmp_path).attach()


def test_a_text_that_is_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_bytes(b"a\n" * 500_001)
    with pytest.raises(SensorError, match="more than 1000000 bytes"):
        _words(path).attach()


def test_a_text_file_is_closed_before_its_first_line(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("a\n")
    words = _words(path)
    words.attach()
    assert str(path) not in open_paths()
    words.stop()
    assert words.read() is None


def test_a_waiting_text_ends_when_it_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "t.lrc"
    path.write_text("[10:00.00] much later\n")
    words = FileWords(WordsSettings(source=str(path)), repeat=False)
    words.attach()
    got: list[Utterance | None] = []
    reader = threading.Thread(target=lambda: got.append(words.read()))
    reader.start()
    words.stop()
    reader.join(5)
    assert got == [None]


def test_lines_come_from_a_pipe_also_the_last_without_an_end(pipe: tuple[int, int]) -> None:
    words = StdinWords(WordsSettings(source="stdin"), pipe[0])
    words.attach()
    os.write(pipe[1], "one\n\n二 ".encode() + b"two\r\nthr")
    os.write(pipe[1], b"ee")
    os.close(pipe[1])
    assert [said.words for said in _heard(words)] == ["one", "二 two", "three"]
    assert words.read() is None


def test_a_line_without_end_is_cut_and_its_rest_dropped(pipe: tuple[int, int]) -> None:
    words = StdinWords(WordsSettings(source="stdin", limit_chars=10), pipe[0])
    words.attach()
    os.write(pipe[1], b"x" * 30_000 + b"\nnext\n")
    os.close(pipe[1])
    assert [said.words for said in _heard(words)] == ["x" * 10, "next"]


def test_stop_ends_a_read_that_waits_for_typing_and_the_pipe_stays_open(pipe: tuple[int, int]) -> None:
    words = StdinWords(WordsSettings(source="stdin"), pipe[0])
    words.attach()
    got: list[Utterance | None] = []
    reader = threading.Thread(target=lambda: got.append(words.read()))
    reader.start()
    words.stop()
    reader.join(5)
    assert got == [None]
    words.attach()
    os.write(pipe[1], b"again\n")
    assert [said.words for said in _heard(words, most=1)] == ["again"]


def test_a_closed_standard_input_is_an_error(pipe: tuple[int, int]) -> None:
    os.close(pipe[0])
    with pytest.raises(SensorError, match="no standard input"):
        StdinWords(WordsSettings(source="stdin"), pipe[0]).attach()
