"""The broker, what waits for it, and the certificate that it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.cli.doctor.check import Check
from edge.errors import RapportError
from edge.paths import state_directory

if TYPE_CHECKING:
    from edge.settings import Settings


def broker(settings: Settings) -> list[Check]:
    """Whether the broker takes this device."""
    if not settings.mqtt.active:
        return [Check("broker", ok=True, found="mqtt.host is empty, or mqtt.enabled false: nothing is sent")]
    from edge.outlets.mqtt.probe import probe

    where = f"{settings.mqtt.host}:{settings.mqtt.port}"
    problem = probe(settings.mqtt)
    if problem is not None:
        return [Check("broker", ok=False, found=f"{where}: {problem}")]
    return [Check("broker", ok=True, found=f"{where} accepts us")]


def outbox(settings: Settings) -> list[Check]:
    """What waits for the broker, and what it will not take."""
    from edge.cli.opened import opened
    from edge.kept import something_kept
    from edge.privacy.outbox import Outbox

    if not something_kept(state_directory(settings)):
        return [Check("outbox", ok=True, found="nothing was ever put in")]
    try:
        with opened(settings) as vault:
            counts = Outbox(vault).counts()
    except RapportError as error:
        return [Check("outbox", ok=False, found=error.problem, remedy=error.remedy)]
    given_up = f"{counts.expired} too old, {counts.pushed_out} pushed out, {counts.set_aside} not taken"
    found = f"{counts.waiting} wait, {counts.acknowledged} of {counts.stored} arrived; given up: {given_up}"
    remedy = "See the log for what the broker says of them" if counts.kept_aside else ""
    return [Check("outbox", ok=not counts.kept_aside, found=found, remedy=remedy)]


def certificate(settings: Settings) -> list[Check]:
    """Until when the device's certificate holds."""
    from edge.outlets.mqtt.validity import validity

    told = validity(settings.mqtt, settings.device.id) if settings.mqtt.active else None
    return [] if told is None else [Check("certificate", ok=not told.remedy, found=told.found, remedy=told.remedy)]
