"""A proposal is made, taken once or refused, and is over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge.affect import Alertness, Emotion, Language, Stage
from edge.response.acting import GRAVE_NS, Acting
from edge.response.acting_settings import ActionsSettings
from edge.response.actions import actions
from edge.response.proposal import Act, By, Proposal
from edge.response.strategy import Moment
from edge.response.talk import Talk
from tests.edge.response.support import SECOND

EN, ZH = Language
ANGRY = Moment(Talk.STATEMENT, Emotion.ANGRY, -0.5, 0.5, 0.9)
HOUR = 3600 * SECOND
ALL = tuple(actions())


def acting(context: str = "home", *, ready: bool = True, **settings: object) -> Acting:
    allowed = {"allowed": ["dim_light"], **settings}
    return Acting(ActionsSettings.model_validate(allowed), context, lambda: ready)


def proposed(device: Acting, now_ns: int = 0, language: Language = EN) -> Proposal:
    action = device.find(ANGRY, now_ns)
    assert action is not None
    device.offer(action, language, now_ns)
    (told,) = device.news()
    assert isinstance(told, Proposal)
    return told


def test_by_default_nothing_is_ever_proposed() -> None:
    device = Acting(ActionsSettings(), "home")
    assert device.find(ANGRY, 0) is None


@pytest.mark.parametrize("context", ["service", "tutor", "game", "social", "work"])
def test_where_the_person_is_a_guest_or_a_child_nothing_is_proposed(context: str) -> None:
    for label in Emotion:
        for arousal in (-0.5, 0.5):
            moment = replace(ANGRY, label=label, arousal=arousal)
            assert acting(context, allowed=ALL).find(moment, 0) is None


def test_what_nobody_could_carry_out_is_not_proposed() -> None:
    assert acting(ready=False).find(ANGRY, 0) is None


def test_nothing_is_proposed_to_who_said_nothing() -> None:
    assert acting().find(replace(ANGRY, talk=None), 0) is None


def test_a_proposal_says_what_it_is_and_until_when() -> None:
    told = proposed(acting(lasts_s=30), 5 * SECOND, ZH)
    assert (told.action, told.title, told.service) == ("dim_light", "把灯调暗", "light.turn_on")
    assert dict(told.data) == {"brightness_pct": 40, "transition": 5}
    assert (told.made_ns, told.expires_ns) == (5 * SECOND, 35 * SECOND)
    assert len(told.id) == 32


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Yes, please!", EN),
        ("yes", EN),
        ("OK", EN),
        ("Sure, go ahead.", EN),
        ("好的", ZH),
        ("好呀！", ZH),
        ("可以", ZH),
    ],
)
def test_a_yes_directly_after_it_has_it_done_once(words: str, language: Language) -> None:
    device = acting()
    told = proposed(device, 0, language)
    answered = device.hear(words, language, SECOND)
    assert answered is not None
    assert answered.text in actions()["dim_light"].texts[language].done
    assert device.news() == [Act(told, By.WORDS)]
    assert device.hear(words, language, 2 * SECOND) is None
    assert not device.tap(told.id, 3 * SECOND)
    assert device.news() == []


@pytest.mark.parametrize(("words", "language"), [("No, thanks.", EN), ("leave it", EN), ("不用了", ZH), ("算了", ZH)])
def test_a_no_is_taken_without_a_word_and_rests_twice_as_long(words: str, language: Language) -> None:
    device = acting(every_h=1)
    told = proposed(device, 0, language)
    answered = device.hear(words, language, 0)
    assert answered is not None
    assert answered.text is None
    assert device.news() == []
    assert not device.tap(told.id, 2 * SECOND)
    assert device.find(ANGRY, 2 * HOUR - 1) is None
    assert device.find(ANGRY, 2 * HOUR) is not None


def test_words_about_something_else_leave_it_open_for_a_tap_but_a_later_yes_is_no_answer() -> None:
    device = acting()
    told = proposed(device)
    assert device.hear("My boss shouted at me", EN, SECOND) is None
    assert device.hear("yes", EN, 2 * SECOND) is None
    assert device.news() == []
    assert device.tap(told.id, 3 * SECOND)
    assert device.news() == [Act(told, By.TAP)]


def test_a_yes_to_nothing_is_none() -> None:
    assert acting().hear("yes please", EN, 0) is None


def test_a_proposal_expires() -> None:
    device = acting(lasts_s=10)
    told = proposed(device)
    assert device.open(10 * SECOND) is told
    assert device.hear("yes please", EN, 10 * SECOND + 1) is None
    assert not device.tap(told.id, 10 * SECOND + 2)
    assert not device.tap(None, 10 * SECOND + 2)
    assert device.refused == 2
    assert device.news() == []


def test_a_tap_of_a_button_takes_the_open_one_but_not_before_it_can_have_been_read() -> None:
    device = acting()
    told = proposed(device)
    assert not device.tap(None, SECOND - 1)
    assert device.tap(None, SECOND)
    assert not device.tap(None, SECOND), "and not a second time"
    assert device.news() == [Act(told, By.TAP)]


def test_another_devices_proposal_is_refused_and_counted() -> None:
    device, other = acting(), acting()
    proposed(device)
    strange = proposed(other)
    assert not device.tap(strange.id, 2 * SECOND)
    assert device.refused == 1
    assert device.news() == []


def test_an_action_is_proposed_once_in_its_hours() -> None:
    device = acting(every_h=4)
    proposed(device)
    device.tap(None, 2 * SECOND)
    device.news()
    assert device.find(ANGRY, 4 * HOUR - 1) is None
    assert device.find(ANGRY, 4 * HOUR) is not None


def test_while_one_is_open_there_is_no_second() -> None:
    device = acting(allowed=["dim_light", "softer_music"])
    proposed(device)
    assert device.find(ANGRY, SECOND) is None
    assert device.find(ANGRY, 61 * SECOND) is not None


def test_of_those_that_fit_the_one_not_used_for_longest_comes_next() -> None:
    device = acting(allowed=["dim_light", "softer_music", "pause_notifications"], every_h=0.25)
    order = [proposed(device, turn * HOUR).action for turn in range(6)]
    assert order == ["dim_light", "softer_music", "pause_notifications"] * 2


def test_its_texts_go_round() -> None:
    device = acting(every_h=0.25)
    said = []
    for turn in range(6):
        action = device.find(ANGRY, turn * HOUR)
        assert action is not None
        said.append(device.offer(action, EN, turn * HOUR))
    assert said[:3] == list(actions()["dim_light"].texts[EN].offer)
    assert said[3:] == said[:3]


def test_what_the_household_lets_be_done_unasked_is_done_and_said() -> None:
    device = acting(unasked=["dim_light"])
    action = device.find(ANGRY, 0)
    assert action is not None
    assert device.offer(action, EN, 0) in action.texts[EN].done
    (told,) = device.news()
    assert isinstance(told, Act)
    assert told.by is By.HOUSEHOLD
    assert device.open(0) is None
    assert device.find(ANGRY, HOUR) is None, "no more often than asked"


def test_a_permission_that_is_taken_back_ends_what_is_open() -> None:
    device = acting()
    told = proposed(device)
    device.adopt(ActionsSettings())
    assert device.hear("yes please", EN, SECOND) is None
    assert not device.tap(told.id, 2 * SECOND)
    assert device.find(ANGRY, 10 * HOUR) is None
    device.adopt(ActionsSettings(allowed=("dim_light",)))
    assert device.find(ANGRY, 10 * HOUR) is not None


@pytest.mark.parametrize(("talk", "events"), [(Talk.LOSS, []), (Talk.STATEMENT, ["overtime", "divorce"])])
def test_after_something_grave_nothing_is_proposed_for_hours(talk: Talk, events: list[str]) -> None:
    device = acting()
    told = proposed(device)
    device.note(talk, events, SECOND)
    assert not device.tap(told.id, 2 * SECOND)
    assert device.find(ANGRY, GRAVE_NS) is None
    assert device.find(ANGRY, GRAVE_NS + SECOND) is not None


def test_everyday_talk_is_not_grave() -> None:
    device = acting()
    device.note(Talk.STATEMENT, ["overtime"], 0)
    device.note(Talk.QUESTION, [], 0)
    assert device.find(ANGRY, 0) is not None


def test_a_dismissal_counts_as_no() -> None:
    device = acting(every_h=1)
    told = proposed(device)
    device.drop(SECOND)
    assert not device.tap(told.id, 2 * SECOND)
    assert device.find(ANGRY, 2 * HOUR) is None


def tired(stage: Stage = Stage.TIRED, warn: int = 1) -> Alertness:
    return Alertness(0, stage, "yawns", warn=warn)


def test_a_driver_who_is_warned_is_proposed_a_break_without_a_word() -> None:
    device = acting("car", allowed=["softer_music", "next_stop"])
    device.warned(tired(), ZH, 0)
    (told,) = device.news()
    assert isinstance(told, Proposal)
    assert (told.action, told.title) == ("next_stop", "下一站休息")
    assert device.hear("好的", ZH, SECOND) is None, "nobody was asked"
    assert device.tap(told.id, 2 * SECOND)
    device.news()
    device.warned(tired(Stage.DROWSY, 2), EN, HOUR)
    assert device.news() == [], "not again for hours"


def test_a_break_that_is_allowed_unasked_is_noted_at_the_warning() -> None:
    device = acting("car", allowed=["next_stop"], unasked=["next_stop"])
    device.warned(tired(), EN, 0)
    assert [type(item) for item in device.news()] == [Act]


@pytest.mark.parametrize(
    ("context", "alertness", "standing"),
    [
        ("car", tired(warn=0), False),
        ("car", tired(Stage.DISTRACTED, 2), False),
        ("car", tired(), True),
        ("home", tired(), False),
    ],
)
def test_without_a_warning_of_tiredness_at_the_wheel_no_break_is_proposed(
    context: str, alertness: Alertness, *, standing: bool
) -> None:
    device = acting(context, allowed=["next_stop", "rest_area"])
    device.warned(alertness, EN, 0, standing=standing)
    assert device.news() == []


def test_something_grave_keeps_no_break_from_a_tired_driver() -> None:
    device = acting("car", allowed=["rest_area"])
    device.grave(0)
    device.warned(tired(), EN, SECOND)
    assert [type(item) for item in device.news()] == [Proposal]
