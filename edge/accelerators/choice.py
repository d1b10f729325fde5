"""The choice among accelerators, made once at start and told with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.accelerators.coral import Coral
from edge.accelerators.cpu import Cpu
from edge.accelerators.jetson import Jetson
from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.accelerators.accelerator import Accelerator
    from edge.accelerators.settings import AcceleratorSettings


@dataclass(frozen=True, slots=True)
class Choice:
    """The accelerator that was chosen and why. Where each model runs just now is in ``Models.usage``."""

    accelerator: Accelerator
    reason: str


def choose(settings: AcceleratorSettings, directory: Path | None = None) -> Choice:
    """The accelerator that the settings ask for.

    ``auto`` takes the first usable of coral, jetson, cpu; the reason names what was passed over. Whether a device
    computes rightly is seen by each model's golden vector when it is loaded.

    Args:
        settings: which, and how it is reached.
        directory: folder of the models, to see whether any has a file for the accelerator; None: not looked at.

    Raises:
        ModelError: the one that the settings name cannot be used.
    """
    return first_usable(settings.name, accelerators(settings), directory)


def accelerators(settings: AcceleratorSettings) -> tuple[Accelerator, ...]:
    """All that there are, the best first."""
    return Coral(settings.device), Jetson(settings.engine_cache), Cpu(settings.threads)


def first_usable(wanted: str, known: Sequence[Accelerator], directory: Path | None) -> Choice:
    """The accelerator named ``wanted``, or for "auto" the first of ``known`` that can be used. Raises ModelError."""
    if wanted != "auto":
        accelerator = next(one for one in known if one.name == wanted)
        why = unusable(accelerator, directory)
        if why is not None:
            problem = f"accelerator.name is {wanted!r}, which cannot be used here: {why}"
            raise ModelError(problem, 'Mend that, or set accelerator.name = "auto" or "cpu"')
        return Choice(accelerator, "the settings ask for it")
    passed_over: list[str] = []
    for accelerator in known:
        why = unusable(accelerator, directory)
        if why is None:
            return Choice(accelerator, "; ".join(["auto", *passed_over]))
        passed_over.append(f"{accelerator.name}: {why}")
    problem = "no accelerator can be used: " + "; ".join(passed_over)
    raise ModelError(problem, "Reinstall rapport-edge with its dependencies (ai-edge-litert)")


def unusable(accelerator: Accelerator, directory: Path | None) -> str | None:
    """Why an accelerator cannot be used here; None when it can."""
    why = accelerator.probe()
    if why is None and directory is not None and directory.is_dir():
        served = any(True for file in accelerator.files for _ in directory.glob(f"*/{file}"))
        return None if served or accelerator.name == "cpu" else f"no model has a {accelerator.wants}"
    return why
