"""Figures of replies that need a model: usual words, a fitting emotion, and what a strategy counts as."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from converters import replies_emotion, replies_strategies
from converters.replies_emotion import FITS, Read
from converters.replies_language import KneserNey, held_out, trained
from converters.replies_sets import Exchange
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import EMOTIONS, Affect, Emotion, Language, Reply
from edge.errors import InputError
from edge.response.library import load_library
from edge.response.strategy import Strategy

EN, ZH = Language.EN, Language.ZH
TALK = [line.split() for line in ("the dog sleeps", "the dog eats", "the cat sleeps", "a cat eats the fish", "the end")]


def test_probabilities_after_any_two_words_sum_to_one() -> None:
    model = KneserNey(TALK, least=1)
    for before in (("<s>", "<s>"), ("<s>", "the"), ("the", "dog"), ("cat", "never"), ("never", "dog")):
        assert sum(model.probability(word, before) for word in model.vocabulary) == pytest.approx(1)


def test_what_was_learned_is_less_surprising_than_a_jumble_and_an_unknown_word_is_counted() -> None:
    model = KneserNey(TALK, least=1)
    assert model.perplexity([["the", "dog", "sleeps"]]) < model.perplexity([["sleeps", "the", "a"]])
    assert model.unknown([["the", "zebra"]]) == pytest.approx(50)
    assert KneserNey(TALK).unknown([["fish"]]) == 100  # said once only
    with pytest.raises(ValueError, match="learn"):
        KneserNey([])
    with pytest.raises(ValueError, match="measure"):
        model.perplexity([])


def test_a_continuation_counts_by_its_contexts_not_by_its_number() -> None:
    often = [["san", "francisco"]] * 8 + [["my", "dog"], ["your", "dog"], ["a", "dog"], ["no", "dog"]]
    model = KneserNey(often, least=1)
    assert model.probability("dog", ("x", "x")) > model.probability("francisco", ("x", "x"))


def test_the_text_to_learn_from_is_that_of_the_language(tmp_path: Path) -> None:
    (tmp_path / "smilechat_short").mkdir()
    with gzip.open(tmp_path / "smilechat_short/pairs.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps({"person": "甲", "reply": "听着累"}) + "\n")
    assert list(held_out(tmp_path, ZH)) == [["听", "着", "累"]]
    with pytest.raises(InputError, match="no text to learn from in en"):
        trained(tmp_path, EN)


def affect(emotion: Emotion, share: float = 0.9) -> Affect:
    rest = (1 - share) / (len(EMOTIONS) - 1)
    return Affect.of(tuple(share if one is emotion else rest for one in EMOTIONS))


def test_a_reply_that_gives_the_emotion_back_fits_and_joy_to_sorrow_does_not() -> None:
    sad, happy = affect(Emotion.SAD), affect(Emotion.HAPPY)
    right = [Read(sad, sad), Read(happy, happy)] * 5
    assert replies_emotion.fit(right) == {"n": 10, "compatible": 100.0, "told_apart": 100.0}
    wrong = [Read(sad, happy), Read(happy, sad)] * 5
    assert replies_emotion.fit(wrong) == {"n": 10, "compatible": 0.0, "told_apart": 0.0}


def test_always_the_same_calm_word_is_compatible_and_cannot_be_told_apart() -> None:
    calm = affect(Emotion.NEUTRAL)
    found = replies_emotion.fit([Read(affect(Emotion.SAD), calm), Read(affect(Emotion.ANGRY), calm)] * 4)
    assert (found["compatible"], found["told_apart"]) == (100.0, 50.0)


def test_one_emotion_alone_leaves_nothing_to_tell_apart_and_no_pair_no_figure() -> None:
    assert replies_emotion.fit([Read(affect(Emotion.SAD), affect(Emotion.SAD))])["told_apart"] is None
    assert replies_emotion.fit([]) == {"n": 0}


def test_joy_never_fits_what_is_hard_and_nothing_hard_fits_joy() -> None:
    assert set(FITS) == set(EMOTIONS) - {Emotion.NEUTRAL}
    for hard in (Emotion.ANGRY, Emotion.DISGUST, Emotion.FEAR, Emotion.SAD):
        assert Emotion.HAPPY not in FITS[hard]
        assert hard not in FITS[Emotion.HAPPY]
    assert all({emotion, Emotion.NEUTRAL} <= fits for emotion, fits in FITS.items())


def test_only_words_with_a_clear_emotion_are_read() -> None:
    models = Models(Path("models"), Cpu())
    pairs = [("I am so sad, she left me", "That sounds sad."), ("The bus goes at nine", "I see.")]
    found = replies_emotion.read(pairs, models)
    assert [one.said.label for one in found] == [Emotion.SAD]


def spoken(said: str, theirs: str, ours: str, text: str = "z", before: int = 0) -> tuple[Exchange, Reply]:
    return Exchange(("x",) * before, said, "y", theirs, EN), Reply(text, EN, ours, 0)


def test_a_strategy_is_right_where_it_is_the_persons_and_one_that_we_have_not_is_a_miss() -> None:
    found = replies_strategies.agreement(
        [
            spoken("I lost it", "Questions", "question"),
            spoken("I lost it", "Affirmation and Reassurance", "reassure", before=1),
            spoken("I lost it", "Self-disclosure", "affirm", before=2),
        ]
    )
    assert found["accuracy"] == pytest.approx(66.67)
    assert found["most_frequent"] == pytest.approx(33.33)
    assert found["f1"]["Questions"] == 100
    assert found["f1"]["Affirmation and Reassurance"] == pytest.approx(66.67)
    assert found["confusion"]["Self-disclosure"] == {"Affirmation and Reassurance": 1}
    assert found["by_turn"] == {"first": {"n": 1, "accuracy": 100.0}, "second or third": {"n": 2, "accuracy": 50.0}}
    assert "Affirmatio" in replies_strategies.confusion(found)


def test_pleasantries_and_what_only_takes_in_count_as_other_and_a_question_back_as_one() -> None:
    taken_in = next(
        template.text
        for template in load_library(EN).of(Emotion.NEUTRAL, Strategy.AFFIRM)
        if "[" not in template.text and not template.slots
    )
    for case, name in (
        (spoken("Thank you so much", "Other", "affirm"), "Other"),
        (spoken("bye", "Other", "affirm"), "Other"),
        (spoken("hello", "Questions", "question"), "Questions"),
        (spoken("I lost it", "Other", "affirm", taken_in), "Other"),
        (spoken("I lost it", "Other", "affirm", "You kept at it."), "Affirmation and Reassurance"),
    ):
        assert replies_strategies.counted_as(*case) == name
    assert replies_strategies.errors([spoken("bye", "Questions", "affirm", "See you.")]) == [
        "[first] Questions | Other | bye -> See you. || y"
    ]
