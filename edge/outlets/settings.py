"""Settings of the outlets of this room: the spoken voice and the console."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from edge.section import Section


class SpeechSettings(Section):
    """How replies are spoken. A reply's style is relative to the rate, pitch and volume that are set here."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"words_per_minute", "pitch", "volume", "wav_files"})

    engine: Literal["auto", "none"] = Field(
        default="auto", title="Engine", description="auto takes espeak-ng, else espeak; none keeps the device silent"
    )
    words_per_minute: int = Field(
        default=165, ge=80, le=300, title="Rate", description="usual rate in words a minute; Mandarin follows it"
    )
    pitch: int = Field(
        default=50, ge=10, le=90, title="Pitch", description="usual pitch on the engine's scale of 0 to 99"
    )
    volume: float = Field(
        default=1.0, ge=0.0, le=2.0, title="Volume", description="usual loudness as a factor; 1 is the engine's own"
    )
    device: str = Field(
        default="default",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_:=,.-]{0,63}$",
        title="Device",
        description="ALSA device for playback, as `aplay -L` lists it",
    )
    wav_directory: Path | None = Field(
        default=None,
        title="WAV directory",
        description="where replies are written when there is no sound card; by default a private one under /tmp",
    )
    wav_files: int = Field(
        default=20, ge=1, le=1000, title="WAV files", description="how many of them are kept; the oldest go"
    )


class ConsoleSettings(Section):
    """What is shown on the terminal."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"colour"})

    enabled: bool = Field(
        default=True, title="Enabled", description="show live what is sensed, understood and answered"
    )
    colour: bool = Field(default=True, title="Colour", description="colour the verbs when the output is a terminal")
