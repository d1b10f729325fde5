"""Copies of a run's network that go on training: pruned, clustered, aware of quantisation."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from converters.quantise_aware import aware, aware_to_int8
from converters.quantise_shrink import clustered, pruned, pruning_counter, without_clustering, without_pruning
from converters.run import FLOAT_FILE
from converters.train.loop import Plan, Tuning, fit
from converters.train.options import cosine
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from converters.quantise_candidates import Judge
    from converters.run import Run

    Model = Any  # tf_keras has no types

TUNING_FOLDER = "tuning"


@dataclass(frozen=True, slots=True)
class Network:
    """A plain float network and what was done to it before."""

    model: Model
    sparsity: float | None = None
    clusters: int | None = None

    @property
    def told(self) -> str:
        """What was done, as the beginning of a method's name."""
        parts = [] if self.sparsity is None else [f"pruned {self.sparsity:g}"]
        parts += [] if self.clusters is None else [f"clustered {self.clusters}"]
        return "".join(f"{part}, " for part in parts)

    def scheme(self) -> Any:  # noqa: ANN401 - tensorflow-model-optimization has no types
        """How quantisation-aware training keeps zeros and clusters; None where there is nothing to keep."""
        import tensorflow_model_optimization as tfmot

        combine = tfmot.experimental.combine
        if self.clusters is not None:
            return combine.Default8BitClusterPreserveQuantizeScheme(preserve_sparsity=self.sparsity is not None)
        return None if self.sparsity is None else combine.Default8BitPrunePreserveQuantizeScheme()


class Tuner:
    """Trains such copies on. Each has a folder in the run, where it goes on when it was stopped."""

    def __init__(self, run: Run, tuning: Tuning, judge: Judge, *, epochs: int, seed: int) -> None:
        self._run = run
        self._tuning = tuning
        self._judge = judge
        self._epochs = epochs
        self._seed = seed
        self._digest = hashlib.sha256((run.folder / FLOAT_FILE).read_bytes()).hexdigest()[:12]

    def aware(self, net: Network, samples: Mapping[str, NDArray[np.float32]]) -> bytes:
        """The int8 file of ``net`` after quantisation-aware training. Raises InputError."""
        model = aware(net.model, samples, net.scheme())
        self._train(model, f"{net.told}quantisation-aware")
        return aware_to_int8(model)

    def pruned(self, model: Model, sparsity: float) -> Model:
        """``model`` with that share of its kernels at zero."""
        copy = pruned(model, sparsity, self._epochs * self._tuning.steps)
        # The last epoch: earlier ones are not as sparse yet.
        self._train(copy, f"pruned {sparsity:g}", keep="last", counter=pruning_counter)
        return without_pruning(copy)

    def clustered(self, model: Model, clusters: int, *, keep_zeros: bool) -> Model:
        """``model`` with that many different values in each kernel."""
        copy = clustered(model, clusters, keep_zeros=keep_zeros)
        self._train(copy, f"clustered {clusters}{' pruned' if keep_zeros else ''}")
        return without_clustering(copy)

    def clear(self) -> None:
        """Remove what was kept for going on."""
        shutil.rmtree(self._run.folder / TUNING_FOLDER, ignore_errors=True)

    def _train(
        self,
        model: Model,
        name: str,
        *,
        keep: Literal["best", "last"] = "best",
        counter: Callable[[Model, Any], Callable[[], None]] | None = None,
    ) -> None:
        import tf_keras

        tuning, judge = self._tuning, self._judge
        optimiser = tf_keras.optimizers.Adam(tuning.rate)
        plan = Plan(self._epochs, tuning.steps, seed=self._seed, keep=keep, tensorboard=False)
        print(f"{name}:", flush=True)
        fit(
            model,
            tuning.batches,
            plan,
            self._run.folder / TUNING_FOLDER / f"{name.replace(', ', '-').replace(' ', '-')}-{self._digest}",
            loss=tuning.loss,
            optimiser=optimiser,
            validate=lambda present: {judge.figure: judge.value(judge.float_logits(present))},
            watch=judge.figure,
            rate=cosine(tuning.rate, self._epochs),
            before_step=counter(model, optimiser) if counter is not None else None,
        )


def networks(model: Model, tuner: Tuner | None, prune: float | None, cluster: int | None) -> Iterator[Network]:
    """The network as it is and, when asked for, pruned, or clustered, or both: first the one, then the other."""
    yield Network(model)
    if prune is None and cluster is None:
        return
    if tuner is None:
        problem = "pruning and clustering go on training, and it is not said how"
        raise InputError(problem, "Give the training data with --data")
    shrunk = model
    if prune is not None:
        shrunk = tuner.pruned(shrunk, prune)
    if cluster is not None:
        shrunk = tuner.clustered(shrunk, cluster, keep_zeros=prune is not None)
    yield Network(shrunk, prune, cluster)
