from __future__ import annotations

import itertools
import re
from dataclasses import replace
from functools import partial
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.affect import Cue, Emotion, Language, Reading, Reply, Sense, State
from edge.errors import SettingsError
from edge.response.contexts import MANNERS
from edge.response.library import load_library
from edge.response.responder import Responder
from edge.response.settings import ResponseSettings
from edge.response.strategy import Strategy
from tests.edge.response.support import BOTH, SECOND, affect_of, responder, said, state_of, talkative

SENTENCE = {Language.EN: "I spilled coffee on the report", Language.ZH: "我把咖啡洒在报告上了"}


def in_language(reply: Reply) -> bool:
    han = any("\u4e00" <= letter <= "\u9fff" for letter in reply.text)
    return han is (reply.language is Language.ZH)


@pytest.mark.parametrize("context", MANNERS)
def test_a_sentence_is_always_answered_in_its_language(context: str) -> None:
    answering = talkative(context)
    at_s = 0
    for language, label, confidence, arousal in product(Language, (None, *Emotion), (0.3, 0.55, 0.95), (-0.5, 0.7)):
        at_s += 1000  # a new conversation
        for turn in range(6):
            state = state_of(label, confidence, arousal=arousal)
            reply = answering.respond(state, said(SENTENCE[language], language), (at_s + turn) * SECOND)
            assert reply is not None, (label, confidence, arousal, turn)
            assert in_language(reply)
            assert len(reply.text) <= MANNERS[context].longest(language)


ONE_FOR_EACH_CONTEXT = {context: talkative(context) for context in MANNERS}
CLOCK = itertools.count(step=SECOND)


@settings(max_examples=300, deadline=None)
@given(
    context=st.sampled_from(sorted(MANNERS)),
    state=st.builds(
        partial(state_of, captured_ns=3),
        st.sampled_from([None, *Emotion]),
        st.floats(0.15, 1.0),
        arousal=st.floats(-1, 1),
    ),
    words=st.text(max_size=120)
    | st.sampled_from(["hello", "what should I do?", "你好", "我该怎么办", "leave me alone", "ok"]),
    language=st.sampled_from([*Language, None]),
)
def test_any_state_and_words_give_a_fitting_reply_or_silence(
    context: str,
    words: str,
    language: Language | None,
    state: State,
) -> None:
    answering = ONE_FOR_EACH_CONTEXT[context]
    reply = answering.respond(state, said(words, language, captured_ns=5), next(CLOCK))
    if reply is not None:
        assert reply.text.strip() == reply.text != ""
        assert len(reply.text) <= MANNERS[context].longest(reply.language)
        assert language is None or not words.strip() or reply.language is language
        assert reply.strategy in {strategy.value for strategy in Strategy} - {"silent"}
        assert reply.captured_ns == (5 if words.strip() else 3)
        assert not reply.crisis


@pytest.mark.parametrize("language", Language)
def test_nothing_is_said_twice_before_everything_that_fits_was_said(language: Language) -> None:
    answering = talkative()
    unsure = [t for t in load_library(language, "home").templates["unsure"] if not t.slots]
    asked = sum(t.strategy is Strategy.QUESTION for t in unsure)
    # No clause of this sentence can be quoted, so that only the questions without a slot fit.
    words = "a 1234" if language is Language.EN else "有一二三四五六七八九十个又来了十一二三四五个"
    replies = [
        answering.respond(state_of(None, 0.3), said(words + " b c d", language), t * SECOND) for t in range(asked + 1)
    ]
    texts = [reply.text for reply in replies if reply is not None]
    assert len(texts) == asked + 1
    assert len(set(texts[:asked])) == asked
    assert texts[asked] == texts[0]


def test_the_same_seed_gives_the_same_conversation_and_another_seed_another() -> None:
    def talk(seed: int) -> list[str]:
        answering = talkative(seed=seed)
        replies = [answering.respond(state_of(Emotion.SAD), said("I broke the vase"), t * SECOND) for t in range(6)]
        return [reply.text for reply in replies if reply is not None]

    assert talk(3) == talk(3)
    assert any(talk(3) != talk(seed) for seed in (4, 5, 6))


def test_the_language_is_that_of_the_words_then_of_the_conversation_then_the_first() -> None:
    first = talkative(languages=(Language.ZH, Language.EN))
    remark = first.respond(state_of(Emotion.SAD), None, 0)
    assert remark is not None
    assert remark.language is Language.ZH

    talking = talkative()
    answer = talking.respond(state_of(Emotion.SAD), said("我把杯子打碎了", Language.ZH), 0)
    assert answer is not None
    assert answer.language is Language.ZH
    remark = talking.respond(state_of(Emotion.HAPPY), None, SECOND)
    assert remark is not None
    assert remark.language is Language.ZH
    remark = talking.respond(state_of(Emotion.SAD), None, 3600 * SECOND)
    assert remark is not None
    assert remark.language is Language.EN


def test_words_in_a_language_that_is_not_configured_are_answered_in_the_first() -> None:
    reply = responder(languages=(Language.EN,)).respond(state_of(None), said("你好", Language.ZH), 0)
    assert reply is not None
    assert reply.language is Language.EN


def test_a_reply_that_repeats_what_was_said_is_marked_and_others_are_not() -> None:
    answering = talkative()
    replies = [answering.respond(state_of(None, 0.3), said("I painted the fence"), t * SECOND) for t in range(16)]
    texts = {reply.text: reply.quotes for reply in replies if reply is not None}
    assert True in texts.values()
    assert all(quotes is ("painted the fence" in text) for text, quotes in texts.items())


def test_asked_how_they_seem_the_device_tells_its_cue_and_marks_a_quoting_one() -> None:
    loud = Cue("exclamation", 2.0, "marks", "exclamation", 0.9)
    told = Cue("words", 0.5, "", '"awful"', 0.9, quotes=True)

    def texts(cue: Cue) -> list[Reply]:
        answering = talkative()
        state = state_of(Emotion.ANGRY, cues=(cue,))
        replies = [answering.respond(state, said("How do I seem?"), t * SECOND) for t in range(5)]
        return [reply for reply in replies if reply is not None]

    assert {reply.strategy for reply in texts(loud)} == {"inform"}
    assert any("you said it with force" in reply.text and not reply.quotes for reply in texts(loud))
    assert any("you said “awful”" in reply.text and reply.quotes for reply in texts(told))


def test_a_cue_in_the_other_language_or_unknown_is_left_out() -> None:
    cues = (Cue("words", 0.5, "", '"难过"', 0.9, quotes=True), Cue("aura", 1.0, "", "purple", 1.0))
    answering = talkative()
    for t in range(5):
        reply = answering.respond(state_of(Emotion.SAD, cues=cues), said("How do I seem?"), t * SECOND)
        assert reply is not None
        assert in_language(reply)
        assert "purple" not in reply.text


def test_names_are_used_where_they_are_set_and_never_left_as_a_gap() -> None:
    def greetings(person: str) -> set[str]:
        answering = talkative(person=person)
        replies = [answering.respond(state_of(None), said("hello"), t * SECOND) for t in range(8)]
        return {reply.text for reply in replies if reply is not None}

    assert "Hello, Ada." in greetings("Ada")
    assert not any("{" in text or " ," in text for text in greetings(" "))


def test_a_reading_without_words_counts_as_no_words() -> None:
    face = Reading(Sense.FACE, 7, affect_of(Emotion.HAPPY, 0.9), 1.0)
    assert responder().respond(state_of(Emotion.HAPPY), face, 0) is None  # not settled yet
    assert responder().respond(state_of(None), said("   "), 0) is None


def test_an_unknown_context_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"'office'.*Use one of home, car"):
        responder("office")


def test_without_a_seed_a_responder_works_as_well() -> None:
    assert isinstance(responder(seed=None), Responder)
    assert responder(languages=BOTH, seed=None).respond(state_of(None), said("hello"), 0) is not None


def test_a_strategy_that_safety_forbids_is_never_used() -> None:
    def used(never: frozenset[str]) -> set[str]:
        free = ResponseSettings(seed=1, min_gap_s=0, per_hour=3600)
        bound = Responder(free, "home", BOTH, never)
        miss = said("I miss her so much today.")
        replies = [bound.respond(state_of(Emotion.SAD), miss, n * SECOND) for n in range(12)]
        return {reply.strategy for reply in replies if reply is not None}

    never = frozenset({"question", "reflect"})
    assert used(frozenset()) & never
    assert used(never)
    assert not used(never) & never


@pytest.mark.parametrize("language", BOTH)
def test_words_that_do_not_carry_the_feeling_are_answered_without_naming_it(language: Language) -> None:
    words = {Language.EN: "Well, it is what it is with them.", Language.ZH: "嗯，事情也就那样吧。"}[language]
    unsure = {template.text for template in load_library(language).of("unsure", Strategy.QUESTION)}
    plain = {template.text for template in load_library(language).of("unsure", Strategy.RESTATE)}
    for turn in range(8):
        reply = talkative(seed=turn).respond(state_of(Emotion.HAPPY), said(words, language, emotion=Emotion.NEUTRAL), 0)
        assert reply is not None
        assert reply.strategy in {"question", "restate"}
        assert reply.quotes or reply.text in unsure | plain


@pytest.mark.parametrize(
    ("words", "language"),
    [("I've got a big exam tomorrow.", Language.EN), ("下周期末考试，书还没翻。", Language.ZH)],
)
def test_an_event_changes_the_kind_of_answer(words: str, language: Language) -> None:
    plain = talkative().respond(state_of(Emotion.FEAR), said(SENTENCE[language], language), 0)
    event = talkative().respond(state_of(Emotion.FEAR), said(words, language), 0)
    assert plain is not None
    assert event is not None
    assert (plain.strategy, event.strategy) == ("reflect", "reassure")


def test_an_event_can_be_asked_about_by_its_name_and_such_a_reply_stays_on_the_device() -> None:
    told = []
    for seed in range(30):
        answering = talkative(seed=seed)
        answering.respond(state_of(Emotion.SAD), said("My girlfriend broke up with me."), 0)
        reply = answering.respond(state_of(Emotion.SAD), said("She dumped me by text, he said."), SECOND)
        assert reply is not None
        told += [reply] if "the break-up" in reply.text else []
    assert told
    assert all(reply.quotes for reply in told)


@pytest.mark.parametrize("language", Language)
def test_no_text_is_said_again_within_a_day_while_another_fits(language: Language) -> None:
    device = talkative()
    words = "I saw it all" if language is Language.EN else "我都看见了"
    texts = []
    for turn in range(12):  # one every 20 minutes: a new conversation each time
        reply = device.respond(state_of(Emotion.SAD), said(words, language), turn * 1200 * SECOND)
        assert reply is not None
        texts.append(reply.text)
    assert len(set(texts)) == len(texts)


def test_after_a_day_a_text_may_be_said_again() -> None:
    device = talkative()
    first = {say(device, turn * SECOND) for turn in range(30)}
    later = {say(device, (86_500 + turn) * SECOND) for turn in range(30)}
    assert first & later


def say(device: Responder, now_ns: int) -> str:
    reply = device.respond(state_of(Emotion.SAD), said("I saw it all"), now_ns)
    assert reply is not None
    return reply.text


@pytest.mark.parametrize("language", Language)
def test_where_people_come_to_talk_a_question_has_a_sentence_in_front_that_takes_up_the_feeling(
    language: Language,
) -> None:
    device = talkative("wellbeing")
    library = load_library(language, "wellbeing")
    leads = [text.text for text in library.of("sad", Strategy.REFLECT)]
    reply = device.respond(state_of(Emotion.SAD), said(SENTENCE[language], language), 0)
    assert reply is not None
    assert reply.strategy == "question"
    assert reply.text.startswith(tuple(leads))
    assert reply.text.endswith(("?", "？"))
    assert len(reply.text) <= MANNERS["wellbeing"].longest(language)


@pytest.mark.parametrize("language", Language)
def test_clear_words_are_asked_about_though_the_senses_together_are_unsure(language: Language) -> None:
    device = talkative()
    about = {text.text for text in load_library(language).of("angry", Strategy.QUESTION)}
    reply = device.respond(state_of(None), said(SENTENCE[language], language, emotion=Emotion.ANGRY), 0)
    assert reply is not None
    assert reply.strategy == "question"
    assert reply.text in about


def test_words_that_are_not_clear_leave_the_device_unsure() -> None:
    device = talkative()
    unsure = {text.text for text in load_library(Language.EN).templates["unsure"] if not text.slots}
    vague = replace(said(SENTENCE[Language.EN]), affect=affect_of(Emotion.SURPRISE, 0.5))
    reply = device.respond(state_of(None), vague, 0)
    assert reply is not None
    assert reply.text in unsure


@pytest.mark.parametrize(
    ("words", "language", "leans"),
    [
        ("The bus was forty minutes late again", Language.EN, "hard"),
        ("I got a promotion", Language.EN, "good"),
        ("洗碗机坏了，车也坏了", Language.ZH, "hard"),
        ("我升职了", Language.ZH, "good"),
    ],
)
def test_what_is_hard_or_good_is_answered_so_though_no_feeling_is_told(
    words: str, language: Language, leans: str
) -> None:
    device = talkative()
    slots = re.compile(r"\{[^}]*\}")
    about = [slots.split(one.text)[-1] for one in load_library(language).templates[leans]]
    for turn in range(3):
        reply = device.respond(state_of(Emotion.NEUTRAL), said(words, language, emotion=Emotion.NEUTRAL), turn * SECOND)
        assert reply is not None
        assert reply.text.endswith(tuple(about)), reply.text


def test_nobody_is_told_of_a_feeling_that_the_event_never_brings_about() -> None:
    device = talkative()
    vague = replace(said("my cat is sick"), affect=affect_of(Emotion.DISGUST, 0.6))
    reply = device.respond(state_of(Emotion.DISGUST), vague, 0)
    assert reply is not None
    assert reply.text not in {one.text for one in load_library(Language.EN).templates["disgust"]}


def test_cheerful_words_right_after_something_hard_are_asked_about_once_where_nothing_but_words_is_sensed() -> None:
    by_words = replace(state_of(Emotion.HAPPY), shares=((Sense.TEXT, 1.0),))
    laughed = said("my friends laughed about it", emotion=Emotion.HAPPY)
    library = load_library(Language.EN)
    cheer = {one.text for leans in ("happy", "good") for one in library.templates[leans]}

    def answers(*states: State) -> list[bool]:
        device = talkative()
        replies = [
            device.respond(state, said("I saw it all") if state.label is Emotion.SAD else laughed, turn * SECOND)
            for turn, state in enumerate(states)
        ]
        return [reply is not None and reply.text in cheer for reply in replies]

    assert answers(state_of(Emotion.SAD), by_words, by_words) == [False, False, True]
    assert answers(state_of(Emotion.SAD), state_of(Emotion.HAPPY)) == [False, True]
    assert answers(by_words) == [True]
