from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from converters.audit import Audit, audit, content
from edge.errors import InputError
from tests.converters.tflite import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]


def kernel(*shape: int, scales: int = 1) -> Callable[[Writer], int]:
    return lambda file: file.constant(np.ones(shape, np.int8), scales=scales)


def one(name: str, *shape: int, given: tuple[int, ...], more: tuple[object, ...] = (), **options: Any) -> Audit:  # noqa: ANN401 - as the schema has them
    """The audit of a graph with one operator. ``more`` are further inputs: makers of constants, or lists of places."""
    file = Writer()
    inputs = [file.given(*given)]
    inputs += [make(file) if callable(make) else file.places(*make) for make in more]  # type: ignore[misc]
    return audit(file.content(file.operator(name, inputs, *shape, **options)))


def only(found: Audit) -> str | None:
    (verdict,) = found.verdicts
    assert verdict.edge_tpu == (verdict.reason is None)
    return verdict.reason


def test_what_we_ship_for_face_and_voice_would_run_on_the_edge_tpu() -> None:
    for name in ("face-expression", "voice-emotion"):
        assert audit(content(ROOT / "models" / name)).share_of_macs >= 0.95, name


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (one("SOFTMAX", 1, 16_000, given=(1, 16_000)), None),
        (one("SOFTMAX", 1, 16_001, given=(1, 16_001)), "16,001 elements"),
        (one("SOFTMAX", 4, 8, given=(4, 8)), "one-dimensional"),
        (one("GATHER", 1, 8, given=(1, 8), more=([0],)), "not on Coral's list"),
        (one("HARD_SWISH", 1, 8, given=(1, 8)), "not on Coral's list"),
        (one("RELU", 1, 8, given=(1, 8)), None),
        (one("RELU", 2, 4, 4, 3, given=(2, 4, 4, 3)), "innermost dimensions"),
        (one("RELU", 1, 8, given=(1, 8), dtype="float32"), "works on float32"),
        (one("RELU", 1, 8, given=(1, 8), dtype="int16"), "works on int16"),
        (one("CONV_2D", 1, 4, 4, 2, given=(1, 4, 4, 2), more=(kernel(2, 3, 3, 2),), kind="Conv2DOptions"), None),
        (
            one(
                "CONV_2D",
                *(1, 4, 4, 2),
                given=(1, 4, 4, 2),
                more=(kernel(2, 3, 3, 2),),
                kind="Conv2DOptions",
                dilationWFactor=2,
            ),
            "dilation 2 in x and 1 in y",
        ),
        (one("FULLY_CONNECTED", 1, 4, given=(1, 8), more=(kernel(4, 8),)), None),
        (one("FULLY_CONNECTED", 3, 4, given=(3, 8), more=(kernel(4, 8),)), "one-dimensional"),
        (
            one("AVERAGE_POOL_2D", 1, 1, 1, 4, given=(1, 4, 4, 4), kind="Pool2DOptions", fusedActivationFunction=1),
            "fused activation",
        ),
        (one("MEAN", 1, 8, given=(1, 4, 4, 8), more=([1, 2],)), None),
        (one("MEAN", 1, 4, 4, given=(1, 4, 4, 8), more=([-1],)), None),
        (one("MEAN", 1, 4, 4, given=(1, 4, 4, 7), more=([3],)), "multiple of 4"),
        (one("MEAN", 4, 4, 8, given=(1, 4, 4, 8), more=([0],)), "along the batch"),
        (one("REDUCE_MAX", 1, 4, 4, given=(1, 4, 4, 7), more=([3],)), None),
        (one("PAD", 1, 6, 6, 2, given=(1, 4, 4, 2), more=([0, 0, 1, 1, 1, 1, 0, 0],)), None),
        (one("PAD", 1, 4, 4, 2, given=(1, 4, 4, 2), more=([1, 0, 0, 0, 0, 0, 0, 0],)), "pads the batch"),
        (one("PRELU", 1, 4, 4, 2, given=(1, 4, 4, 2), more=(kernel(1, 1, 2),)), None),
        (one("PRELU", 1, 4, 4, 2, given=(1, 4, 4, 2), more=(kernel(4, 4, 2),)), "alpha"),
        (one("CONCATENATION", 1, 16, given=(1, 8), more=(kernel(1, 8),)), "all zeros"),
        (one("STRIDED_SLICE", 1, 4, given=(1, 8), more=([0, 0], [1, 8], [1, 2])), "all must be 1"),
        (one("STRIDED_SLICE", 1, 4, given=(1, 8), more=([0, 0], [1, 4], [1, 1])), None),
        (one("RESIZE_BILINEAR", 1, 8, 8, 2, given=(1, 4, 4, 2), more=([8, 8],)), None),
        (one("BATCH_MATMUL", 1, 5, 3, given=(1, 5, 7), more=(kernel(1, 7, 3),)), "not on Coral's list"),
    ],
)
def test_the_list_is_kept_to(found: Audit, reason: str | None) -> None:
    said = only(found)
    assert (said is None) if reason is None else (said is not None and reason in said), said


def test_weights_that_are_computed_are_refused() -> None:
    file = Writer()
    out = file.operator("FULLY_CONNECTED", [file.given(1, 8), file.given(4, 8)], 1, 4)
    assert "must be constants" in str(only(audit(file.content(out))))


def test_a_size_that_is_not_known_is_refused() -> None:
    file = Writer()
    out = file.operator("RELU", [file.given(1, 8, dynamic=True)], 1, 8)
    assert "not known" in str(only(audit(file.content(out))))


@pytest.mark.parametrize(("axis", "refused"), [(0, True), (3, False), (-1, False)])
def test_only_a_split_of_the_batch_is_refused(axis: int, *, refused: bool) -> None:
    file = Writer()
    out = file.operator("SPLIT", [file.places(axis), file.given(1, 4, 4, 8)], 1, 4, 4, 4)
    assert (only(audit(file.content(out))) is not None) == refused


def chain(*names: str) -> Audit:
    """Dense layers of 8 × 8, each followed by one of the named operators."""
    file = Writer()
    tensor = file.given(1, 8)
    for name in names:
        tensor = file.operator("FULLY_CONNECTED", [tensor, file.constant(np.ones((8, 8), np.int8))], 1, 8)
        tensor = file.operator(name, [tensor], 1, 8)
    return audit(file.content(tensor))


def test_all_behind_the_first_refused_operator_runs_on_the_cpu() -> None:
    found = chain("RELU", "HARD_SWISH", "RELU", "RELU")
    assert [verdict.edge_tpu for verdict in found.verdicts] == [True, True, True, False, False, False, False, False]
    assert found.share_of_macs == 0.5
    assert "comes after HARD_SWISH (3)" in str(found.verdicts[-1].reason)


def test_a_branch_beside_the_refused_operator_still_runs_there() -> None:
    file = Writer()
    start = file.given(1, 8)
    weights = file.constant(np.ones((8, 8), np.int8))
    refused = file.operator("HARD_SWISH", [start], 1, 8)
    beside = file.operator("FULLY_CONNECTED", [start, weights], 1, 8)
    found = audit(file.content(file.operator("ADD", [refused, beside], 1, 8)))
    assert [verdict.edge_tpu for verdict in found.verdicts] == [False, True, False]


def test_a_float_input_that_is_quantised_first_costs_only_that_operator() -> None:
    file = Writer()
    start = file.operator("QUANTIZE", [file.given(1, 8, dtype="float32")], 1, 8)
    out = file.operator("FULLY_CONNECTED", [start, file.constant(np.ones((8, 8), np.int8))], 1, 8)
    found = audit(file.content(out))
    assert [verdict.edge_tpu for verdict in found.verdicts] == [False, True]
    assert found.share_of_macs == 1


def test_the_card_says_each_kind_of_refusal_once() -> None:
    card = chain("HARD_SWISH", "HARD_SWISH").card()
    assert card.share_of_macs == 0.5
    assert card.refused[0] == "2 × HARD_SWISH is not on Coral's list"


def test_a_dense_layer_with_a_scale_per_channel_is_a_caution_and_no_refusal() -> None:
    found = one("FULLY_CONNECTED", 1, 4, given=(1, 8), more=(kernel(4, 8, scales=4),))
    assert only(found) is None
    assert "per channel" in str(found.verdicts[0].caution)


def test_a_path_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"model\.tflite cannot be read"):
        content(tmp_path)


def test_the_command_prints_one_object() -> None:
    command = [sys.executable, "-m", "converters", "audit", "models/voice-emotion", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["share_of_macs"] == 1
    assert sum(operator["macs"] for operator in found["operators"]) == found["macs"]
