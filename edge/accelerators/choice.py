"""The choice among accelerators, made once at start and told with its reason."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.accelerators.cpu import Cpu
from edge.errors import ModelError

if TYPE_CHECKING:
    from edge.accelerators.accelerator import Accelerator
    from edge.accelerators.settings import AcceleratorSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """The accelerator in use and why, for the log, ``rapport doctor`` and the diagnostic entity."""

    accelerator: Accelerator
    reason: str


def choose(settings: AcceleratorSettings) -> Choice:
    """The accelerator that the settings ask for. Raises ModelError when that one cannot be used.

    ``auto`` takes the first usable of coral, jetson, cpu; the reason names what was passed over.
    """
    known: dict[str, Accelerator] = {"cpu": Cpu(settings.threads)}
    if settings.name != "auto":
        accelerator = known.get(settings.name)
        why = "this version has no driver for it" if accelerator is None else accelerator.probe()
        if accelerator is None or why is not None:
            problem = f"accelerator.name is {settings.name!r}, which cannot be used here: {why}"
            raise ModelError(problem, 'Set accelerator.name = "auto" or "cpu"')
        return Choice(accelerator, "the settings ask for it")
    passed_over: list[str] = []
    for name in ("coral", "jetson", "cpu"):
        if name not in known:
            passed_over.append(f"{name}: this version has no driver for it")
            continue
        why = known[name].probe()
        if why is None:
            choice = Choice(known[name], "auto; " + "; ".join(passed_over) if passed_over else "auto")
            log.info("accelerator %s (%s)", name, choice.reason)
            return choice
        passed_over.append(f"{name}: {why}")
    problem = "no accelerator can be used: " + "; ".join(passed_over)
    raise ModelError(problem, "Reinstall rapport-edge with its dependencies (ai-edge-litert)")
