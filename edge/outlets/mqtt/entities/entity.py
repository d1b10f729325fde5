"""One entity of the home, before it is given topics and ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.outlets.mqtt.features import Need


@dataclass(frozen=True, slots=True)
class Entity:
    """One row of the table.

    Attributes:
        key: the last part of its ids.
        name: in the home, where the device's stands before it.
        platform: of Home Assistant.
        said: name of the topic (in ``Topics``) on which its value is; empty where it has none.
        template: finds the value in that message; empty where the message is the value.
        attributes: a template that finds its attributes there; empty for none.
        heard: name of the topic to which the home sends for it; empty where it only tells.
        icon: its picture, without "mdi:".
        diagnostic: whether it is about the device itself.
        expires: whether the value is forgotten when it is not said again in time.
        needs: what the device must have for it; None: nothing.
        traits: everything else, in Home Assistant's words.
    """

    key: str
    name: str
    platform: str
    said: str = ""
    template: str = ""
    attributes: str = ""
    heard: str = ""
    icon: str = ""
    diagnostic: bool = False
    expires: bool = False
    needs: Need | None = None
    traits: Mapping[str, Any] = field(default_factory=dict)


def whole(path: str) -> str:
    """A template for attributes: the object at ``path`` in the message."""
    return f"{{{{ value_json.{path} | tojson }}}}"


def value(path: str) -> str:
    """A template for the value at ``path``; a null there is "None", which Home Assistant takes for unknown."""
    return f"{{{{ value_json.{path} }}}}"


def words(path: str, otherwise: str) -> str:
    """A template for the text at ``path``, and what stands there while that is null or empty."""
    return f"{{{{ value_json.{path} or '{otherwise}' }}}}"
