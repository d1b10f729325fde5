"""What a training keeps on disk so that it can go on: network, optimiser, averages, and the epochs so far."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

BEST_FILE = "best.weights.h5"
CHECKPOINTS = "checkpoints"


class Checkpoint:
    """One training's folder. A file is whole or absent: TensorFlow and ``save_best`` rename finished files.

    Args:
        folder: of this training alone; made if absent.
        objects: what TensorFlow restores: ``model``, ``optimiser`` and others by name.
        settings: a training begun with other values does not go on.
    """

    def __init__(self, folder: Path, objects: Mapping[str, Any], settings: Mapping[str, object]) -> None:
        import tensorflow as tf

        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._settings = dict(settings)
        self._remedy = f"Remove {folder} to begin anew, or choose another folder with --runs"
        self.epochs: list[dict[str, float]] = []
        self._text = _Text()
        self._saved = tf.train.Checkpoint(text=self._text.state, **objects)
        self._manager = tf.train.CheckpointManager(self._saved, str(folder / CHECKPOINTS), max_to_keep=1)

    def restore(self) -> None:
        """Take up the last finished epoch, if there is one. Raises InputError when it is of another training."""
        import tensorflow as tf

        latest = self._manager.latest_checkpoint
        if latest is None:
            return
        try:
            self._saved.restore(latest).assert_existing_objects_matched()
        except (ValueError, AssertionError) as error:
            problem = f"the checkpoint in {self._folder} is of another network"
            raise InputError(problem, self._remedy) from error
        except (tf.errors.OpError, IndexError, OSError) as error:  # IndexError: fewer bytes than are wanted
            problem = f"the checkpoint in {self._folder} cannot be read: {str(error).splitlines()[0]}"
            raise InputError(problem, self._remedy) from error
        kept = json.loads(self._text.value)
        for name, value in self._settings.items():
            found = kept["settings"].get(name)
            if found != value:
                problem = f"the training in {self._folder} was begun with {name} {found}, now it is {value}"
                raise InputError(problem, self._remedy)
        self.epochs = kept["epochs"]

    def save(self) -> None:
        """Keep the present state as that after ``epochs``."""
        self._text.value = json.dumps({"settings": self._settings, "epochs": self.epochs})
        self._manager.save()

    def save_best(self, model: Any) -> None:  # noqa: ANN401 - tf_keras has no types
        """Keep the present weights as the best so far."""
        part = self._folder / f"part-{BEST_FILE}"
        model.save_weights(part)
        part.replace(self._folder / BEST_FILE)

    def load_best(self, model: Any) -> None:  # noqa: ANN401
        """Put the best weights so far into ``model``. Raises InputError when their file is damaged or gone."""
        path = self._folder / BEST_FILE
        try:
            model.load_weights(path)
        except (OSError, ValueError, KeyError) as error:
            problem = f"the best weights in {path} cannot be read: {str(error).splitlines()[0]}"
            raise InputError(problem, self._remedy) from error


class _Text:
    """A string that is saved with the tensors, so that figures and weights are always of the same epoch."""

    def __init__(self) -> None:
        import tensorflow as tf

        class State(tf.train.experimental.PythonState):  # type: ignore[misc]
            value = "{}"

            def serialize(self) -> str:
                return self.value

            def deserialize(self, string_value: bytes) -> None:
                self.value = string_value.decode()

        self.state = State()

    @property
    def value(self) -> str:
        return str(self.state.value)

    @value.setter
    def value(self, text: str) -> None:
        self.state.value = text


def best_epoch(epochs: Sequence[Mapping[str, float]], watch: str) -> int:
    """Index of the epoch that is best by ``watch``, the first among equals; a leading ``-`` means that less is better.

    Raises:
        InputError: no figure has that name.
    """
    name = watch.removeprefix("-")
    if name not in epochs[0]:
        problem = f"the figure to watch is {name!r}, validation gives {', '.join(sorted(epochs[0]))}"
        raise InputError(problem, "Watch one of these")
    sign = -1.0 if watch.startswith("-") else 1.0
    values = [sign * epoch[name] for epoch in epochs]
    return values.index(max(values))
