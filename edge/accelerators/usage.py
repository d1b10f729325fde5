"""What runs where, since when it does and why: for the log, ``rapport doctor`` and the home."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

log = logging.getLogger(__name__)


@dataclass(slots=True)
class ModelUse:
    """Where one model runs.

    Attributes:
        device: "cpu", "coral" or "jetson".
        reason: why there; empty where that is what was chosen.
        fallback: it should run elsewhere and does not, since something failed.
        failures: inferences that raised or hung, and attempts to open that failed, since start.
        returns: times that it came back to the device that was chosen.
    """

    device: str
    reason: str = ""
    fallback: bool = False
    failures: int = 0
    returns: int = 0


@dataclass(frozen=True, slots=True)
class InUse:
    """The whole at one moment. ``device`` is the chosen one while any model runs there."""

    chosen: str
    device: str
    reason: str
    fallback: bool
    failures: int
    returns: int
    models: dict[str, str] = field(default_factory=dict)


class Usage:
    """Kept by the guards, read by others; from any thread."""

    def __init__(self, chosen: str, reason: str = "") -> None:
        """``chosen``: name of the accelerator; ``reason``: why that one."""
        self._chosen = chosen
        self._reason = reason
        self._models: dict[str, ModelUse] = {}
        self._lock = threading.Lock()

    def placed(self, model: str, device: str, reason: str = "") -> None:
        """A model was opened where it is meant to be; counters of an earlier session of the same model go on."""
        with self._lock:
            old = self._models.get(model)
            failures, returns = (old.failures, old.returns) if old else (0, 0)
            came_back = old is not None and old.fallback
            self._models[model] = ModelUse(device, reason, failures=failures, returns=returns + came_back)
        if came_back:
            log.warning("%s is back on %s", model, device)
        elif reason and (old is None or old.reason != reason):
            log.warning("%s runs on %s: %s", model, device, reason)

    def failed(self, model: str, device: str, reason: str) -> None:
        """Something failed, and ``device`` does the work meanwhile. Logged when it is new, not each time."""
        with self._lock:
            use = self._models.setdefault(model, ModelUse(device))
            new = (use.device, use.fallback) != (device, True)
            use.device, use.reason, use.fallback = device, reason, True
            use.failures += 1
        log.log(logging.WARNING if new else logging.DEBUG, "%s runs on %s now: %s", model, device, reason)

    def stumbled(self, model: str, device: str, reason: str) -> None:
        """Something failed on the CPU, where nothing stands in. Counted; logged by who is told of the error."""
        with self._lock:
            use = self._models.setdefault(model, ModelUse(device))
            use.failures += 1
        log.debug("%s on %s: %s", model, device, reason)

    def of(self, model: str) -> ModelUse | None:
        """Where a model runs; None before it was loaded."""
        return self._models.get(model)

    def now(self) -> InUse:
        """The whole, as it stands."""
        with self._lock:
            uses = dict(self._models)
        devices = {use.device for use in uses.values()}
        device = self._chosen if self._chosen in devices or not devices else min(devices)
        reasons = dict.fromkeys(use.reason for use in uses.values() if use.reason and use.device != self._chosen)
        told = [self._reason, *(f"{', '.join(_those(uses, reason))}: {reason}" for reason in reasons)]
        return InUse(
            chosen=self._chosen,
            device=device,
            reason="; ".join(part for part in told if part),
            fallback=any(use.fallback for use in uses.values()),
            failures=sum(use.failures for use in uses.values()),
            returns=sum(use.returns for use in uses.values()),
            models={name: use.device for name, use in sorted(uses.items())},
        )

    def condition(self) -> str | None:
        """Which models do not run where they should, and why; None when all do. A lane that uses them is degraded."""
        with self._lock:
            fallen = [
                f"{name} runs on {use.device}: {use.reason}" for name, use in self._models.items() if use.fallback
            ]
        return "; ".join(sorted(fallen)) or None


def _those(uses: dict[str, ModelUse], reason: str) -> list[str]:
    return sorted(name for name, use in uses.items() if use.reason == reason)
