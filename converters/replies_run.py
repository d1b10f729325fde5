"""The device's side of a conversation, as all measuring of replies takes it: the whole way of words, from a source.

``source`` says where a reply may come from: ``templates``, ``retrieval``, ``model``, or ``whole``, which is all that
the device has. It is handed to the settings as ``response.sources`` where the device has such a setting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.cli.converse import Conversation
from edge.errors import InputError
from edge.response.settings import ResponseSettings
from edge.settings import load

if TYPE_CHECKING:
    from edge.accelerators.model import Models

SOURCES = ("templates", "retrieval", "model", "whole")
SETTING = "sources"
"""The key under [response] that names the sources of a reply."""


def conversation(models: Models, place: str, source: str = "whole", seed: int = 0) -> Conversation:
    """A conversation in ``place``, a context manager. Raises ConsentError and SettingsError as the device does.

    Raises:
        InputError: this device has nothing but templates, and ``source`` is another.
    """
    wanted = {"RAPPORT_SAFETY__CONTEXT": place, "RAPPORT_RESPONSE__SEED": str(seed)}
    if SETTING in ResponseSettings.model_fields:
        if source != "whole":
            wanted[f"RAPPORT_RESPONSE__{SETTING.upper()}"] = f'["{source}"]'
    elif source not in ("templates", "whole"):
        problem = f"--source is {source}, and replies come from templates alone here"
        raise InputError(problem, "Use templates or whole")
    return Conversation(load(None, wanted), models)
