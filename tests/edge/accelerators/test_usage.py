from __future__ import annotations

from edge.accelerators.usage import Usage
from edge.loop.faults import Conditioned


def test_a_fall_to_the_cpu_is_a_condition_until_the_device_is_back() -> None:
    usage = Usage("coral")
    usage.placed("face-detect", "coral")
    assert isinstance(usage, Conditioned)
    assert usage.condition() is None
    usage.failed("face-detect", "cpu", "the Edge TPU is gone")
    assert usage.condition() == "face-detect runs on cpu: the Edge TPU is gone"
    usage.placed("face-detect", "coral")
    assert usage.condition() is None


def test_a_model_that_was_meant_for_the_cpu_is_no_condition() -> None:
    usage = Usage("coral")
    usage.placed("text-emotion", "cpu", "no file compiled for the Edge TPU")
    assert usage.condition() is None
