from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="training needs the extra `convert`")

from converters.train.text_student import Recipe, Student, are_chinese, logits, matrix, merged
from edge.affect import EMOTIONS, Language
from edge.perception.text.features import FeatureVector
from edge.perception.text.normalise import normalised

WORDS = ("I am so happy today", "this is terrible", "我很开心", "我好难过", "we won the game", "he died")
LABELS = (3, 4, 3, 4, 3, 4)


def test_training_rows_are_the_devices_vectors() -> None:
    vector = FeatureVector()
    x = matrix(WORDS)
    np.testing.assert_array_equal(x[0].toarray(), vector.fill(normalised(WORDS[0], 600), Language.EN))
    np.testing.assert_array_equal(x[2].toarray(), vector.fill(normalised(WORDS[2], 600), Language.ZH))


def test_rows_are_told_apart_by_language() -> None:
    assert are_chinese(WORDS).tolist() == [False, False, True, True, False, False]


def test_the_student_learns_what_it_is_shown_and_the_folded_weights_say_the_same() -> None:
    x = matrix(WORDS)
    targets = np.eye(len(EMOTIONS), dtype=np.float32)[list(LABELS)]
    student = Student(Recipe(hidden=8, epochs=60, batch=2))
    losses = list(student.fit(x, targets, np.ones(len(WORDS), np.float32)))
    assert losses[-1] < losses[0] / 2
    assert logits(student.weights, x).argmax(axis=1).tolist() == list(LABELS)


def test_merged_students_give_the_mean_of_their_logits() -> None:
    x = matrix(WORDS)
    students = [Student(Recipe(hidden=4, seed=seed)) for seed in (0, 1)]
    wanted = (logits(students[0].weights, x) + logits(students[1].weights, x)) / 2
    np.testing.assert_allclose(logits(merged(students), x), wanted, rtol=1e-5)


def test_one_seed_gives_one_student() -> None:
    x = matrix(WORDS)
    targets = np.eye(len(EMOTIONS), dtype=np.float32)[list(LABELS)]
    weights = []
    for _ in range(2):
        student = Student(Recipe(hidden=4, epochs=2))
        list(student.fit(x, targets, np.ones(len(WORDS), np.float32)))
        weights.append(student.weights)
    np.testing.assert_array_equal(weights[0][0], weights[1][0])
