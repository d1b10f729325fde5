"""One-shot perception, on what people really hand to such a command."""

from __future__ import annotations

import os
import wave
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from edge.affect import EMOTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.edge.cli.conftest import Rapport

KEYS = {"input", "label", "probabilities", "valence", "arousal", "quality", "cues", "error", "reason"}


def write_wav(path: Path, samples: np.ndarray[Any, np.dtype[np.int16]], rate: int = 16_000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def test_sentences_in_both_languages_differ_and_every_key_is_there(rapport: Rapport) -> None:
    records = rapport.json(
        "sense", "text", "I am so happy, this is wonderful!", "我太难过了，一直在哭", "The meeting is at three."
    )
    assert [set(record) for record in records] == [KEYS] * 3
    assert [record["label"] for record in records[:2]] == ["happy", "sad"]
    for record in records:
        assert record["error"] is None
        assert sum(record["probabilities"].values()) == pytest.approx(1, abs=1e-3)
        assert list(record["probabilities"]) == [emotion.value for emotion in EMOTIONS]


def test_an_empty_line_is_unsure_with_a_reason(rapport: Rapport) -> None:
    (record,) = rapport.json("sense", "text", "")
    assert record["label"] == "unsure"
    assert record["reason"]
    assert record["error"] is None


def test_a_face_is_found_and_told_with_its_signs(rapport: Rapport, portrait: Path) -> None:
    (record,) = rapport.json("sense", "face", portrait)
    assert record["label"] == "happy"
    assert {cue["name"] for cue in record["cues"]} >= {"smile"}
    assert record["quality"] > 0.3


def test_a_black_picture_is_unsure(rapport: Rapport, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "black.png"), np.zeros((480, 640, 3), np.uint8))
    (record,) = rapport.json("sense", "face", tmp_path / "black.png")
    assert (record["label"], record["error"]) == ("unsure", None)
    assert record["reason"]


def test_a_picture_of_twenty_megapixels_works(rapport: Rapport, portrait: Path, tmp_path: Path) -> None:
    picture = cv2.imread(str(portrait))
    assert picture is not None
    large = cv2.resize(picture, (5000, 4000))
    cv2.imwrite(str(tmp_path / "large.jpg"), large)
    (record,) = rapport.json("sense", "face", tmp_path / "large.jpg")
    assert record["error"] is None
    assert record["label"] == "happy"


def test_bad_inputs_are_named_and_the_good_ones_still_answered(
    rapport: Rapport, portrait: Path, tmp_path: Path
) -> None:
    text = tmp_path / "text.png"
    text.write_text("no picture", encoding="utf-8")
    done = rapport("sense", "face", text, tmp_path / "absent.png", portrait)
    assert done.returncode == 1
    assert "text.png" in done.stderr
    assert "absent.png" in done.stderr
    assert "happy" in done.stdout


def test_silence_is_unsure(rapport: Rapport, tmp_path: Path) -> None:
    (record,) = rapport.json("sense", "voice", write_wav(tmp_path / "silence.wav", np.zeros(32_000, np.int16)))
    assert (record["label"], record["error"]) == ("unsure", None)
    assert "speech" in record["reason"]


def test_a_text_file_named_wav_is_an_error(rapport: Rapport, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("not a sound", encoding="utf-8")
    (record,) = rapport.json("sense", "voice", tmp_path / "text.wav")
    assert "text.wav" in record["error"]
    assert record["label"] is None


def test_a_truncated_wav_gives_what_is_there_or_says_why_not(rapport: Rapport, tmp_path: Path) -> None:
    whole = write_wav(tmp_path / "whole.wav", np.zeros(32_000, np.int16)).read_bytes()
    (tmp_path / "half.wav").write_bytes(whole[:20_000])
    (tmp_path / "head.wav").write_bytes(whole[:30])
    half, head = rapport.json("sense", "voice", tmp_path / "half.wav", tmp_path / "head.wav")
    assert (half["label"], half["error"]) == ("unsure", None)
    assert "head.wav" in head["error"]


def test_a_missing_model_is_said_with_its_remedy(rapport: Rapport, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = rapport("sense", "text", "hello", RAPPORT_MODELS__DIRECTORY=str(tmp_path / "empty"))
    assert done.returncode == 1
    assert "model card" in done.stderr
    assert "Traceback" not in done.stderr
    (record,) = rapport.json("sense", "text", "hello", RAPPORT_MODELS__DIRECTORY=str(tmp_path / "empty"))
    assert "model card" in record["error"]


def test_wrong_use_is_exit_code_two(rapport: Rapport) -> None:
    assert rapport("sense", "smell", "x").returncode == 2
    assert rapport("dance").returncode == 2
    assert rapport().returncode == 2


def test_a_terminal_without_chinese_still_gets_an_answer(rapport: Rapport) -> None:
    done = rapport("sense", "text", "我很高兴", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "happy" in done.stdout


def test_bytes_that_are_no_text_are_no_traceback(rapport: Rapport) -> None:
    (record,) = rapport.json("sense", "text", "\udcff\udcfe so happy")
    assert record["error"] is None


def test_a_long_input_is_not_repeated_whole(rapport: Rapport) -> None:
    assert len(rapport("sense", "text", "I am happy. " * 5000).stdout) < 500


@pytest.mark.parametrize("sense", ["face", "voice"])
def test_a_pipe_and_a_device_are_refused_and_never_waited_for(rapport: Rapport, tmp_path: Path, sense: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    pipe, zero = rapport.json("sense", sense, tmp_path / "pipe", "/dev/zero")
    assert "not a file" in pipe["error"]
    assert "not a file" in zero["error"]
