from __future__ import annotations

import importlib
import os
import signal
import struct
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

pytest.importorskip("tf_keras", reason="training needs the extra `convert`")

from converters.train.loop import History, Plan, fit
from converters.train.losses import cross_entropy
from converters.train.options import cosine
from edge.errors import InputError
from tests.converters import tiny

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.filterwarnings("default"),  # TensorFlow's own
    pytest.mark.timeout(900),  # it compiles each network anew
]
PLAN = Plan(epochs=3, steps=6, seed=3, average=0.9, tensorboard=False)


def _fitted(
    folder: Path, plan: Plan = PLAN, batches: Callable[[int], Iterator[Any]] = tiny.batches, watch: str = "accuracy"
) -> tuple[Any, History]:
    model = tiny.network()
    optimiser = importlib.import_module("tf_keras").optimizers.Adam(5e-3)
    history = fit(
        model,
        batches,
        plan,
        folder,
        loss=cross_entropy(0.05),
        optimiser=optimiser,
        validate=tiny.accuracy,
        watch=watch,
        rate=cosine(5e-3, plan.epochs, warm_up=0.5),
    )
    return model, history


def _stops(epoch: int) -> Iterator[Any]:
    """Batches of a training that is stopped in the middle of its second epoch."""
    for number, batch in enumerate(tiny.batches(epoch)):
        if epoch == 1 and number == 3:
            os.kill(os.getpid(), signal.SIGINT)
        yield batch


def test_a_resumed_training_ends_with_the_weights_of_one_that_ran_through(tmp_path: Path) -> None:
    through, history = _fitted(tmp_path / "through")
    with pytest.raises(KeyboardInterrupt, match="The same command goes on from there"):
        _fitted(tmp_path / "stopped", batches=_stops)
    resumed, again = _fitted(tmp_path / "stopped")
    for left, right in zip(through.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)
    assert again == history


def test_the_network_learns_and_keeps_the_weights_of_its_best_epoch(tmp_path: Path) -> None:
    model, history = _fitted(tmp_path, replace(PLAN, epochs=12, average=0.0))
    assert history.epochs[-1]["loss"] < history.epochs[0]["loss"] / 2
    assert tiny.accuracy(model)["accuracy"] == history.epochs[history.best]["accuracy"] > 0.8
    assert history.epochs[history.best]["accuracy"] == max(epoch["accuracy"] for epoch in history.epochs)


def test_a_finished_training_is_not_done_again(tmp_path: Path) -> None:
    first, _ = _fitted(tmp_path)

    def none(_epoch: int) -> Iterator[Any]:
        pytest.fail("nothing is left to train")
        yield

    second, _ = _fitted(tmp_path, batches=none)
    np.testing.assert_array_equal(first.get_weights()[0], second.get_weights()[0])


def test_patience_ends_a_training_that_no_longer_gets_better(tmp_path: Path) -> None:
    plan = replace(PLAN, epochs=9, patience=2)
    _, history = _fitted(tmp_path, plan, watch="-accuracy")  # the least accuracy is soon behind
    assert history.stopped_early
    assert len(history.epochs) == history.best + 3 < 9


def test_a_loss_that_is_no_number_stops_the_training_and_keeps_the_epochs_before(tmp_path: Path) -> None:
    def broken(epoch: int) -> Iterator[Any]:
        for inputs, targets, weights in tiny.batches(epoch):
            yield inputs * np.float32(np.nan if epoch == 1 else 1), targets, weights

    with pytest.raises(InputError, match=r"the loss is nan in step 1 of epoch 2.*Lower the learning rate"):
        _fitted(tmp_path, batches=broken)
    _, history = _fitted(tmp_path)
    assert len(history.epochs) == 3


def test_a_training_begun_otherwise_is_refused(tmp_path: Path) -> None:
    _fitted(tmp_path, replace(PLAN, epochs=1))
    with pytest.raises(InputError, match=r"begun with epochs 1, now it is 2\. Remove"):
        _fitted(tmp_path, replace(PLAN, epochs=2))


@pytest.mark.parametrize(
    "name", ["checkpoints/ckpt-1.data-00000-of-00001", "checkpoints/ckpt-1.index", "best.weights.h5"]
)
def test_a_truncated_file_of_a_training_is_reported(tmp_path: Path, name: str) -> None:
    plan = replace(PLAN, epochs=1)
    _fitted(tmp_path, plan)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(InputError, match=r"cannot be read: .*\. Remove"):
        _fitted(tmp_path, plan)


def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    _fitted(tmp_path, replace(PLAN, epochs=1))
    keras = importlib.import_module("tf_keras")
    given = keras.Input((8, 8, 1), name="grey")
    other = keras.Model(given, keras.layers.Dense(3)(keras.layers.Flatten()(given)))
    with pytest.raises(InputError, match="is of another network"):
        fit(
            other,
            tiny.batches,
            replace(PLAN, epochs=1),
            tmp_path,
            loss=cross_entropy(),
            optimiser=keras.optimizers.Adam(),
            validate=tiny.accuracy,
            watch="accuracy",
        )


def test_too_few_batches_are_reported(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="epoch 1 has 6 batches, its plan says 7"):
        _fitted(tmp_path, replace(PLAN, steps=7))


def test_an_unknown_figure_to_watch_is_reported_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the figure to watch is 'f1', validation gives accuracy, loss"):
        _fitted(tmp_path, watch="f1")


def test_event_files_hold_the_loss_of_each_epoch(tmp_path: Path) -> None:
    _, history = _fitted(tmp_path, replace(PLAN, epochs=2, tensorboard=True))
    found = {(name, step): value for name, step, value in _events(tmp_path / "logs")}
    for epoch, figures in enumerate(history.epochs, start=1):
        assert found["loss", epoch] == pytest.approx(figures["loss"], rel=1e-6)
        assert found["accuracy", epoch] == pytest.approx(figures["accuracy"], rel=1e-6)


def _events(folder: Path) -> Iterator[tuple[str, int, float]]:
    """(name, step, value) of all scalars in the event files: framed records of 12 + length + 4 bytes."""
    proto = importlib.import_module("tensorflow").compat.v1.Event
    for path in folder.glob("events.*"):
        content, at = path.read_bytes(), 0
        while at < len(content):
            (length,) = struct.unpack_from("<Q", content, at)
            event = proto.FromString(content[at + 12 : at + 12 + length])
            at += 12 + length + 4
            for value in event.summary.value:
                yield value.tag, event.step, struct.unpack("<f", value.tensor.tensor_content)[0]


@pytest.mark.skipif(find_spec("wandb") is not None, reason="wandb is installed")
def test_wandb_without_its_package_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--wandb offline needs the package wandb.*pip install wandb"):
        _fitted(tmp_path, replace(PLAN, wandb="offline"))


@pytest.mark.skipif(find_spec("wandb") is None, reason="wandb is not installed")
def test_wandb_offline_writes_a_run_beside_the_checkpoints(tmp_path: Path) -> None:
    _fitted(tmp_path, replace(PLAN, epochs=1, wandb="offline"))
    assert list(tmp_path.glob("wandb/offline-run-*/*.wandb"))


def test_ctrl_c_at_the_command_line_ends_with_a_sentence(tmp_path: Path) -> None:
    code = (
        "from tests.converters.train.test_loop import _fitted, _stops\n"
        "from converters.__main__ import guarded\n"
        "from pathlib import Path\n"
        f"raise SystemExit(guarded(lambda: _fitted(Path({str(tmp_path)!r}), batches=_stops)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"stopped in epoch 2 of 3; {tmp_path} keeps the epochs before" in done.stderr
