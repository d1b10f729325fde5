from __future__ import annotations

import pytest

from edge.affect import Alertness, Language, Stage
from edge.response.alerts import alert, wording
from edge.response.contexts import manner
from edge.understanding.driver.settings import WARNINGS


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("stage", [stage for stage in Stage if WARNINGS[stage][0]])
def test_every_stage_that_warns_has_a_sentence_that_a_driver_can_take_in(stage: Stage, language: Language) -> None:
    reply = alert(Alertness(7, stage, "", warn=1), language)
    assert reply is not None
    assert reply.text
    assert len(reply.text) <= manner("car").longest(language)
    assert not set("?？{}") & set(reply.text), "a question asks for attention that belongs to the road"
    assert (reply.language, reply.captured_ns, reply.strategy) == (language, 7, "warn")


@pytest.mark.parametrize("language", Language)
def test_no_sentence_is_left_over(language: Language) -> None:
    assert set(wording(language)) == {stage.value for stage in Stage if WARNINGS[stage][0]}


def test_no_warning_no_words() -> None:
    assert alert(Alertness(7, Stage.DROWSY, ""), Language.EN) is None
