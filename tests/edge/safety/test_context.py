from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest
from pydantic import ValidationError

from edge.affect import Language, Sense
from edge.errors import ConsentError
from edge.safety.context import Context, context, disclosure, refusal
from edge.safety.grants import Purpose
from edge.safety.settings import SafetySettings

NAMES = get_args(SafetySettings.model_fields["context"].annotation)
ALLOWED = [name for name in NAMES if name not in ("work", "school")]


def of(name: str) -> Context:
    return context(SafetySettings.model_validate({"context": name}))


@pytest.mark.parametrize("name", ALLOWED)
def test_every_context_has_rules(name: str) -> None:
    rules = of(name)
    assert rules.name == name
    assert rules.senses
    assert Purpose.EMOTION in rules.purposes
    assert rules.notes


def test_school_is_refused_with_the_law_and_a_way_out() -> None:
    with pytest.raises(ConsentError, match=r"2024/1689.*Art\. 5\(1\)\(f\)") as refused:
        of("school")
    assert "school" in str(refused.value)
    assert "home" in refused.value.remedy
    assert "work" not in refused.value.remedy


def test_at_work_a_driver_may_be_watched_and_nothing_else() -> None:
    work = of("work")
    assert work.purposes == {Purpose.DROWSINESS}
    assert {sense: work.purposes_of(sense) for sense in Sense} == {
        Sense.FACE: (Purpose.DROWSINESS,),
        Sense.VOICE: (),
        Sense.TEXT: (),
    }
    assert "2024/1689" in (work.refused or "")
    assert "Do not" in refusal("work", "Do not do that").remedy


def test_a_context_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match="context"):
        SafetySettings.model_validate({"context": "prison"})


def test_only_in_the_car_and_at_work_drowsiness_is_watched_for() -> None:
    assert of("car").may_sense(Sense.FACE, Purpose.DROWSINESS)
    assert not of("car").may_sense(Sense.VOICE, Purpose.DROWSINESS), "nobody hears whether eyes are shut"
    assert not any(of(name).may_sense(Sense.FACE, Purpose.DROWSINESS) for name in ALLOWED if name != "car")


def test_days_are_summed_up_at_home_only() -> None:
    kept = {name for name in ALLOWED if any(of(name).may_sense(sense, Purpose.WELLBEING) for sense in Sense)}
    assert kept == {"home", "wellbeing"}


def test_in_the_car_no_question_is_asked() -> None:
    car = of("car")
    assert not car.may_say("question")
    assert car.may_say("reflect")


def test_where_strangers_are_only_words_are_read() -> None:
    assert of("social").senses == {Sense.TEXT}
    assert not of("service").may_sense(Sense.FACE)


@pytest.mark.parametrize(("language", "named"), [(Language.EN, "voices"), (Language.ZH, "聆听")])
def test_the_disclosure_names_what_is_sensed_and_nothing_else(language: Language, named: str) -> None:
    home = of("home")
    assert named in disclosure(home, [Sense.VOICE, Sense.TEXT], language)
    assert named not in disclosure(home, [Sense.TEXT], language)
    assert named not in disclosure(home, [], language)
    assert named not in disclosure(of("social"), [Sense.VOICE, Sense.TEXT], language)


def test_the_disclosure_reads_as_a_sentence() -> None:
    everything = disclosure(of("home"), reversed(list(Sense)), Language.EN)
    assert "looks at faces, listens to voices and reads words to estimate" in everything
    assert "off" in everything
    assert "{" not in everything + disclosure(of("car"), list(Sense), Language.ZH, watched=True)


@pytest.mark.parametrize(("language", "word"), [(Language.EN, "tiredness"), (Language.ZH, "疲劳")])
def test_watching_for_tiredness_is_disclosed_where_it_is_done(language: Language, word: str) -> None:
    car = of("car")
    assert word in disclosure(car, [Sense.FACE], language, watched=True)
    assert word not in disclosure(car, [Sense.FACE], language), "no grant for it"
    assert word not in disclosure(of("home"), [Sense.FACE], language, watched=True), "not there"


@pytest.mark.parametrize(("language", "feel"), [(Language.EN, "feel"), (Language.ZH, "用来推测")])
def test_watching_for_tiredness_alone_claims_no_feelings(language: Language, feel: str) -> None:
    alone = disclosure(of("car"), [], language, watched=True)
    assert feel not in alone
    assert alone != disclosure(of("car"), [], language)
    assert disclosure(of("work"), [Sense.FACE], language, watched=True) == alone


@pytest.mark.parametrize(("language", "told"), [(Language.EN, "A summary of each day"), (Language.ZH, "每天的小结")])
def test_that_days_are_summed_up_is_disclosed(language: Language, told: str) -> None:
    assert told in disclosure(of("home"), [Sense.FACE], language, kept=True)
    assert told not in disclosure(of("home"), [Sense.FACE], language)


@pytest.mark.parametrize(("language", "told"), [(Language.EN, "sends counts"), (Language.ZH, "发送某一小时的计数")])
def test_that_counts_leave_is_told_where_they_do(language: Language, told: str) -> None:
    assert told in disclosure(of("home"), [Sense.FACE], language, shared=True)
    assert told not in disclosure(of("home"), [Sense.FACE], language)


def test_importing_the_settings_loads_nothing_heavy() -> None:
    program = (
        "import sys, edge.safety.settings, edge.safety.consent, edge.safety.crisis, edge.outlets.settings\n"
        "print(sorted({'cv2', 'ai_edge_litert', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
