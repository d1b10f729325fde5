from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from edge.accelerators.card import EDGE_TPU_FILE
from edge.accelerators.choice import choose, first_usable
from edge.accelerators.cpu import Cpu
from edge.accelerators.settings import AcceleratorSettings
from edge.errors import ModelError
from tests.edge.accelerators.conftest import ROOT
from tests.edge.accelerators.devices import Device

if TYPE_CHECKING:
    from pathlib import Path


def test_auto_takes_the_cpu_and_says_why_the_others_were_passed_over() -> None:
    choice = choose(AcceleratorSettings(), ROOT / "models")
    assert choice.accelerator.name == "cpu"
    assert "coral: no Edge TPU on USB" in choice.reason
    assert "jetson: there is no NVIDIA GPU" in choice.reason


def test_what_the_settings_name_is_taken() -> None:
    choice = choose(AcceleratorSettings(name="cpu"))
    assert choice.accelerator.name == "cpu"
    assert choice.reason == "the settings ask for it"


@pytest.mark.parametrize("name", ["coral", "jetson"])
def test_an_accelerator_that_is_not_there_is_never_replaced_in_silence(name: str) -> None:
    with pytest.raises(ModelError, match=f"accelerator.name is '{name}', which cannot be used here: .*no "):
        choose(AcceleratorSettings.model_validate({"name": name}))


def test_a_device_for_which_no_model_has_a_file_is_passed_over(tmp_path: Path) -> None:
    models = shutil.copytree(ROOT / "models", tmp_path / "models")
    device = Device()
    said = "no model has a file compiled for the Edge TPU"
    choice = first_usable("auto", (device, Cpu()), models)
    assert (choice.accelerator.name, choice.reason) == ("cpu", f"auto; coral: {said}")
    with pytest.raises(ModelError, match=said):
        first_usable("coral", (device, Cpu()), models)
    (models / "face-expression" / EDGE_TPU_FILE).touch()
    assert first_usable("auto", (device, Cpu()), models).accelerator is device
    device.absent = True
    choice = first_usable("auto", (device, Cpu()), models)
    assert (choice.accelerator.name, choice.reason) == ("cpu", "auto; coral: it is unplugged")


@pytest.mark.parametrize("device", ["usb", "pci", "usb:0", "pci:11", ""])
def test_a_device_of_coral_can_be_named(device: str) -> None:
    assert AcceleratorSettings(device=device).device == device


@pytest.mark.parametrize("device", ["usb:", "gpu", "usb:0:1", "/dev/apex_0", "USB"])
def test_and_nothing_else(device: str) -> None:
    with pytest.raises(ValueError, match="device"):
        AcceleratorSettings(device=device)
