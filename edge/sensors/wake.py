"""A wake word by pymicro-wakeword: small models that come inside its package, and its own TensorFlow Lite library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edge.errors import SensorError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STEP = 160
"""Samples that are judged at a time: 10 ms, the hop of the package's features."""
INSTALL = 'Type: pip install \'rapport-edge[wake]\'; or set words.open = "push" or "always"'


class WakeWord:
    """One of the package's words: "okay_nabu", "hey_jarvis", "hey_mycroft", "alexa". Loaded by ``attach`` alone."""

    def __init__(self, word: str) -> None:
        self._word = word
        self._model: Any = None
        self._features: Any = None

    def attach(self) -> None:
        """Load the model. Raises SensorError when the package is not there or does not work on this machine."""
        try:
            from pymicro_wakeword import MicroWakeWord, MicroWakeWordFeatures, Model

            self._model = MicroWakeWord.from_builtin(Model(self._word))
            self._features = MicroWakeWordFeatures()
        except (ImportError, OSError, ValueError) as error:
            problem = f'words.open is "wake", and pymicro-wakeword cannot be used: {error}'
            raise SensorError(problem, INSTALL) from error

    def hear(self, samples: NDArray[np.int16]) -> int | None:
        """Where in ``samples`` the word has just ended; None when it has not."""
        if self._model is None:
            return None
        for start in range(0, len(samples), STEP):
            for features in self._features.process_streaming(samples[start : start + STEP].tobytes()):
                if self._model.process_streaming(features):
                    self._reset()
                    return min(start + STEP, len(samples))
        return None

    def stop(self) -> None:
        """Forget what was heard and release the model."""
        if self._model is not None:
            self._model.close()
        self._model = self._features = None

    def _reset(self) -> None:
        """What was just heard must not fire again."""
        self._model.reset()
        self._features.reset()
