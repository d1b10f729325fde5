"""Settings of the sensors. A source is always a string, so that one environment variable replaces it."""

from __future__ import annotations

from pydantic import Field

from edge.section import Section


class PictureLimits(Section):
    """How large a picture file may be. A pixel here is one that the file's header announces."""

    full_pixels: int = Field(
        default=4_000_000,
        ge=10_000,
        le=100_000_000,
        title="Pixels decoded in full",
        description="a larger picture is decoded at a half, a quarter or an eighth of its width and height",
    )
    refuse_pixels: int = Field(
        default=100_000_000,
        ge=10_000,
        le=1_000_000_000,
        title="Pixels refused",
        description="a picture with more pixels is refused before it is decoded",
    )


class CameraSettings(Section):
    """Where pictures come from."""

    source: str = Field(
        default="none",
        min_length=1,
        title="Source",
        description='"none", a camera ("0", "/dev/video0", "/dev/v4l/by-id/…"), or the path of a video, a picture or a '
        "folder of pictures",
    )
    width: int = Field(default=640, ge=160, le=3840, title="Width", description="pixels; the camera may grant another")
    height: int = Field(
        default=480, ge=120, le=2160, title="Height", description="pixels; the camera may grant another"
    )
    fps: float = Field(
        default=15.0,
        ge=1.0,
        le=120.0,
        title="Frames per second",
        description="asked of a camera, and the pace of picture files; a video has its own",
    )
    stall_s: float = Field(
        default=3.0,
        ge=1.0,
        le=60.0,
        title="Stall",
        description="seconds without a picture after which a camera counts as lost",
    )
    limits: PictureLimits = Field(
        default=PictureLimits(), title="Picture limits", description="how large a picture file may be"
    )


class MicrophoneSettings(Section):
    """Where sound comes from."""

    source: str = Field(
        default="none",
        min_length=1,
        title="Source",
        description='"none", "default", the index or a part of the name of an input device, or the path of a sound',
    )
    hop_s: float = Field(
        default=0.5, ge=0.1, le=2.0, title="Hop", description="seconds of sound that are handed on at a time"
    )
    stall_s: float = Field(
        default=3.0,
        ge=1.0,
        le=60.0,
        title="Stall",
        description="seconds without sound (not silence) after which a microphone counts as lost",
    )


class WordsSettings(Section):
    """Where words come from."""

    source: str = Field(
        default="none",
        min_length=1,
        title="Source",
        description='"none", "stdin", or the path of a text: a line per utterance, plain or timed as [mm:ss.xx]',
    )
    interval_s: float = Field(
        default=4.0,
        ge=0.0,
        le=600.0,
        title="Interval",
        description="seconds between two lines of a plain text; a timed text has its own times",
    )
    limit_chars: int = Field(
        default=1000, ge=10, le=10_000, title="Longest line", description="characters after which a line is cut"
    )
