from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from converters.__main__ import main
from converters.challenge import Sentence
from converters.evaluate_challenge import evaluate, is_right, table
from converters.words_fit import Rows, as_rows, fitted, logs, loss, written
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models, default_directory
from edge.affect import EMOTIONS, Affect, Emotion, Language
from edge.errors import InputError
from edge.perception.text.perceiver import TextPerceiver
from edge.perception.text.rules import Rule
from edge.perception.text.settings import TextSettings
from edge.perception.text.shift import weights

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def affect(emotion: Emotion, p: float) -> Affect:
    return Affect.of(tuple(p if other is emotion else (1 - p) / 6 for other in EMOTIONS))


def sentence(kind: str) -> Sentence:
    return Sentence(Language.EN, kind, "dev", (Emotion.ANGRY, Emotion.SAD), None, "Oh great")


@pytest.mark.parametrize(
    ("kind", "said", "right", "strictly"),
    [
        ("idiom", affect(Emotion.SAD, 0.9), True, True),
        ("idiom", affect(Emotion.HAPPY, 0.4), False, False),
        ("sarcasm", affect(Emotion.HAPPY, 0.4), True, False),
        ("sarcasm", affect(Emotion.HAPPY, 0.6), False, False),
        ("sarcasm", None, False, False),
    ],
)
def test_any_accepted_label_is_right_and_doubt_is_for_sarcasm(
    kind: str, said: Affect | None, *, right: bool, strictly: bool
) -> None:
    assert is_right(sentence(kind), said) is right
    assert is_right(sentence(kind), said, strict=True) is strictly


def test_the_command_prints_kinds_and_totals(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "challenge"]) == 0
    printed = capsys.readouterr().out
    for word in ("negation", "idiom", "all, strict", "targets:"):
        assert printed.count(word) == len(Language)
    assert "dev half" in printed


def test_the_whole_text_sense_understands_more_of_the_dev_half() -> None:
    found = evaluate(default_directory(), "dev")
    for of in found["languages"].values():
        assert of["all"]["gain"] >= 0.1
        assert of["all"]["interval"][0] > 0
    assert "dev half" in table(found)


def test_a_folder_without_the_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds none of goemotions"):
        evaluate(default_directory(), "dev", tmp_path)
    with pytest.raises(InputError, match="has no goemotions"):
        main_words(tmp_path)


def main_words(folder: Path) -> None:
    from converters.words_fit import gathered

    gathered(_perceiver(), Language.EN, folder)


def test_data_is_needed_for_one_sense_and_half_is_for_the_challenge(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "text"]) == 1
    assert "--data was not given" in capsys.readouterr().err
    assert main(["evaluate", "text", "--data", "x", "--half", "test"]) == 1
    assert "--half was given, which is for challenge" in capsys.readouterr().err


def _perceiver() -> TextPerceiver:
    perceiver = TextPerceiver(TextSettings(), Models(default_directory(), Cpu()))
    perceiver.attach()
    return perceiver


TEXTS = ["I am not happy", "nice, but I am lonely", "It rained. I was sad. I am glad now!", "我心如刀割", "bus 😭"]


def _rows(labels: Sequence[str]) -> Rows:
    return as_rows(_perceiver(), [(text, [label]) for text, label in zip(TEXTS, labels, strict=True)], [0.2] * 5)


def test_many_rows_at_once_are_what_the_device_computes() -> None:
    perceiver = _perceiver()
    rows = _rows(["sad"] * 5)
    for language in Language:
        found = np.exp(logs(rows, weights(language)))
        for index, text in enumerate(TEXTS):
            judged = perceiver.judged(text)
            if judged.weights == weights(language):
                assert found[index] == pytest.approx(judged.probabilities(), abs=1e-4)


def test_fitting_lowers_the_loss_and_what_is_written_is_complete() -> None:
    pytest.importorskip("scipy")
    rows = _rows(["sad", "sad", "happy", "sad", "sad"])
    by = fitted(rows, 3.0)
    assert loss(rows, by) < loss(rows, weights(Language.EN))
    assert min(by.rules.values()) >= 0.0
    content = tomllib.loads(written({Language.EN: by}))["en"]
    assert content["limit"] == 3.0
    assert content["rules"] == pytest.approx({rule.value: by.rules[rule] for rule in Rule}, abs=1e-3)
