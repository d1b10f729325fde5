"""Movement in simulated time: nothing here waits."""

from __future__ import annotations

import itertools

import pytest

from edge.affect import Emotion, Language, Look
from edge.outlets.avatar.ease import SETTLE_S, Ease
from edge.outlets.avatar.lips import from_text
from edge.outlets.avatar.looks import ASLEEP, REST, Pose, pose_of
from edge.outlets.avatar.motion import Motion, still

START = 123_456.0
"""Clocks do not begin at 0."""
HAPPY = pose_of(Emotion.HAPPY, "mirror")


def test_a_pose_is_nearly_reached_after_the_time_to_settle_and_never_overshot() -> None:
    ease = Ease((0.0,))
    ease.to((1.0,), START)
    places = [ease.at(START + moment / 1000)[0] for moment in range(2000)]
    assert places[0] == 0
    assert places[round(SETTLE_S * 1000)] == pytest.approx(0.95, abs=0.01)
    assert all(later >= sooner for sooner, later in itertools.pairwise(places))
    assert max(places) <= 1
    assert not ease.settled(START + SETTLE_S)
    assert ease.settled(START + 1.0)


def test_a_new_aim_in_the_middle_of_a_movement_makes_no_jump_of_place_or_speed() -> None:
    ease = Ease((0.0, 0.0))
    ease.to((1.0, -1.0), START)
    turned = START + 0.1
    step = 1e-4
    before = [ease.at(turned - step), ease.at(turned)]
    ease.to((-1.0, 0.5), turned)
    after = [ease.at(turned), ease.at(turned + step)]
    assert after[0] == pytest.approx(before[1])
    for number in range(2):
        speed_before = (before[1][number] - before[0][number]) / step
        speed_after = (after[1][number] - after[0][number]) / step
        assert speed_after == pytest.approx(speed_before, abs=0.05)


def test_the_face_comes_to_the_pose_that_it_is_given() -> None:
    motion = Motion(1)
    motion.aim(HAPPY, START)
    assert motion.at(START).look.smile == pytest.approx(0, abs=0.01)
    later = motion.at(START + 2).look
    assert (later.smile, later.brows) == pytest.approx((HAPPY.look.smile, HAPPY.look.brows), abs=0.01)


def simulated(seconds: float, motion: Motion, step: float = 0.02) -> list[tuple[float, float, float]]:
    """Blink, breath and rightward gaze at each step."""
    found = []
    for index in range(int(seconds / step)):
        face = motion.at(START + index * step)
        found.append((face.blink, face.breath, face.gaze[0]))
    return found


def test_it_blinks_as_often_and_as_briefly_as_people_do() -> None:
    blinks = [blink for blink, _, _ in simulated(600, Motion(1))]
    begun = sum(before == 0 < now for before, now in itertools.pairwise(blinks))
    assert 12 <= begun / 10 <= 22
    shut_s = sum(blink > 0 for blink in blinks) * 0.02 / begun
    assert 0.1 <= shut_s <= 0.3
    assert max(blinks) > 0.9


def test_it_breathes_twelve_times_a_minute_and_slower_asleep() -> None:
    def breaths(motion: Motion) -> int:
        phases = [breath for _, breath, _ in simulated(60, motion)]
        return sum(now < before for before, now in itertools.pairwise(phases))

    assert breaths(Motion(1)) in {11, 12, 13}
    asleep = Motion(1)
    asleep.aim(ASLEEP, START)
    assert breaths(asleep) in {8, 9, 10}


def test_falling_asleep_does_not_make_the_breath_jump() -> None:
    motion = Motion(1)
    before = motion.at(START + 1.3).breath
    motion.aim(ASLEEP, START + 1.3)
    assert motion.at(START + 1.3).breath == pytest.approx(before)


def test_asleep_it_neither_blinks_nor_looks_about() -> None:
    motion = Motion(1)
    motion.aim(ASLEEP, START - 60)
    found = simulated(120, motion)
    assert max(blink for blink, _, _ in found) < 1e-6
    assert max(abs(right) for _, _, right in found) < 1e-6


def test_eyes_wander_a_little_and_rest_on_whom_it_speaks_to() -> None:
    quiet = [abs(right) for _, _, right in simulated(300, Motion(3))]
    assert 0.2 < max(quiet) < 0.5
    motion = Motion(3)
    motion.speak(from_text("word " * 2000, Language.EN, 165), START)
    assert max(abs(right) for _, _, right in simulated(300, motion)) < 0.1


def test_the_mouth_moves_while_something_is_said_and_rests_when_it_is_over() -> None:
    motion = Motion(1)
    lips = from_text("Tell me more about it", Language.EN, 165)
    motion.speak(lips, START)
    opened = [motion.at(START + moment / 50).look.mouth for moment in range(int(lips.end * 50))]
    assert max(opened) > 0.3
    assert motion.speaking(START + 0.5)
    assert not motion.speaking(START + lips.end)
    assert motion.at(START + lips.end + 0.2).look.mouth == 0


def test_speech_that_is_cut_shuts_the_mouth_soon_and_smoothly() -> None:
    motion = Motion(1)
    motion.speak(from_text("aaaa " * 40, Language.EN, 165), START)
    cut = START + 0.1
    opened = motion.at(cut).look.mouth
    assert opened > 0.2
    motion.hush(cut)
    assert not motion.speaking(cut)
    steps = [motion.at(cut + moment / 100).look.mouth for moment in range(30)]
    assert steps[0] == pytest.approx(opened)
    assert max(abs(now - before) for before, now in itertools.pairwise(steps)) < 0.1
    assert steps[-1] == 0


def test_lips_glide_after_the_loudness() -> None:
    motion = Motion(1)
    motion.speak(from_text("aaaa " * 40, Language.EN, 165), START)
    motion.hear(0.0, START + 1)
    assert motion.at(START + 1).look.mouth == 0
    motion.hear(1.0, START + 1.02)
    sooner = motion.at(START + 1.02).look.mouth
    motion.hear(1.0, START + 1.3)
    assert 0 < sooner < 0.4 < motion.at(START + 1.3).look.mouth
    motion.speak(from_text("aaaa " * 40, Language.EN, 165), START + 2)
    assert motion.at(START + 2).look.mouth == 0, "the next reply begins anew"


def test_what_it_says_does_not_change_how_it_looks() -> None:
    motion = Motion(1)
    motion.aim(HAPPY, START - 5)
    motion.speak(from_text("Tell me more", Language.EN, 165), START)
    assert motion.at(START + 0.3).look.smile == pytest.approx(HAPPY.look.smile, abs=0.01)


def test_it_is_busy_while_something_moves_and_not_while_it_only_breathes() -> None:
    motion = Motion(1)
    motion.at(START)
    motion.aim(HAPPY, START)
    assert motion.busy(START + 0.2)
    quiet = sum(not motion.busy(START + 2 + moment / 20) for moment in range(400) if motion.at(START + 2 + moment / 20))
    assert quiet > 250


def test_the_same_seed_gives_the_same_life() -> None:
    assert simulated(30, Motion(5)) == simulated(30, Motion(5))
    assert simulated(30, Motion(5)) != simulated(30, Motion(6))


def test_without_movement_the_pose_is_all() -> None:
    face = still(Pose(Look(smile=0.4), doubt=0.5))
    assert (face.blink, face.rounded, face.look.smile, face.doubt) == (0, 0, 0.4, 0.5)
    motion = Motion(1)
    motion.aim(HAPPY, START)
    assert motion.still() == still(HAPPY)
    assert Motion(1).still() == still(REST)
