"""The networks: a generator and its discriminator, and the two halves of a conditional variational autoencoder.

Each is an MLP of two hidden layers: a row has five numbers, and EMO-DB some fifty rows an emotion. All work on
standardised values (mean 0, deviation 1 over the training rows).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edge.affect import EMOTIONS
from edge.response.drawn import HALF, PARTS

if TYPE_CHECKING:
    Model = Any  # tf_keras has no types

KINDS = len(EMOTIONS)
HIDDEN = 64
LATENT = HALF - PARTS
"""Numbers of a half's noise that the autoencoder takes for its latent; the rest is the noise of what it observes."""
LEAK = 0.2


def generator() -> Model:
    """Noise (HALF,) and emotion (KINDS,) to a vector (PARTS,)."""
    import tf_keras

    layers = tf_keras.layers
    noise, emotion = layers.Input((HALF,), name="noise"), layers.Input((KINDS,), name="emotion")
    hidden = _hidden(layers, layers.Concatenate()([noise, emotion]), "relu")
    return tf_keras.Model([noise, emotion], layers.Dense(PARTS, name="vector")(hidden))


def discriminator() -> Model:
    """Vector (PARTS,) and emotion (KINDS,) to the logit of D: that the vector was measured, not made."""
    import tf_keras

    layers = tf_keras.layers
    vector, emotion = layers.Input((PARTS,), name="vector"), layers.Input((KINDS,), name="emotion")
    hidden = layers.Concatenate()([vector, emotion])
    for _ in range(2):
        hidden = layers.LeakyReLU(LEAK)(layers.Dense(HIDDEN, kernel_initializer="he_normal")(hidden))
    return tf_keras.Model([vector, emotion], layers.Dense(1, name="logit")(hidden))


def encoder() -> Model:
    """Vector and emotion to the mean and the logarithm of the variance of the latent (LATENT,) each."""
    import tf_keras

    layers = tf_keras.layers
    vector, emotion = layers.Input((PARTS,), name="vector"), layers.Input((KINDS,), name="emotion")
    hidden = _hidden(layers, layers.Concatenate()([vector, emotion]), "relu")
    return tf_keras.Model([vector, emotion], [layers.Dense(LATENT)(hidden), layers.Dense(LATENT)(hidden)])


def decoder() -> Model:
    """Latent (LATENT,) and emotion to the mean of the vector; and emotion to the log deviation around it."""
    import tf_keras

    layers = tf_keras.layers
    latent, emotion = layers.Input((LATENT,), name="latent"), layers.Input((KINDS,), name="emotion")
    hidden = _hidden(layers, layers.Concatenate()([latent, emotion]), "relu")
    spread = layers.Dense(PARTS, use_bias=False, kernel_initializer="zeros", name="log_deviation")(emotion)
    return tf_keras.Model([latent, emotion], [layers.Dense(PARTS, name="vector")(hidden), spread])


def _hidden(layers: Any, given: Any, activation: str) -> Any:  # noqa: ANN401 - tf_keras has no types
    for _ in range(2):
        given = layers.Dense(HIDDEN, activation=activation, kernel_initializer="he_normal")(given)
    return given
