"""The Coral driver up to the hardware: a sysfs made of files, and a real external delegate compiled here."""

from __future__ import annotations

import gc
import hashlib
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from edge.accelerators.card import EDGE_TPU_FILE, MODEL_FILE, read_card
from edge.accelerators.coral import Coral
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Model
from edge.accelerators.usage import Usage
from edge.errors import ModelError

GCC = shutil.which("gcc")
TASK = "face-expression"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    if GCC is None:
        pytest.skip("gcc is not installed")
    made = tmp_path_factory.mktemp("delegate") / "libstandin.so"
    source = Path(__file__).with_name("standin_delegate.c")
    subprocess.run([GCC, "-shared", "-fPIC", "-Wall", "-Werror", "-o", str(made), str(source)], check=True)
    return str(made)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "opened.txt"
    monkeypatch.setenv("STANDIN_LOG", str(path))
    return path


def plug(root: Path, name: str, vendor: str, product: str) -> None:
    device = root / "sys/bus/usb/devices" / name
    device.mkdir(parents=True)
    (device / "idVendor").write_text(f"{vendor}\n", encoding="ascii")
    (device / "idProduct").write_text(f"{product}\n", encoding="ascii")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with a hub, a fresh stick, a stick with its firmware, and a card."""
    plug(tmp_path, "1-0", "1d6b", "0002")
    plug(tmp_path, "1-1", "1a6e", "089a")
    plug(tmp_path, "2-1", "18D1", "9302")
    (tmp_path / "sys/bus/usb/devices/1-0:1.0").mkdir()  # an interface has no ids
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/apex_0").touch()
    return tmp_path


def compiled(folder: Path) -> Path:
    """The folder with a file "compiled for the Edge TPU", which a delegate that takes nothing leaves to the CPU."""
    content = (folder / MODEL_FILE).read_bytes()
    (folder / EDGE_TPU_FILE).write_bytes(content)
    card = folder / "card.toml"
    line = f'edge_tpu_sha256 = "{hashlib.sha256(content).hexdigest()}"\n'
    card.write_text(line + card.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def test_this_machine_has_none_and_says_so() -> None:
    reason = Coral().probe()
    assert reason is not None
    assert "no Edge TPU on USB" in reason


def test_devices_are_found_by_their_ids_and_nodes(root: Path) -> None:
    assert Coral(root=root).found() == ("usb:0", "usb:1", "pci:0")


def test_a_device_without_its_library_is_told_apart(root: Path) -> None:
    reason = Coral(root=root, library="libnobody.so.7").probe()
    assert reason is not None
    assert "usb:0" in reason
    assert "libnobody.so.7 cannot be loaded" in reason


@pytest.mark.parametrize("device", ["", "usb", "pci", "usb:1", "pci:0"])
def test_a_device_that_is_there_can_be_named(root: Path, library: str, device: str) -> None:
    assert Coral(device, root=root, library=library).probe() is None


@pytest.mark.parametrize("device", ["usb:2", "pci:1"])
def test_one_that_is_not_there_is_refused_with_those_that_are(root: Path, library: str, device: str) -> None:
    reason = Coral(device, root=root, library=library).probe()
    assert reason == f"there is no Edge TPU {device!r}, only usb:0, usb:1, pci:0"


@pytest.mark.parametrize(("device", "said"), [("", ["create"]), ("usb:1", ["create", "device", "=usb:1"])])
def test_the_real_interpreter_opens_the_delegate_with_its_options(
    folder: Path, library: str, log: Path, device: str, said: list[str]
) -> None:
    coral = Coral(device, library=library)
    card, content = read_card(folder), (folder / MODEL_FILE).read_bytes()
    session = coral.load(content, card, EDGE_TPU_FILE)
    assert log.read_text(encoding="ascii").split() == [*said, "prepare"]
    chip = [np.arange(48 * 48).reshape(1, 48, 48, 1).astype(np.int8)]
    assert np.array_equal(session.invoke(chip)[0], Cpu().load(content, card, MODEL_FILE).invoke(chip)[0])
    del session
    gc.collect()
    assert log.read_text(encoding="ascii").split()[-1] == "destroy"


def test_a_model_with_a_compiled_file_runs_through_the_delegate(folder: Path, library: str, log: Path) -> None:
    usage = Usage("coral")
    model = Model(compiled(folder), Coral("usb", library=library), TASK, usage=usage)
    model.run(np.zeros((1, 48, 48, 1), np.float32))
    assert (usage.now().device, usage.now().fallback) == ("coral", False)
    assert "prepare" in log.read_text(encoding="ascii")


def test_a_model_without_one_runs_on_the_cpu_and_that_is_said(folder: Path, library: str, log: Path) -> None:
    usage = Usage("coral")
    Model(folder, Coral("usb", library=library), TASK, usage=usage).run(np.zeros((1, 48, 48, 1), np.float32))
    now = usage.now()
    assert (now.chosen, now.device, now.fallback) == ("coral", "cpu", False)
    assert now.reason == "face-expression: it has no file compiled for the Edge TPU"
    assert not log.exists()


def test_a_device_that_another_program_has_is_refused_and_the_cpu_stands_in(
    folder: Path, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN_TAKEN", "1")
    card = read_card(folder)
    with pytest.raises(ModelError, match=r"the Edge TPU 'usb' cannot be opened .*taken by another program"):
        Coral("usb", library=library).load((folder / MODEL_FILE).read_bytes(), card, EDGE_TPU_FILE)
    usage = Usage("coral")
    Model(compiled(folder), Coral("usb", library=library), TASK, usage=usage).run(np.zeros((1, 48, 48, 1), np.float32))
    assert (usage.now().device, usage.now().fallback) == ("cpu", True)
    assert "taken by another program" in usage.now().reason
