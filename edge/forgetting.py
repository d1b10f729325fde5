"""Forgetting all that is kept of people: the same for ``rapport privacy forget`` and for the home's button."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from edge.outlets.history import history_path
from edge.outlets.last_state import path_of
from edge.outlets.mqtt.clearing import OWED
from edge.paths import runtime_directory, state_directory
from edge.privacy.forget import Proof, forget

if TYPE_CHECKING:
    from edge.settings import Settings


def forget_all(settings: Settings) -> tuple[Proof, str | None]:
    """Remove what is kept on this device. What the broker has is cleared afterwards (``mqtt.clearing``), and is owed.

    Returns:
        what was removed and what was not there; and why it could not be noted that the broker is to be cleared.

    Raises:
        VaultError: something cannot be removed; what is gone by then is gone.
    """
    trouble = _owe(settings)
    proof = forget(state_directory(settings))
    removed, absent = [*proof.removed], [*proof.absent]
    place = (runtime_directory(), settings.device.id)
    for path in (path_of(*place), history_path(*place)):  # gone with a reboot anyway
        (removed if path.exists() else absent).append(str(path))
        path.unlink(missing_ok=True)
    return Proof(tuple(removed), tuple(absent)), trouble


def _owe(settings: Settings) -> str | None:
    """Remember that the broker is to be cleared, before anything is removed: a power cut may come between."""
    owed = state_directory(settings) / OWED
    if not settings.mqtt.active or not owed.parent.is_dir():
        return None
    try:
        os.close(os.open(owed, os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    except OSError as error:
        return f"{owed} cannot be written: {error.strerror}"
    return None
