"""Settings of the face."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from edge.section import Section


class AvatarSettings(Section):
    """The face of the device: a page at http://127.0.0.1:PORT/ for a display, and a picture for the home."""

    LIVE: ClassVar[frozenset[str]] = frozenset(
        {"theme", "colour", "manner", "fps", "sleep_after_s", "size", "image_interval_s", "image_change"}
    )

    enabled: bool = Field(default=False, title="Enabled", description="true gives the device a face")
    port: int = Field(
        default=8791, ge=0, le=65535, title="Port", description="of the page, on 127.0.0.1 only; 0: no page"
    )
    theme: Literal["auto", "light", "dark"] = Field(
        default="auto",
        title="Theme",
        description="what stands behind the face; auto: as the display's system has it, and light for pictures",
    )
    colour: Literal["amber", "rose", "sage", "sky"] = Field(
        default="amber", title="Colour", description="of the face; all are paler or brighter with its mood"
    )
    manner: Literal["calm", "mirror"] = Field(
        default="calm",
        title="Manner",
        description="calm: a feeling is met with an attentive, softer face; mirror: it is shown back, and less of it",
    )
    fps: int = Field(
        default=24,
        ge=2,
        le=60,
        title="Pictures a second",
        description="while the face moves; half as many while it only breathes",
    )
    sleep_after_s: float = Field(
        default=120.0,
        ge=0,
        le=86_400,
        title="Sleep after",
        description="s without anybody seen, heard or read after which its eyes close; 0: never",
    )
    image: bool = Field(
        default=False,
        title="Image over MQTT",
        description="publish it as a picture to the home; needs mqtt.host and pip install 'rapport-edge[avatar]'",
    )
    size: int = Field(
        default=320, ge=32, le=2048, title="Size", description="pixels of a side of pictures, for the home and face.png"
    )
    image_interval_s: float = Field(
        default=10.0, ge=1, le=3600, title="Rate floor", description="s; pictures are published no more often than this"
    )
    image_change: float = Field(
        default=0.2,
        ge=0.01,
        le=1,
        title="Least change",
        description="of a part of the face, 1 from rest to its extreme, that is worth another picture",
    )
