"""A loaded model whose inputs are given in the order that the code has, whatever order the converter chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from edge.accelerators.model import Model, Models


class Ordered:
    """Runs a model with its inputs in the order of ``names``. One thread at a time."""

    def __init__(self, model: Model, names: tuple[str, ...]) -> None:
        """Raises ModelError when the card has other inputs."""
        there = [tensor.name for tensor in model.card.inputs]
        if sorted(there) != sorted(names):
            problem = (
                f"the model {model.card.name} has the inputs {', '.join(there)}, the code needs {', '.join(names)}"
            )
            raise ModelError(problem, "Use the models that belong to this version of rapport-edge")
        self._model = model
        self._order = [names.index(name) for name in there]

    def run(self, *values: NDArray[np.generic]) -> tuple[NDArray[np.float32], ...]:
        """The outputs, in the card's order."""
        return self._model.run(*(values[place] for place in self._order))


def load(
    models: Models, name: str, task: str, names: tuple[str, ...], labels: tuple[str, ...] | None = None
) -> Ordered:
    """The model of ``models/<name>``. Raises ModelError."""
    return Ordered(models.load(name, task, labels), names)
