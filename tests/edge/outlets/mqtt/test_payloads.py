from __future__ import annotations

import datetime as dt
import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.affect import EMOTIONS, Affect, Cue, Emotion, Episode, Language, Reply, Sense, State
from edge.outlets.mqtt.payloads import CrisisNotice, EpisodePayload, ReplyPayload, StatePayload, shortened
from tests.edge.outlets.mqtt.samples import reply, state

words = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=400)


def test_a_state_has_every_key_also_when_it_has_no_reason() -> None:
    sent = json.loads(StatePayload.of(state()).encode())
    assert sent["emotion"] == "happy"
    assert sent["reason"] is None
    assert sent["senses"] == {"face": "ON", "voice": "OFF", "text": "ON"}
    assert set(sent) == {"emotion", "valence", "arousal", "confidence", "reason", "senses", "explanation"}


def test_unsure_is_a_value_with_its_reason() -> None:
    sent = json.loads(StatePayload.of(state(None)).encode())
    assert sent["emotion"] == "unsure"
    assert sent["reason"] == "the senses disagree"


def test_without_any_sense_in_use_there_are_no_figures() -> None:
    nothing = replace(state(None), shares=())
    sent = json.loads(StatePayload.of(nothing).encode())
    assert [sent[key] for key in ("valence", "arousal", "confidence")] == [None, None, None]
    assert set(sent["senses"].values()) == {"OFF"}


@given(words)
def test_what_the_home_holds_as_a_state_has_at_most_255_characters_and_starts_like_the_text(text: str) -> None:
    short = shortened(text)
    assert len(short) <= 255
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
    assert json.loads(ReplyPayload.of(reply(text)).encode())["full"] == text


@given(words.filter(lambda text: len(text) > 12))
def test_no_cue_and_no_reason_of_an_absent_sense_leaves_the_device_as_they_may_quote_the_person(said: str) -> None:
    cue = Cue(said, 1.0, said, f'the words "{said}"', 1.0)
    affect = Affect.of((1.0, 0, 0, 0, 0, 0, 0))
    quoting = State(0, Emotion.ANGRY, affect, None, ((Sense.TEXT, 1.0),), ((Sense.FACE, said),), (cue,))
    sent = StatePayload.of(quoting).encode().decode()
    assert said not in sent
    assert json.dumps(said)[1:-1] not in sent


def test_a_reply_that_quotes_the_person_is_published_without_its_text() -> None:
    sent = json.loads(ReplyPayload.of(reply("So your landlord threw you out.", quotes=True)).encode())
    assert len(sent.pop("id")) == 32
    assert sent == {"text": None, "full": None, "language": "en", "strategy": "affirm"}


def test_an_episode_is_told_with_its_times_on_the_wall() -> None:
    now_ns = time.monotonic_ns()
    began = EpisodePayload.of(Episode(Emotion.SAD, now_ns - 5 * 10**9, now_ns, 0.81234))
    assert (began.event_type, began.emotion, began.end, began.peak) == ("began", "sad", None, 0.812)
    assert began.seconds == pytest.approx(5, abs=0.5)
    ended = EpisodePayload.of(Episode(Emotion.SAD, now_ns - 65 * 10**9, now_ns, 0.9, end_ns=now_ns - 5 * 10**9))
    assert (ended.event_type, ended.seconds) == ("ended", 60.0)
    assert ended.end is not None
    lasted = dt.datetime.fromisoformat(ended.end) - dt.datetime.fromisoformat(ended.onset)
    assert lasted.total_seconds() == pytest.approx(60, abs=1)


def test_a_crisis_notice_says_that_and_when_but_not_what() -> None:
    crisis = Reply("Please call 988 now.", Language.EN, "crisis", 0, crisis=True)
    first, second = CrisisNotice.of(crisis, "kitchen"), CrisisNotice.of(crisis, "kitchen")
    assert set(json.loads(first.encode())) == {"kind", "id", "device", "at"}
    assert "988" not in first.encode().decode().replace(first.id, "")  # an id may have these digits by chance
    assert first.id != second.id


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_every_emotion_is_published_under_its_own_name(emotion: Emotion) -> None:
    assert StatePayload.of(state(emotion)).emotion == emotion.value


@pytest.mark.parametrize("jump_s", [-86_400, 86_400])
def test_the_time_of_a_notice_is_the_border_clock_less_a_monotonic_age(
    monkeypatch: pytest.MonkeyPatch, jump_s: int
) -> None:
    crisis = replace(reply("Call 988.", crisis=True), captured_ns=time.monotonic_ns() - 60 * 10**9)
    wall = 1_800_000_000 + jump_s
    monkeypatch.setattr(time, "time", lambda: wall)
    at = dt.datetime.fromisoformat(CrisisNotice.of(crisis, "kitchen").at)
    assert wall - at.timestamp() == pytest.approx(60, abs=30)
