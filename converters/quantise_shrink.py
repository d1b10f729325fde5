"""Pruning and clustering: fewer weights that matter, fewer different ones. Both show in the size of the packed file.

By tensorflow-model-optimization. Depthwise kernels are left alone: they hold few weights and lose much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    Model = Any  # tf_keras has no types


def pruned(model: Model, sparsity: float, steps: int) -> Model:
    """A copy whose kernels lose their smallest weights while it goes on training (Zhu & Gupta, To prune, 2017).

    Args:
        model: a functional or sequential ``tf_keras.Model``.
        sparsity: part of each kernel that becomes zero, in (0, 1).
        steps: of the whole training; the sparsity is reached after half of them, the rest heals.
    """
    import tensorflow_model_optimization as tfmot

    sparsely = tfmot.sparsity.keras
    # With a frequency above 1 a short training would end before the first pruning.
    schedule = sparsely.PolynomialDecay(0.0, sparsity, begin_step=0, end_step=max(steps // 2, 1), frequency=1)
    return _wrapped(model, lambda layer: sparsely.prune_low_magnitude(layer, pruning_schedule=schedule), "prune")


def pruning_counter(model: Model, optimiser: Any) -> Callable[[], None]:  # noqa: ANN401 - tf_keras has no types
    """What to call before each step of a ``pruned`` copy: tells its layers how far training is, also after a resume."""
    steps = [layer.pruning_step for layer in model.layers if hasattr(layer, "pruning_step")]

    def count() -> None:
        for step in steps:
            step.assign(optimiser.iterations)

    return count


def without_pruning(model: Model) -> Model:
    """The plain network again, with its zeros."""
    import tensorflow_model_optimization as tfmot

    return tfmot.sparsity.keras.strip_pruning(model)


def clustered(model: Model, clusters: int, *, keep_zeros: bool) -> Model:
    """A copy each of whose kernels has ``clusters`` different values (Han et al., Deep Compression, 2016).

    Args:
        model: a functional or sequential ``tf_keras.Model``.
        clusters: different values in a kernel, 2 or more; kernels with no more weights than that are left alone.
        keep_zeros: zeros of pruning stay zeros.
    """
    from tensorflow_model_optimization.python.core.clustering.keras.experimental.cluster import cluster_weights

    def wrapped(layer: Any) -> Any:  # noqa: ANN401
        if layer.kernel.shape.num_elements() <= clusters:
            return layer
        return cluster_weights(layer, number_of_clusters=clusters, preserve_sparsity=keep_zeros)

    return _wrapped(model, wrapped, "cluster")


def without_clustering(model: Model) -> Model:
    """The plain network again, with few different weights."""
    import tensorflow_model_optimization as tfmot

    return tfmot.clustering.keras.strip_clustering(model)


def _wrapped(model: Model, wrap: Callable[[Any], Any], verb: str) -> Model:
    """A copy of ``model`` with its convolutions and dense layers wrapped."""
    import tf_keras

    layers = tf_keras.layers
    kinds = {layers.Conv1D, layers.Conv2D, layers.Dense}
    if not any(type(layer) in kinds for layer in model.layers):
        problem = f"there is nothing to {verb}: the network has no Conv1D, Conv2D or Dense layer of its own"
        raise InputError(problem, f"Leave out --{verb}, or build the network in one model that holds no other")
    return tf_keras.models.clone_model(
        model, clone_function=lambda layer: wrap(layer) if type(layer) in kinds else layer
    )
