"""Every silence has a reason that can be told."""

from __future__ import annotations

import re

import pytest

from edge.affect import Language
from edge.response.silence import Silence, Why

EN, ZH = Language


@pytest.mark.parametrize("language", Language)
def test_every_reason_is_told_in_each_language_and_no_two_alike(language: Language) -> None:
    told = [Silence(why, 60.0).told(language) for why in Why]
    assert all(told)
    assert len(set(told)) == len(told)
    assert all(bool(re.search(r"[\u4e00-\u9fff]", words)) is (language is ZH) for words in told)


@pytest.mark.parametrize(
    ("left_s", "english", "chinese"),
    [
        (0.2, "resting for 1 s", "先不打扰，还有1秒"),
        (90, "resting for 90 s", "先不打扰，还有90秒"),
        (533.0, "resting for 9 min", "先不打扰，还有9分钟"),
        (540.1, "resting for 10 min", "先不打扰，还有10分钟"),
        (7200, "resting for 2 h", "先不打扰，还有2小时"),
        (7201, "resting for 2.1 h", "先不打扰，还有2.1小时"),
        (36_000, "resting for 10 h", "先不打扰，还有10小时"),
    ],
)
def test_a_time_is_told_in_the_unit_that_one_would_use_and_never_too_short(
    left_s: float, english: str, chinese: str
) -> None:
    silence = Silence(Why.RESTING, left_s)
    assert (silence.told(EN), silence.told(ZH)) == (english, chinese)
