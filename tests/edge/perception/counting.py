"""The CPU as an accelerator that counts what its sessions are asked to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.accelerators.cpu import Cpu, LiteRtSession

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from edge.accelerators.card import Card


class Counting(Cpu):
    """``invocations`` of all its sessions together, the golden vectors at load included."""

    invocations = 0

    def load(self, content: bytes, card: Card, file: str) -> LiteRtSession:
        session = super().load(content, card, file)
        invoke = session.invoke

        def counted(inputs: Sequence[NDArray[np.generic]]) -> tuple[NDArray[np.generic], ...]:
            self.invocations += 1
            return invoke(inputs)

        session.invoke = counted  # type: ignore[method-assign]
        return session
