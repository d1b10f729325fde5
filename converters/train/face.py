"""Train the expression net on FER+ soft votes, on chips as FER2013 has them and as the device cuts them.

First it learns the votes. Then it goes on with a teacher's opinion beside the votes: by default its own, averaged over
four views of each face (both cuts, each also mirrored), which together know a face better than any of them alone.
``train`` gives a run folder; ``face_report`` makes int8 file, ONNX, card and figures of it.
"""

from __future__ import annotations

import argparse
import zlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters import metrics
from converters.arrays import replaced
from converters.datasets.catalogue import trainable
from converters.datasets.face import FILE, load, resized
from converters.datasets.face_aligned import aligned
from converters.datasets.face_batches import GROWING, FaceBatches, stacked
from converters.datasets.face_variants import CALM, PRESETS
from converters.run import TRUTH, Run
from converters.train import options
from converters.train.face_network import FAMILIES, INPUT, OF_ONE_SIDE, network, of_side
from converters.train.face_rare import add_to_bias, fitted_shift
from converters.train.face_recipe import recipe
from edge.errors import InputError
from edge.perception.face.expression import SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from converters.datasets.face import Faces, Split
    from converters.train.loop import Tuning

    Model = Any  # tf_keras has no types

LEARNT = ("fer2013", "ferplus")
EPOCHS, TAUGHT_EPOCHS = 24, 34
RATE, TAUGHT_RATE = 1.5e-3, 1e-3
"""Highest learning rate of AdamW in each half; WARM_UP epochs of rise, then a half cosine to zero."""
WARM_UP = 0.7
DECAY = 0.03
"""Of the convolutions' weights alone."""
AVERAGE = 0.999
TUNING_RATE = 2e-4
SAMPLES = 400
"""Training chips that set the ranges of the activations."""
TEMPERATURE, SHARE = 1.0, 0.6
"""Of the teacher's opinion, which is as soft as the votes are; its share beside them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters train face``."""
    parser.add_argument("--data", type=Path, required=True, help="folder that holds face/fer2013_train_public.npz")
    parser.add_argument("--models", type=Path, default=Path("models"), help="where the finished model goes")
    parser.add_argument("--family", choices=tuple(FAMILIES), default="residual", help="kind of network (%(default)s)")
    parser.add_argument("--augmentation", choices=tuple(PRESETS), default="gentle", help="(%(default)s)")
    parser.add_argument("--side", type=int, help="train on chips of this side alone, not on growing ones")
    parser.add_argument(
        "--taught",
        type=options.natural,
        default=TAUGHT_EPOCHS,
        metavar="EPOCHS",
        help="epochs that follow on the votes and a teacher's opinion (%(default)s)",
    )
    parser.add_argument(
        "--teacher", type=Path, help="run folder of a finished training that is the teacher; by default the net itself"
    )
    parser.add_argument(
        "--package",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="make int8 file, ONNX and card of it; without, the run folder is left for quantise, verify and package",
    )
    options.add_arguments(parser, epochs=EPOCHS)


def run(arguments: argparse.Namespace) -> int:
    """Train (or go on training) and, with ``--package``, write ``models/face-expression``."""
    from converters.train.loop import begin

    check(arguments)
    begin(arguments.seed, arguments.threads)
    for name in LEARNT:
        trainable(name, arguments.data / FILE)
    split = load(arguments.data)
    folder = arguments.runs / "face" / arguments.family
    batches = FaceBatches(
        split.training,
        aligned(split.training.images, arguments.models, folder.parent / "aligned.npy"),
        arguments.epochs,
        arguments.seed,
        PRESETS[arguments.augmentation],
        GROWING if arguments.side is None else ((1.0, arguments.side),),
    )
    model = train(batches, split.held_out, arguments, folder)
    if arguments.taught:
        teacher = model if arguments.teacher is None else Run.open(arguments.teacher).model()
        model = teach(model, teacher, batches, split.held_out, arguments=arguments, folder=folder)
    made = finished(of_side(model, arguments.family, arguments.side or SIDE), split, folder, arguments)
    if arguments.package:
        from converters.train.face_report import finish

        finish(made, arguments.data, arguments.models)
    return 0


def check(arguments: argparse.Namespace) -> None:
    """Raises InputError for options that contradict each other, before anything takes time."""
    if arguments.family in OF_ONE_SIDE and arguments.side is None:
        problem = f"a network of the family {arguments.family} takes chips of one side only"
        raise InputError(problem, f"Give --side {SIDE}")
    if arguments.package and arguments.side not in (None, SIDE):
        problem = f"the device cuts chips of {SIDE} pixels, --side is {arguments.side}"
        raise InputError(problem, "Add --no-package, or leave --side out")


def train(batches: FaceBatches, held_out: Faces, arguments: argparse.Namespace, folder: Path) -> Model:
    """The network that has learnt the votes, with averaged weights. It goes on from the epoch that ``folder`` holds.

    Args:
        batches: training chips.
        held_out: measured after each epoch; nothing is chosen by it but what a reader of the log chooses.
        arguments: of the command.
        folder: of this family's trainings.
    """
    growing = len(batches.sides) > 1
    model = network(arguments.family, None if growing else batches.sides[0][1])
    _fit(model, batches, held_out, arguments, folder=folder / "training", highest=RATE)
    return model


def teach(
    model: Model, teacher: Model, batches: FaceBatches, held_out: Faces, *, arguments: argparse.Namespace, folder: Path
) -> Model:
    """The same network after ``arguments.taught`` more epochs, on full chips that are changed little."""
    side = arguments.side or SIDE
    folder /= f"taught-{mark(teacher)}"  # with another teacher it is another training
    told = opinion(teacher, batches, side, folder / "opinion.npy")
    taught = replace(batches, teacher=told, epochs=arguments.taught, seed=arguments.seed + 1, changes=CALM)
    taught = replace(taught, sides=((1.0, side),))
    _fit(model, taught, held_out, arguments, folder=folder, highest=TAUGHT_RATE)
    return model


def _fit(
    model: Model, batches: FaceBatches, held_out: Faces, arguments: argparse.Namespace, *, folder: Path, highest: float
) -> None:
    from tf_keras.optimizers import AdamW

    from converters.train.loop import fit
    from converters.train.losses import cross_entropy, distillation

    optimiser = AdamW(highest, weight_decay=DECAY)
    optimiser.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    plan = options.plan_of(arguments, batches.steps, average=AVERAGE)
    fit(
        model,
        batches,
        replace(plan, epochs=batches.epochs, keep="last"),
        folder,
        loss=cross_entropy() if batches.teacher is None else distillation(TEMPERATURE, SHARE),
        optimiser=optimiser,
        validate=lambda net: figures(net, held_out, batches.side(batches.epochs - 1)),
        watch="accuracy",
        rate=options.cosine(highest, batches.epochs, warm_up=WARM_UP),
    )


def figures(net: Model, faces: Faces, side: int) -> dict[str, float]:
    """Accuracy and macro-F1 on the FER+ majority, and the cross-entropy with the votes."""
    logits = logits_of(net, resized(faces.images, side))
    known = faces.ferplus >= 0
    truth, said = faces.ferplus[known], logits[known].argmax(axis=1)
    likelihood = np.log(metrics.softmax(logits, 1.0))
    return {
        "accuracy": metrics.accuracy(truth, said),
        "macro_f1": metrics.macro_f1(truth, said),
        "cross_entropy": float(-(faces.votes * likelihood).sum(axis=1).mean()),
    }


def logits_of(net: Model, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(n, 7) logits of the float net for (n, side, side) uint8, in parts."""
    parts = [net(stacked(images[start : start + 256]), training=False).numpy() for start in range(0, len(images), 256)]
    return np.concatenate(parts).astype(np.float64)


def opinion(teacher: Model, batches: FaceBatches, side: int, cache: Path) -> NDArray[np.float32]:
    """(n, 7) probabilities by the mean of the teacher's logits over both cuts of each face, plain and mirrored.

    Args:
        teacher: takes chips of ``side``.
        batches: the faces.
        side: pixels.
        cache: a .npy file that keeps the result, so that a stopped training goes on with the same targets.
    """
    if cache.is_file():
        kept: NDArray[np.float32] = np.load(cache)
        if len(kept) == len(batches.faces.images):
            return kept
    cuts = [resized(images, side) for images in (batches.faces.images, batches.aligned)]
    views = [view for cut in cuts for view in (cut, cut[:, :, ::-1])]
    logits = np.mean([logits_of(teacher, view) for view in views], axis=0)
    told = metrics.softmax(logits, 1.0).astype(np.float32)
    cache.parent.mkdir(parents=True, exist_ok=True)
    replaced(cache, lambda partial: np.save(partial, told))
    return told


def mark(teacher: Model) -> str:
    """Eight hexadecimal digits that tell its weights from others."""
    return f"{zlib.crc32(b''.join(np.ascontiguousarray(weights).tobytes() for weights in teacher.get_weights())):08x}"


def finished(model: Model, split: Split, folder: Path, arguments: argparse.Namespace) -> Run:
    """The run folder of a trained network, with its rare emotions' biases set (see ``face_rare``)."""
    side = model.input_shape[1]
    known = split.held_out.take(split.held_out.ferplus >= 0)
    logits = logits_of(model, resized(known.images, side))
    shift = fitted_shift(logits, known.ferplus, split.training.votes.mean(axis=0))
    add_to_bias(model, shift)
    rows = np.random.default_rng(0).permutation(len(split.training.images))[:SAMPLES]
    return Run.create(
        folder,
        recipe(arguments),
        model,
        samples={INPUT: stacked(resized(split.training.images[rows], side))},
        validation={INPUT: stacked(resized(known.images, side)), TRUTH: known.ferplus},
    )


def fine_tuning(run: Run, data: Path) -> Tuning:
    """How the finished network goes on training: on votes, at full size, with FER2013's own cuts."""
    from converters.train.loop import Tuning
    from converters.train.losses import cross_entropy

    faces = load(data).training
    batches = FaceBatches(faces, faces.images, 1, run.recipe.seed + 1, sides=((np.inf, SIDE),))
    return Tuning(batches, cross_entropy(), batches.steps, TUNING_RATE)
