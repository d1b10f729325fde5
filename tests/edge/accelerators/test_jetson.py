"""The Jetson driver with the real ONNX Runtime, whose CPU provider stands in for the GPU's."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edge.accelerators.card import ONNX_FILE, ONNX_INT8_FILE, read_card
from edge.accelerators.golden import read_vector, try_session
from edge.accelerators.jetson import CUDA, TENSORRT, Jetson
from edge.accelerators.model import Model
from edge.accelerators.usage import Usage
from edge.errors import ModelError
from tests.edge.accelerators.conftest import ROOT

pytest.importorskip("onnxruntime")
HERE = ("CPUExecutionProvider",)
WITH_ONNX = sorted(path.parent.name for path in (ROOT / "models").glob(f"*/{ONNX_FILE}"))


@pytest.fixture
def gpu(tmp_path: Path) -> Path:
    """A machine on which NVIDIA's driver has made its nodes."""
    (tmp_path / "root/dev").mkdir(parents=True)
    (tmp_path / "root/dev/nvhost-gpu").touch()
    return tmp_path / "root"


def test_without_a_gpu_onnxruntime_is_not_even_imported() -> None:
    code = (
        "import sys; from pathlib import Path; from edge.accelerators.jetson import Jetson;"
        "print(Jetson(root=Path('/nowhere')).probe(), 'onnxruntime' in sys.modules)"
    )
    printed = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    assert printed == "there is no NVIDIA GPU (no /dev/nvhost*, /dev/nvidia*) False\n"


def test_an_onnxruntime_without_its_providers_is_not_enough(gpu: Path) -> None:
    reason = Jetson(root=gpu).probe()
    assert reason is not None
    assert "built without TensorRT and CUDA, it has" in reason
    assert Jetson(root=gpu, providers=(TENSORRT, *HERE)).probe() is None


def test_only_providers_that_are_there_are_asked_for_in_the_order_of_preference() -> None:
    assert Jetson(providers=(TENSORRT, CUDA, *HERE)).usable() == HERE
    with pytest.raises(ModelError, match="has none of TensorrtExecutionProvider, CUDAExecutionProvider"):
        Jetson().load(b"", read_card(ROOT / "models" / "face-expression"), ONNX_FILE)


def test_tensorrt_gets_a_cache_folder_for_each_model_and_int8_for_the_quantised_file(tmp_path: Path) -> None:
    jetson = Jetson(tmp_path / "engines")
    folder = str(tmp_path / "engines" / "face-expression")
    cached = {"trt_engine_cache_enable": "True", "trt_engine_cache_path": folder}
    given = jetson.options((TENSORRT, CUDA), "face-expression", ONNX_INT8_FILE)
    assert given == [(TENSORRT, {"trt_int8_enable": "True"} | cached), (CUDA, {})]
    assert jetson.options((TENSORRT,), "face-expression", ONNX_FILE) == [(TENSORRT, cached)]
    assert Path(folder).is_dir()


def test_a_cache_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match=r"file/engines/m cannot be made: .*accelerator\.engine_cache"):
        Jetson(tmp_path / "file" / "engines").options((TENSORRT,), "m", ONNX_FILE)


@pytest.mark.parametrize("name", WITH_ONNX)
def test_the_shipped_onnx_files_compute_the_golden_vectors(name: str) -> None:
    folder = ROOT / "models" / name
    card = read_card(folder)
    session = Jetson(providers=HERE).load((folder / ONNX_FILE).read_bytes(), card, ONNX_FILE)
    off = try_session(session, card, read_vector(folder, card), "jetson")
    assert off is not None
    assert off.found <= 4  # far below what is allowed
    assert [spec.dtype for spec in session.outputs] == ["int8"]


def test_a_model_runs_on_it_as_on_the_cpu(folder: Path) -> None:
    usage = Usage("jetson")
    model = Model(folder, Jetson(providers=HERE), "face-expression", usage=usage)
    ramp = np.linspace(-3, 3, 48 * 48, dtype=np.float32).reshape(1, 48, 48, 1)
    (logits,) = model.run(ramp)
    (right,) = Model(folder, Jetson(providers=()), "face-expression").run(ramp)  # no provider: the CPU stands in
    assert np.abs(logits - right).max() < 0.5
    assert usage.now().device == "jetson"


def test_weights_of_another_model_are_refused_by_their_ends(folder: Path) -> None:
    other = (ROOT / "models" / "voice-emotion" / ONNX_FILE).read_bytes()
    with pytest.raises(ModelError, match=re.escape("has no face of shape [1, 48, 48, 1], it has functionals")):
        Jetson(providers=HERE).load(other, read_card(folder), ONNX_FILE)


@pytest.mark.parametrize("content", [b"", b"garbage" * 100])
def test_a_file_that_is_none_is_refused(folder: Path, content: bytes) -> None:
    with pytest.raises(ModelError, match=r"ONNX Runtime refuses face-expression/model\.onnx"):
        Jetson(providers=HERE).load(content, read_card(folder), ONNX_FILE)


def test_a_wrong_shape_is_an_error_and_the_session_lives_on(folder: Path) -> None:
    session = Jetson(providers=HERE).load((folder / ONNX_FILE).read_bytes(), read_card(folder), ONNX_FILE)
    with pytest.raises(ModelError, match="inference failed"):
        session.invoke([np.zeros((1, 3, 3, 1), np.int8)])
    assert session.invoke([np.zeros((1, 48, 48, 1), np.int8)])[0].shape == (1, 7)


def test_a_missing_onnx_file_is_named(folder: Path) -> None:
    (folder / ONNX_FILE).unlink()
    with pytest.raises(ModelError, match=r"the ONNX file .*model\.onnx is missing"):
        Model(folder, Jetson(providers=HERE), "face-expression")


def test_the_quantised_file_is_preferred_where_the_card_has_it(folder: Path) -> None:
    shutil.copy(folder / ONNX_FILE, folder / ONNX_INT8_FILE)
    card = folder / "card.toml"
    text = card.read_text(encoding="utf-8")
    known = re.search(r'^onnx_sha256 = "(\w+)"', text, re.MULTILINE)
    assert known is not None
    card.write_text(f'onnx_int8_sha256 = "{known[1]}"\n{text}', encoding="utf-8")
    (folder / ONNX_FILE).unlink()
    usage = Usage("jetson")
    Model(folder, Jetson(providers=HERE), "face-expression", usage=usage)
    assert usage.now().device == "jetson"
