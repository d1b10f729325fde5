"""The models, who signed them, and what they run on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edge.cli.doctor.check import Check
from edge.errors import RapportError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.accelerators.accelerator import Accelerator
    from edge.settings import Settings


def accelerator(settings: Settings) -> list[Check]:
    """What the models run on, and whether it computes rightly."""
    from edge.accelerators.choice import choose

    try:
        choice = choose(settings.accelerator, settings.models.place)
    except RapportError as error:
        return [Check("accelerator", ok=False, found=error.problem, remedy=error.remedy, essential=True)]
    found = Check("accelerator", ok=True, found=f"{choice.accelerator.name} ({choice.reason})", essential=True)
    return [found, *on_device(choice.accelerator, settings.models.place)]


def on_device(accelerator: Accelerator, directory: Path) -> list[Check]:
    """Whether a device beside the CPU computes each golden vector. It is opened: no other program may have it."""
    from edge.accelerators.opening import trial
    from edge.cli.models import folders

    if accelerator.name == "cpu":
        return []
    checks = []
    for folder in folders(directory):
        name = f"{folder.name} on {accelerator.name}"
        try:
            checks.append(Check(name, ok=True, found=f"golden vector {trial(folder, accelerator)}"))
        except RapportError as error:
            checks.append(Check(name, ok=False, found=f"runs on cpu: {error.problem}", remedy=error.remedy))
    return checks


def models(settings: Settings) -> list[Check]:
    """Each model against its card and the signature."""
    from edge.cli.models import inspect_all

    directory = settings.models.place
    try:
        records = inspect_all(directory, settings.models, golden=True)
    except RapportError as error:
        return [Check("models", ok=False, found=error.problem, remedy=error.remedy, essential=True)]
    checks = [_signature(settings, directory)]
    for record in records:
        found = record["error"] or _of_model(record)
        checks.append(Check(f"model {record['name']}", record["error"] is None, found, essential=True))
    return checks


def _of_model(record: dict[str, Any]) -> str:
    golden = f"; golden vector on cpu {record['golden']}" if record["golden"] else "; no golden vector"
    return f"version {record['version']}, sha256 {record['sha256'][:16]}… as its card says{golden}"


def _signature(settings: Settings, directory: Path) -> Check:
    """Who signed the models; a flaw is essential only where a signature is required."""
    from edge.accelerators.manifest import Seal

    required = settings.models.signature == "require"
    try:
        manifest, key = Seal.of(settings.models, directory).signed()
    except RapportError as error:
        found = error.problem if required else f'{error.problem}; used all the same: models.signature is "warn"'
        return Check("signature", ok=False, found=found, remedy=error.remedy, essential=required)
    found = f"release {manifest.release} of {manifest.date[:10]}, signed by {key.owner or key.id}"
    if required:
        return Check("signature", ok=True, found=found)
    remedy = 'Set models.signature = "require" before the device leaves the bench'
    return Check("signature", ok=False, found=f'{found}; not required: models.signature is "warn"', remedy=remedy)


def expression(settings: Settings) -> list[Check]:
    """Whether voice and face of a reply are drawn by the model."""
    from edge.accelerators.cpu import Cpu
    from edge.accelerators.model import device_models
    from edge.response.drawn import NAME, Drawer

    try:
        Drawer(device_models(settings.models, Cpu()), 0)
    except RapportError as error:
        found = f"voice and face of replies are by the tables alone: {error.problem}"
        return [Check(NAME, ok=False, found=found, remedy=error.remedy)]
    return [Check(NAME, ok=True, found="voice and face of each reply are drawn by the model")]
