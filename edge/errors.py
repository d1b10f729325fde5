"""The tree of errors. Each names the thing that is wrong and the remedy.

RapportError
├── SettingsError   a settings file or an environment variable is wrong         (exit 2)
├── InputError      something that was given to a command cannot be used
├── SensorError     a camera, a microphone or a word source fails
│   └── SensorGone      it was there and is lost: the lane retries
├── ModelError      a model or its card is missing, altered or does not fit
├── ConsentError    what was asked for is not consented to or not allowed here
├── ProfileError    what is usual for a person cannot be read or kept
├── VaultError      the vault or its key cannot be used
│   └── VaultFull       the disk is full; what was stored before is there
├── BudgetError     what would leave is more than the privacy budget allows
├── FleetError      a message of the fleet, or a head, cannot be used
└── OutletError     a speaker, display or broker fails
"""

from __future__ import annotations


class RapportError(Exception):
    """Root of all errors that Rapport raises on purpose.

    Args:
        problem: the thing, the value found and what is allowed, as one sentence without a full stop.
        remedy: what the reader can do about it, as one imperative sentence without a full stop.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}. {remedy}.")
        self.problem = problem
        self.remedy = remedy


class SettingsError(RapportError):
    """A settings file or an environment variable is wrong."""


class InputError(RapportError):
    """Something that was given to a command cannot be used."""


class SensorError(RapportError):
    """A camera, a microphone or a word source fails."""


class SensorGone(SensorError):  # noqa: N818 - it is an event as much as an error
    """A sensor that worked is lost; its lane tries again with backoff."""


class ModelError(RapportError):
    """A model or its card is missing, was altered or does not fit the code."""


class ConsentError(RapportError):
    """What was asked for is not consented to, or is not allowed in this context."""


class ProfileError(RapportError):
    """What is usual for a person cannot be read or kept."""


class VaultError(RapportError):
    """The vault or its key cannot be used."""


class VaultFull(VaultError):  # noqa: N818 - it is a state of the disk as much as an error
    """The disk is full; nothing of what was to be stored is there, and all that was stored before is."""


class BudgetError(RapportError):
    """What would leave tells more than the privacy budget allows.

    Args:
        problem: as for every error.
        remedy: as for every error.
        serves_again_s: seconds of running time until it would be allowed; None where waiting does not help.
    """

    def __init__(self, problem: str, remedy: str, serves_again_s: float | None = None) -> None:
        super().__init__(problem, remedy)
        self.serves_again_s = serves_again_s
class FleetError(RapportError):
    """A message of the fleet, or a head that came with it, cannot be used."""


class OutletError(RapportError):
    """A speaker, a display or a broker fails."""
