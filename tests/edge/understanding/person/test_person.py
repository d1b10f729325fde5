from __future__ import annotations

import re
from dataclasses import replace

import pytest

from edge.affect import Affect, Cue, Emotion, Language, Reading, Sense
from edge.perception.face.cues import BROW, EYE, PITCH, ROLL, SMILE, YAW
from edge.perception.voice.cues import cues as voice_cues
from edge.perception.voice.prosody import Prosody
from edge.perception.voice.settings import UsualSettings
from edge.response.signs import SPEAKS_FOR, sign
from edge.understanding.person.baseline import Baseline, ProfileRecord
from edge.understanding.person.bias import corrected, shift_of
from edge.understanding.person.measures import FACE, MEASURES, VOICE, Measure
from edge.understanding.person.person import SPAN_S, Person
from edge.understanding.person.settings import PersonSettings
from edge.understanding.person.telling import WORDS, relative
from edge.understanding.wording.phrasebook import ours, phrasebook
from tests.edge.understanding.person.readings import CALM, SECOND, reading, teach

BOTH = frozenset({Sense.FACE, Sense.VOICE})
HOUR = 3600.0


def somebody(settings: PersonSettings | None = None, allowed: frozenset[Sense] = BOTH) -> Person:
    chosen = settings or PersonSettings(minutes=1)
    person = Person(chosen)
    person.become(Baseline("Anna", HOUR * chosen.half_life_h))
    person.allow(allowed)
    return person


def seconds_of(person: Person, sense: Sense = Sense.VOICE) -> float:
    assert person.baseline is not None
    usual = person.baseline.find(sense)
    return 0.0 if usual is None else usual.seconds


def test_a_cold_start_changes_nothing() -> None:
    person = somebody()
    given = reading(Sense.VOICE, 100, pitch=300.0)
    assert person.adjust(given) is given
    teach(person, 59, pitch=200.0)
    assert person.adjust(given) is given, "59 of 60 seconds"
    teach(person, 1, start_s=59, pitch=200.0)
    assert person.adjust(given) != given


def test_a_pitch_is_told_in_semitones_from_the_persons_own() -> None:
    person = somebody()
    teach(person, 120, pitch=200.0)
    (higher,) = person.adjust(reading(Sense.VOICE, 200, pitch=200.0 * 2 ** (3 / 12))).cues
    told = re.fullmatch(r"high voice, ([\d.]+) semitones above your usual", higher.phrase)
    assert told is not None
    assert float(told[1]) == pytest.approx(3.0, abs=0.25), "to within half a bin"
    assert higher.usual == pytest.approx(200.0, rel=0.02)
    assert higher.value == pytest.approx(200.0 * 2 ** (3 / 12)), "the value itself is as it was measured"
    assert higher.strength == 1.0
    (same,) = person.adjust(reading(Sense.VOICE, 201, pitch=201.0)).cues
    assert same.phrase == "your usual pitch"
    assert same.strength < 0.15
    (lower,) = person.adjust(reading(Sense.VOICE, 202, pitch=150.0)).cues
    assert lower.phrase.startswith("low voice, ")
    assert lower.phrase.endswith(" semitones below your usual")


def test_a_turned_head_is_told_as_an_angle() -> None:
    person = somebody()
    teach(person, 120, Sense.FACE, head_yaw=-10.0)
    (cue,) = person.adjust(reading(Sense.FACE, 200, head_yaw=20.0)).cues
    assert re.fullmatch(r"head turned to the right, (29|30|31)° from your usual", cue.phrase)


def test_what_is_high_for_others_is_usual_for_a_child() -> None:
    person = somebody()
    teach(person, 120, pitch=300.0)
    adjusted = person.adjust(reading(Sense.VOICE, 200, pitch=300.0))
    assert adjusted.cues[0].phrase == "your usual pitch"


def test_cues_are_sorted_anew_and_others_are_left_alone() -> None:
    person = somebody()
    teach(person, 120, Sense.FACE, smile=5.0, brow_raise=20.0)
    other = Cue("other faces", 2.0, "faces", "2 other faces in view", 0.4)
    given = reading(Sense.FACE, 200, smile=5.0, brow_raise=26.0)
    adjusted = person.adjust(replace(given, cues=(*given.cues, other)))
    assert [cue.name for cue in adjusted.cues] == ["brow raise", "other faces", "smile"]
    assert adjusted.cues[1] is other


def test_a_measure_that_was_never_seen_is_told_as_of_anybody() -> None:
    person = somebody()
    teach(person, 120, pitch=200.0)
    given = reading(Sense.VOICE, 200, energy=-10.0)
    assert person.adjust(given).cues == given.cues


def test_nothing_is_learned_without_permission() -> None:
    person = somebody(allowed=frozenset({Sense.FACE}))
    teach(person, 600, pitch=200.0)
    assert seconds_of(person) == 0
    nobody = Person(PersonSettings(minutes=1))
    nobody.become(Baseline("Anna", HOUR))
    teach(nobody, 600, pitch=200.0)
    assert nobody.baseline is not None
    assert nobody.baseline.record().senses == {}


def test_what_may_be_known_no_more_is_forgotten_at_once_and_the_rest_is_not() -> None:
    person = somebody()
    teach(person, 120, pitch=200.0)
    teach(person, 120, Sense.FACE, smile=1.0)
    person.allow(frozenset({Sense.FACE}))
    given = reading(Sense.VOICE, 200, pitch=300.0)
    assert person.adjust(given) is given
    person.allow(BOTH)
    assert person.adjust(given) is given
    assert seconds_of(person) == 0
    assert seconds_of(person, Sense.FACE) == 120


def test_words_teach_nothing() -> None:
    person = somebody(allowed=frozenset(Sense))
    teach(person, 120, Sense.TEXT, pitch=200.0)
    assert seconds_of(person, Sense.TEXT) == 0


def test_a_reading_that_abstains_or_is_of_low_quality_teaches_nothing() -> None:
    person = somebody()
    for step in range(1000):
        person.learn(reading(Sense.VOICE, step / 2, quality=0.39, pitch=200.0))
        person.learn(Reading(Sense.FACE, step * SECOND // 2, None, 0.0, reason="no face is in view"))
    assert seconds_of(person) == 0
    assert seconds_of(person, Sense.FACE) == 0


def test_a_value_that_is_no_number_teaches_nothing() -> None:
    person = somebody()
    teach(person, 60, pitch=float("nan"), energy=-20.0)
    teach(person, 60, start_s=60, pitch=float("inf"), energy=-20.0)
    adjusted = person.adjust(reading(Sense.VOICE, 200, pitch=200.0, energy=-20.0))
    assert {cue.name: cue.usual is None for cue in adjusted.cues} == {"pitch": True, "energy": False}


@pytest.mark.parametrize("rate", [5, 30])
def test_evidence_is_time_and_not_a_number_of_readings(rate: int) -> None:
    person = somebody()
    for step in range(60 * rate + 1):
        person.learn(reading(Sense.FACE, step / rate, smile=1.0))
    assert seconds_of(person, Sense.FACE) == pytest.approx(60)


def test_a_clock_that_jumps_teaches_at_most_one_span() -> None:
    person = somebody()
    for at_s in (10.0, 1e9, 5.0, 4.0, 1e10):
        person.learn(reading(Sense.VOICE, at_s, pitch=200.0))
    assert seconds_of(person) == 2 * SPAN_S, "two jumps ahead; backwards is no time"


def test_a_day_of_the_same_face_is_not_normal_before_the_half_life_is_over() -> None:
    person = somebody(PersonSettings(minutes=10, half_life_h=10))
    now = 0.0
    for _ in range(60 * 3600):  # weeks of 1 % of smile, told once a second
        now += 0.5
        person.learn(reading(Sense.FACE, now, smile=1.0))
    usual = []
    for second in range(2 * 11 * 3600):
        now += 0.5
        person.learn(reading(Sense.FACE, now, smile=9.0))
        if second % 7200 == 0:
            usual.append(person.adjust(reading(Sense.FACE, now, smile=9.0)).cues[0].usual or 0.0)
    assert usual[:9] == pytest.approx([1.0] * 9, abs=0.5)
    assert person.adjust(reading(Sense.FACE, now, smile=9.0)).cues[0].usual == pytest.approx(9.0, abs=0.5)


def test_what_is_kept_says_the_same_when_it_is_read_again() -> None:
    person = somebody()
    teach(person, 300, pitch=200.0, energy=-25.0, speech_rate=4.0)
    assert person.baseline is not None
    record = ProfileRecord.model_validate_json(person.baseline.record().model_dump_json())
    again = somebody()
    again.become(Baseline("Anna", HOUR * 10, record))
    given = reading(Sense.VOICE, 400, pitch=250.0, energy=-15.0, speech_rate=5.0)
    assert again.adjust(given).cues == person.adjust(given).cues


def test_every_measure_has_the_senses_own_words_and_replies_know_them() -> None:
    prosody = Prosody(200.0, 5.0, -20.0, 4.0, 0.1)
    assert {cue.name for cue in voice_cues(prosody, UsualSettings())} == {measure.cue for measure in VOICE}
    scales = (SMILE, BROW, EYE, YAW, PITCH, ROLL)
    assert [(scale.name, scale.unit) for scale in scales] == [(measure.cue, measure.unit) for measure in FACE]
    for measures in MEASURES.values():
        assert {measure.cue for measure in measures} <= set(WORDS)
    person = somebody()
    teach(person, 120, pitch=200.0)
    told = person.adjust(reading(Sense.VOICE, 200, pitch=260.0)).cues[0]
    assert sign(told) in SPEAKS_FOR


@pytest.mark.parametrize("measure", [*FACE, *VOICE], ids=lambda measure: measure.cue)
def test_what_is_told_is_the_programs_own_and_has_chinese_words(measure: Measure) -> None:
    for value in (measure.scale.low, 0.5 * (measure.scale.low + measure.scale.high), measure.scale.high):
        cue = Cue(measure.cue, measure.told(value), measure.unit, "", 0.5)
        phrase = relative(cue, measure, 0.5 * (measure.scale.low + measure.scale.high), measure.least_spread).phrase
        assert ours(phrase)
        assert phrasebook(Language.ZH).find(phrase) is not None, phrase


def affect(emotion: Emotion, confidence: float) -> Affect:
    rest = (1 - confidence) / (len(Emotion) - 1)
    return Affect.of(tuple(confidence if e is emotion else rest for e in Emotion))


def test_no_emotion_is_learned_or_corrected_unless_the_settings_ask_for_it() -> None:
    person = somebody()
    for step in range(400):
        person.learn(replace(reading(Sense.FACE, step / 2, smile=0.0), affect=affect(Emotion.ANGRY, 0.7)))
    assert person.baseline is not None
    assert person.baseline.record().senses[Sense.FACE].emotions == {}
    given = replace(reading(Sense.FACE, 300, smile=0.0), affect=affect(Emotion.ANGRY, 0.7))
    assert person.adjust(given).affect is given.affect


def test_a_face_that_always_looks_angry_is_corrected_within_the_bound_and_a_voice_never() -> None:
    person = somebody(PersonSettings(minutes=1, correction=0.5))
    angry = affect(Emotion.ANGRY, 0.7)
    for step in range(400):
        person.learn(replace(reading(Sense.FACE, step / 2, smile=0.0), affect=angry))
        person.learn(replace(reading(Sense.VOICE, step / 2, pitch=200.0), affect=angry))
    seen = person.adjust(replace(reading(Sense.FACE, 300, smile=0.0), affect=angry)).affect
    assert seen is not None
    assert seen.probabilities[0] < angry.probabilities[0]
    odds = [p / q for p, q in zip(seen.probabilities, angry.probabilities, strict=True)]
    assert max(odds) / min(odds) <= 2.7183 * 1.0001, "e to twice the bound"
    said = replace(reading(Sense.VOICE, 300, pitch=200.0), affect=angry)
    assert person.adjust(said).affect is angry
    baseline = Baseline("Anna", HOUR)
    for _ in range(400):
        baseline.learn(said, 0.5, emotions=True)
    person.become(baseline)
    assert person.adjust(said).affect is angry, "whatever a file holds"


def test_a_shift_of_nothing_changes_nothing_and_affect_stays_in_bounds() -> None:
    given = affect(Emotion.HAPPY, 0.9)
    assert corrected(given, [0.0] * 7).probabilities == pytest.approx(given.probabilities)
    edge = replace(given, valence=1.0, arousal=1.0)
    moved = corrected(edge, [0, 0, 0, 1.0, 0, 0, -1.0])
    assert (moved.valence, moved.arousal) == (1.0, 1.0)
    assert shift_of([-1.0] * 7, [-3.0] * 7, 0.5) == [0.0] * 7
    assert CALM.confidence == 0.94
