"""Where the figures of a training go: TensorBoard's event files and, when asked for, Weights & Biases."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    Log = Callable[[int, Mapping[str, float]], None]

Wandb = Literal["off", "offline", "online"]
PROJECT = "rapport"
"""Name of the project at Weights & Biases."""


@contextmanager
def tracking(folder: Path, *, tensorboard: bool, wandb: Wandb, settings: Mapping[str, object]) -> Iterator[Log]:
    """Gives ``log(epoch, figures)``; files are under ``folder/logs`` and ``folder/wandb``.

    Raises:
        InputError: Weights & Biases is asked for and isn't installed.
    """
    writer = _event_writer(folder / "logs") if tensorboard else None
    run = _wandb_run(folder, wandb, settings) if wandb != "off" else None

    def log(epoch: int, figures: Mapping[str, float]) -> None:
        if writer is not None:
            _write_events(writer, epoch, figures)
        if run is not None:
            run.log(dict(figures), step=epoch)

    try:
        yield log
    finally:
        if writer is not None:
            writer.close()
        if run is not None:
            run.finish()


def _event_writer(folder: Path) -> Any:  # noqa: ANN401 - tensorflow has no types
    import tensorflow as tf

    return tf.summary.create_file_writer(str(folder))


def _write_events(writer: Any, epoch: int, figures: Mapping[str, float]) -> None:  # noqa: ANN401
    import tensorflow as tf

    with writer.as_default(step=epoch):
        for name, value in figures.items():
            tf.summary.scalar(name, value)
    writer.flush()


def _wandb_run(folder: Path, mode: Wandb, settings: Mapping[str, object]) -> Any:  # noqa: ANN401 - optional package
    try:
        import wandb
    except ImportError as error:
        problem = f"--wandb {mode} needs the package wandb, which isn't installed"
        raise InputError(problem, "Run `pip install wandb`, or leave the option out") from error
    return wandb.init(project=PROJECT, name=folder.name, dir=str(folder), mode=mode, config=dict(settings))
