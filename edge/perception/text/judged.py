"""One text as the model and the rules see it; its distribution follows, with or without some of its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.perception.text.rules import fired
from edge.perception.text.shift import distribution, pooled, shift

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.perception.text.context import Context
    from edge.perception.text.cues import Span
    from edge.perception.text.shift import Weights

MOST_PARTS = 4
"""Parts that are read by themselves, the last ones: each is one run of the model."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found.

    Attributes:
        context: what surrounds the words of feeling.
        loud: the text is shouted.
        model: the model's probabilities for the whole.
        parts: (start, end) characters of what was read by itself, or none.
        said: the model's probabilities for each of them.
        weights: of the language.
    """

    context: Context
    loud: bool
    model: tuple[float, ...]
    parts: Sequence[tuple[int, int]]
    said: Sequence[tuple[float, ...]]
    weights: Weights

    def probabilities(self) -> tuple[float, ...]:
        """The distribution of the text."""
        moved = shift(fired(self.context, loud=self.loud), self.weights)
        return self._distribution(self.model, self.said, moved)

    def without(self, span: Span, part: int | None, said: tuple[float, ...]) -> tuple[float, ...]:
        """The distribution without the words in ``span``, if the model says ``said`` of the rest of that ``part``.

        ``part`` is None for the whole of a text that wasn't read in parts.
        """
        kept = [feeling for feeling in self.context.feelings if feeling.end <= span.start or feeling.start >= span.end]
        moved = shift(fired(self.context, loud=self.loud, counted=kept.__contains__), self.weights)
        model, parts = self.model, list(self.said)
        if part is None:
            model = said
        else:
            parts[part] = said
        return self._distribution(model, parts, moved)

    def _distribution(
        self, model: tuple[float, ...], parts: Sequence[tuple[float, ...]], moved: Sequence[float]
    ) -> tuple[float, ...]:
        logs = pooled(model, parts, self.weights, contrasted=self.context.contrast is not None)
        return distribution(logs, moved)
