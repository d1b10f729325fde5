"""Two trained halves become one network of 100-d noise and emotion, and that an int8 file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from converters.expression.networks import KINDS
from converters.expression.rows import one_hot
from edge.response.drawn import FARTHEST, HALF, NOISE, PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from converters.expression.halves import Half

    Floats = NDArray[np.float32]
    Model = Any  # tf_keras has no types

SAMPLES = 2000
"""Draws that set the ranges of quantisation."""


def network(voice: Half, face: Half) -> Model:
    """Inputs ``noise`` (NOISE,) and ``emotion`` (KINDS,), outputs ``voice`` and ``face`` (PARTS,) each.

    Each half's first layer sees all of the noise, with weights of zero for what is the other's: that needs no operator
    that cuts, and every accelerator knows it.
    """
    import tf_keras

    layers = tf_keras.layers
    noise, emotion = layers.Input((NOISE,), name="noise"), layers.Input((KINDS,), name="emotion")
    outputs = [
        _branch(layers, name, half, place * HALF, (noise, emotion))
        for place, (name, half) in enumerate((("voice", voice), ("face", face)))
    ]
    return tf_keras.Model([noise, emotion], outputs)


def samples(seed: int = 0) -> Iterator[tuple[Floats, Floats]]:
    """Typical inputs, a row at a time: noise as the device draws it, each emotion as often.

    The first two are extremes, so that the input's range does not end before FARTHEST.
    """
    generator = np.random.default_rng(seed)
    for end in (-FARTHEST, FARTHEST):
        yield np.full((1, NOISE), end, np.float32), one_hot(np.array([KINDS - 1]))
    for row in range(SAMPLES):
        noise = generator.standard_normal((1, NOISE)).clip(-FARTHEST, FARTHEST)
        yield noise.astype(np.float32), one_hot(np.array([row % KINDS]))


def _branch(layers: Any, name: str, half: Half, start: int, given: tuple[Any, Any]) -> Any:  # noqa: ANN401
    noise, emotion = given
    first = np.zeros((NOISE + KINDS, half.kernels[0].shape[1]), np.float32)
    first[start : start + HALF] = half.kernels[0][:HALF]
    first[NOISE:] = half.kernels[0][HALF:]
    kernels = (first, *half.kernels[1:])
    hidden = layers.Concatenate()([noise, emotion])
    spreads = half.spread.any()
    for place, (kernel, bias) in enumerate(zip(kernels, half.biases, strict=True)):
        last = place == len(kernels) - 1
        called = name if last and not spreads else f"{name}_{place}"
        dense = layers.Dense(kernel.shape[1], activation=None if last else "relu", name=called)
        hidden = dense(hidden)
        dense.set_weights([kernel, bias])
    if not spreads:
        return hidden
    picked, deviation = layers.Dense(PARTS, use_bias=False), layers.Dense(PARTS, use_bias=False)
    scaled = layers.Multiply()([picked(noise), deviation(emotion)])
    picking = np.zeros((NOISE, PARTS), np.float32)
    picking[start + HALF - PARTS : start + HALF] = np.eye(PARTS)
    picked.set_weights([picking])
    deviation.set_weights([half.spread])
    return layers.Add(name=name)([hidden, scaled])
