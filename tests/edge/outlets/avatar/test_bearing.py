from __future__ import annotations

from edge.affect import Emotion, Language, Look
from edge.outlets.avatar.bearing import DWELL_S, LINGER_S, Bearing
from edge.outlets.avatar.lips import from_text
from edge.outlets.avatar.looks import ASLEEP, CARING, REST, UNSURE, pose_for
from edge.outlets.avatar.picture import Gallery, apart
from edge.outlets.avatar.settings import AvatarSettings
from tests.edge.outlets.avatar.samples import reply, state

NOW = 1000.0
SMILE = Look(smile=0.7, brows=0.2)


def bearing(sleep_after_s: float = 60.0) -> Bearing:
    return Bearing(Language.ZH, manner="calm", sleep_after_s=sleep_after_s, now=NOW)


def test_it_rests_until_somebody_is_there_and_then_follows_the_state() -> None:
    face = bearing()
    assert face.pose(NOW) == REST
    happy = state(Emotion.HAPPY)
    face.see(happy, NOW)
    assert face.pose(NOW) == pose_for(happy, "calm")
    face.manner = "mirror"
    assert face.pose(NOW) == pose_for(happy, "mirror")


def test_a_label_that_comes_and_goes_is_not_shown() -> None:
    face = bearing()
    happy, sad = state(Emotion.HAPPY), state(Emotion.SAD)
    face.see(happy, NOW)
    face.see(sad, NOW + 0.1)
    face.see(happy, NOW + DWELL_S)
    face.see(sad, NOW + DWELL_S + 0.1)
    assert face.pose(NOW + DWELL_S + 0.1) == pose_for(happy, "calm")
    face.see(sad, NOW + 2 * DWELL_S + 0.2)
    assert face.pose(NOW + 2 * DWELL_S + 0.2) == pose_for(sad, "calm")


def test_unsure_is_a_question_and_nobody_is_rest_at_once() -> None:
    face = bearing()
    face.see(state(None), NOW)
    assert face.pose(NOW) is UNSURE
    face.see(state(None, anybody=False), NOW + 0.1)
    assert face.pose(NOW + 0.1) == REST


def test_it_sleeps_when_nobody_was_there_for_long_and_wakes_at_once() -> None:
    face = bearing(60)
    face.see(state(), NOW)
    face.see(state(None, anybody=False), NOW + 50)
    assert face.pose(NOW + 59) == REST
    assert face.pose(NOW + 61) == ASLEEP
    face.attend(NOW + 62)
    assert face.pose(NOW + 62) == REST
    face.sleep_after_s = 0
    assert face.pose(NOW + 1e6) == REST


def test_a_state_that_is_not_told_any_more_does_not_keep_it_awake() -> None:
    face = bearing(60)
    face.see(state(), NOW)
    assert face.pose(NOW + 61) == ASLEEP


def test_a_reply_brings_its_look_until_it_is_over_and_lingers() -> None:
    face = bearing()
    face.see(state(Emotion.SAD), NOW)
    answer = reply(look=SMILE)
    face.answer(answer, 165, NOW)
    assert face.pose(NOW).look == SMILE
    lips = from_text(answer.text, answer.language, 165)
    face.sound(answer, lips, NOW + 1)
    over = NOW + 1 + lips.end
    assert face.pose(over + LINGER_S - 0.1).look == SMILE
    assert face.pose(over + LINGER_S + 0.1) == pose_for(state(Emotion.SAD), "calm")


def test_while_sound_goes_on_so_does_the_look() -> None:
    face = bearing()
    answer = reply(look=SMILE)
    face.sound(answer, from_text("Hm.", Language.EN, 165), NOW)
    face.speaks_on(NOW + 3)
    assert face.pose(NOW + 3 + LINGER_S - 0.1).look == SMILE


def test_a_reply_without_a_look_leaves_the_face_to_the_state() -> None:
    face = bearing()
    face.see(state(Emotion.SAD), NOW)
    face.answer(reply(), 165, NOW)
    assert face.pose(NOW) == pose_for(state(Emotion.SAD), "calm")


def test_it_is_told_in_the_language_of_what_is_said() -> None:
    face = bearing()
    assert face.language(NOW) is Language.ZH
    face.answer(reply(), 165, NOW)
    assert face.language(NOW) is Language.EN
    assert face.language(NOW + 60) is Language.ZH


def test_in_a_crisis_it_cares_whatever_was_believed() -> None:
    face = bearing()
    face.see(state(Emotion.HAPPY), NOW)
    face.answer(reply(crisis=True, look=SMILE), 165, NOW)
    assert face.pose(NOW) is CARING
    assert face.private(NOW)
    assert not face.private(NOW + 60)


def test_what_rested_on_a_withdrawn_sense_is_gone() -> None:
    face = bearing()
    face.see(state(Emotion.HAPPY), NOW)
    face.forget()
    assert face.pose(NOW) == REST


def gallery(**changes: object) -> Gallery:
    return Gallery(AvatarSettings.model_validate({"image_interval_s": 10, **changes}))


def test_a_picture_is_due_when_something_can_be_seen_and_not_too_soon() -> None:
    face, shown = bearing(), gallery()
    face.see(state(Emotion.HAPPY), NOW)
    assert shown.due(face, NOW) == face.pose(NOW)
    assert shown.due(face, NOW + 20) is None, "nothing has changed"
    face.see(state(Emotion.HAPPY, confidence=0.75), NOW + 30)
    assert shown.due(face, NOW + 30) is None, "nobody would see it"
    face.see(state(None, anybody=False), NOW + 31)
    assert shown.due(face, NOW + 31) == REST
    face.see(state(Emotion.HAPPY), NOW + 32)
    assert shown.due(face, NOW + 32) is None, "too soon"
    assert shown.due(face, NOW + 41) == face.pose(NOW + 41), "the latest always goes out"


def test_the_picture_keeps_still_while_the_words_for_a_crisis_are_said() -> None:
    face, shown = bearing(), gallery()
    face.see(state(Emotion.SAD), NOW)
    face.answer(reply(crisis=True), 165, NOW)
    assert shown.due(face, NOW) is None
    assert shown.due(face, NOW + 60) == pose_for(state(Emotion.SAD), "calm")


def test_other_colours_are_worth_a_picture() -> None:
    face, shown = bearing(), gallery()
    shown.due(face, NOW)
    shown.adopt(AvatarSettings(colour="sage"))
    assert shown.due(face, NOW + 20) == REST
    assert apart(REST, ASLEEP) == 1
