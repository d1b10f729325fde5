"""The way of an answer: crisis first, nobody is answered into, and proposals on their way."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from edge.affect import Emotion, Language, Reading, Reply, Sense
from edge.answering import Answering
from edge.response.around import Around
from edge.response.driving import Driving, Workload
from edge.response.proposal import Act, By, Proposal
from edge.safety.context import context
from edge.sensors.signals import AudioChunk
from edge.settings import Settings
from tests.edge.response.support import SECOND, affect_of, said, state_of

if TYPE_CHECKING:
    from edge.affect import State

ANGRY, SAD = Emotion.ANGRY, Emotion.SAD
CRISIS = "I want to kill myself"


def answering(**tables: Any) -> Answering:  # noqa: ANN401 - tables of settings
    settings = Settings.model_validate({"response": {"seed": 1, "min_gap_s": 0}, **tables})
    return Answering(settings, context(settings.safety), Around())


def talks(device: Answering, at_s: float, *, speech: bool = True) -> None:
    device.around.hear(AudioChunk(np.zeros(1, np.int16), int(at_s * SECOND)), speech=speech)


def hears(device: Answering, words: str, at_s: float, label: Emotion = ANGRY) -> Reply | None:
    at_ns = int(at_s * SECOND)
    return device.answer(state_of(label), said(words, captured_ns=at_ns, emotion=label), at_ns)


def sees(device: Answering, state: State, at_s: float) -> Reply | None:
    face = Reading(Sense.FACE, int(at_s * SECOND), affect_of(SAD, 0.9), 1.0)
    return device.answer(state, face, int(at_s * SECOND))


def test_an_answer_waits_until_somebody_has_finished() -> None:
    device = answering()
    talks(device, 10.0)
    assert hears(device, "I missed the last bus", 10.2) is None
    assert device.silence == "somebody is talking"
    assert device.waits
    talks(device, 10.5)
    assert device.due(int(11.0 * SECOND)) is None
    late = device.due(int(11.1 * SECOND))
    assert late is not None
    assert late.captured_ns == int(10.2 * SECOND)
    assert device.silence is None
    assert not device.waits
    assert device.due(int(12 * SECOND)) is None


def test_where_nobody_is_heard_there_is_no_wait() -> None:
    assert hears(answering(), "I missed the last bus", 10) is not None


def test_who_goes_on_talking_gets_one_answer_to_the_last_words() -> None:
    device = answering()
    talks(device, 10.0)
    assert hears(device, "I missed the last bus", 10.2) is None
    talks(device, 12.0)
    assert hears(device, "and then it rained", 12.2) is None
    late = device.due(13 * SECOND)
    assert late is not None
    assert late.captured_ns == int(12.2 * SECOND)
    assert device.due(14 * SECOND) is None


def test_an_answer_that_waited_too_long_is_dropped() -> None:
    device = answering(response={"wait_s": 4})
    for tenth in range(100, 141):
        talks(device, tenth / 10)
    hears(device, "I missed the last bus", 10)
    assert device.due(14 * SECOND) is None
    assert device.waits
    talks(device, 14.1)
    assert device.due(int(14.1 * SECOND)) is None
    assert not device.waits
    assert device.silence == "somebody went on talking, and the answer came too late"
    assert device.due(16 * SECOND) is None


def test_a_household_may_have_nobody_waited_for() -> None:
    device = answering(response={"wait_s": 0})
    talks(device, 10.0)
    assert hears(device, "I missed the last bus", 10.2) is not None


def test_no_remark_comes_before_an_answer_that_is_owed() -> None:
    device = answering(response={"settle_s": 0, "cooldown_s": 0})
    talks(device, 10.0)
    assert hears(device, "I missed the last bus", 10.2, SAD) is None
    assert sees(device, state_of(SAD), 10.9) is None
    assert device.due(11 * SECOND) is not None


def test_words_of_crisis_wait_for_nobody_and_end_what_waits_and_what_is_proposed() -> None:
    device = answering(actions={"allowed": ["dim_light"]})
    proposal = brought_up(device)
    talks(device, 60.0)
    assert hears(device, "I missed the last bus", 60.1) is None
    helped = hears(device, CRISIS, 60.2, SAD)
    assert helped is not None
    assert helped.crisis
    assert not device.waits
    assert not device.tap(proposal.id, 65 * SECOND)
    assert device.news() == []


def brought_up(device: Answering) -> Proposal:
    """Four angry turns bring it up: it listens, asks, acknowledges, and only then offers."""
    strategies = []
    for turn in range(4):
        reply = hears(device, "He took it all", 10.0 * (turn + 1))
        assert reply is not None
        strategies.append(reply.strategy)
    assert strategies == ["reflect", "question", "affirm", "act"]
    (proposal,) = device.news()
    assert isinstance(proposal, Proposal)
    return proposal


def test_a_proposal_comes_after_listening_and_a_yes_is_answered_by_doing_it() -> None:
    device = answering(actions={"allowed": ["dim_light"]})
    proposal = brought_up(device)
    reply = hears(device, "Yes please.", 42)
    assert reply is not None
    assert (reply.strategy, reply.text) == ("act", "Turning the light down.")
    assert device.news() == [Act(proposal, By.WORDS)]


def test_a_driver_is_offered_without_a_question_and_not_while_busy() -> None:
    device = answering(safety={"context": "car"}, actions={"allowed": ["softer_music"]})
    device.around.road.hear(Driving(0, 35 * SECOND, workload=Workload.LOW))
    replies = [hears(device, "He took it all", 10.0 * turn) for turn in range(1, 4)]
    assert None not in replies
    device.around.road.hear(Driving(35 * SECOND, 10 * SECOND, workload=Workload.HIGH))
    assert hears(device, "He took it all", 40) is None
    assert device.silence == "the driver has enough to do"
    device.around.road.hear(Driving(45 * SECOND, 60 * SECOND, workload=Workload.LOW))
    offer = hears(device, "He took it all", 50)
    assert offer is not None
    assert offer.strategy == "act"
    assert not [reply for reply in (*replies, offer) if reply is not None and "?" in reply.text]


def test_a_no_is_followed_by_silence() -> None:
    device = answering(actions={"allowed": ["dim_light"]})
    brought_up(device)
    assert hears(device, "No, thanks.", 42) is None
    assert device.silence == "needs no answer"
    assert device.news() == []


def test_without_a_permission_the_same_talk_brings_a_suggestion() -> None:
    device = answering()
    replies = [hears(device, "He took it all", 10.0 * (turn + 1)) for turn in range(4)]
    assert [None if reply is None else reply.strategy for reply in replies][-1] == "suggest"


def test_after_a_loss_nothing_is_proposed() -> None:
    device = answering(actions={"allowed": ["dim_light", "warm_light", "pause_notifications"]})
    assert hears(device, "My mother died", 0, SAD) is not None
    for turn in range(12):
        reply = hears(device, "It is so unfair", 10.0 * (turn + 1))
        assert reply is None or reply.strategy != "act"
    assert device.news() == []


def test_where_no_home_listens_nothing_is_proposed() -> None:
    settings = Settings.model_validate({"response": {"min_gap_s": 0}, "actions": {"allowed": ["dim_light"]}})
    device = Answering(settings, context(settings.safety), ready=lambda: False)
    for turn in range(8):
        reply = hears(device, "He took it all", 10.0 * (turn + 1))
        assert reply is None or reply.strategy != "act"


def test_not_now_by_a_button_drops_what_waits_and_what_is_proposed() -> None:
    device = answering(actions={"allowed": ["dim_light"]})
    proposal = brought_up(device)
    talks(device, 60.0)
    assert hears(device, "I missed the last bus", 60.1) is None
    device.rest(61 * SECOND)
    assert not device.waits
    assert not device.tap(proposal.id, 62 * SECOND)
    assert hears(device, "I missed the last bus", 70) is None
    assert device.silence == "resting for 10 min"


@pytest.mark.parametrize("place", ["service", "tutor", "game", "social"])
def test_in_these_places_nothing_is_ever_proposed(place: str) -> None:
    device = answering(safety={"context": place}, actions={"allowed": ["dim_light", "softer_music"]})
    for turn in range(12):
        hears(device, "He took it all", 10.0 * (turn + 1))
    assert device.news() == []


def test_settings_that_change_take_a_permission_back_at_once() -> None:
    device = answering(actions={"allowed": ["dim_light"]})
    proposal = brought_up(device)
    device.adopt(Settings())
    assert not device.tap(proposal.id, 45 * SECOND)
    assert device.refused == 1


def test_the_reason_is_told_in_the_devices_first_language() -> None:
    device = answering(device={"languages": ["zh"]}, response={"quiet": True})
    assert device.answer(state_of(SAD), said("今天真倒霉", Language.ZH), 0) is None
    assert device.silence == "设置 response.quiet 要求不说话"


def test_answers_are_drawn_without_numpys_random_numbers() -> None:
    """They take 2 MiB of a device, and Python has some of its own."""
    code = (
        "import sys, edge.runtime\n"
        "from edge.learning.bandit import Bandit\n"
        "from edge.response.drawn import Drawer\n"
        "from edge.accelerators.model import device_models\n"
        "from edge.accelerators.cpu import Cpu\n"
        "from edge.accelerators.settings import ModelsSettings\n"
        "Bandit('home', 1)\n"
        "Drawer(device_models(ModelsSettings(), Cpu()), 1).step()\n"
        "print('numpy.random' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=True)
    assert ran.stdout == "False\n"
