from __future__ import annotations

import pytest

from edge.accelerators.choice import choose
from edge.accelerators.settings import AcceleratorSettings
from edge.errors import ModelError


def test_auto_takes_the_cpu_and_says_what_was_passed_over() -> None:
    choice = choose(AcceleratorSettings())
    assert choice.accelerator.name == "cpu"
    assert "coral" in choice.reason
    assert "jetson" in choice.reason


def test_what_the_settings_name_is_taken() -> None:
    choice = choose(AcceleratorSettings(name="cpu"))
    assert choice.accelerator.name == "cpu"
    assert choice.reason == "the settings ask for it"


@pytest.mark.parametrize("name", ["coral", "jetson"])
def test_an_accelerator_that_is_not_there_is_never_replaced_in_silence(name: str) -> None:
    with pytest.raises(ModelError, match=f"accelerator.name is '{name}'"):
        choose(AcceleratorSettings.model_validate({"name": name}))
