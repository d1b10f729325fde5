"""Settings of the sensors. A source is always a string, so that one environment variable replaces it."""

from __future__ import annotations

from typing import Literal

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


class CameraHealth(Section):
    """When a live camera's pictures are told as wrong. Files are shown as they are."""

    black_mean: float = Field(
        default=6.0,
        ge=0.0,
        le=64.0,
        title="Black",
        description="mean brightness, of 255, up to which a picture counts as black",
    )
    black_s: float = Field(
        default=5.0, ge=0.5, le=600.0, title="Black for", description="seconds of black pictures before it is told"
    )
    frozen_s: float = Field(
        default=5.0,
        ge=0.5,
        le=60.0,
        title="Frozen for",
        description="seconds of the very same picture after which none is used any more and the camera is opened anew",
    )
    half_s: float = Field(
        default=5.0,
        ge=0.5,
        le=60.0,
        title="Half pictures",
        description="three pictures whose lower part is missing within these seconds are told",
    )


class MicrophoneHealth(Section):
    """When a live microphone's sound is told as wrong. Files are played as they are."""

    silent_s: float = Field(
        default=5.0,
        ge=0.5,
        le=600.0,
        title="Zeros for",
        description="seconds of nothing but one value (zeros, mostly) before it is told; a quiet room still has noise",
    )
    clipped_share: float = Field(
        default=0.01,
        ge=0.0001,
        le=1.0,
        title="Clipping",
        description="share of samples at full scale, over 2 seconds, above which it is told",
    )
    offset: float = Field(
        default=0.1,
        ge=0.001,
        le=1.0,
        title="Offset",
        description="distance of the mean from zero, over 2 seconds, as a share of full scale, above which it is told",
    )
    rate_error: float = Field(
        default=0.1,
        ge=0.01,
        le=0.5,
        title="Wrong rate",
        description="deviation of the samples that really come in a second from the declared rate that is told",
    )
    rate_s: float = Field(
        default=5.0, ge=0.5, le=60.0, title="Rate over", description="seconds over which the rate is measured"
    )


class CameraSettings(Section):
    """Where pictures come from."""

    source: str = Field(
        default="none",
        min_length=1,
        title="Source",
        description='"none", a V4L2 camera ("0", "/dev/video0", "/dev/v4l/by-id/…"), a camera module of a Raspberry Pi '
        '("picamera", "csi", "csi:1"), or the path of a video, a picture or a folder of pictures',
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
    format: Literal["auto", "MJPG", "YUYV"] = Field(
        default="auto",
        title="Format",
        description="how a V4L2 camera sends pictures: MJPG is compressed, YUYV is not; auto takes YUYV where that "
        "leaves two thirds of a USB 2 bus free, else MJPG",
    )
    rotation: int = Field(
        default=0,
        ge=0,
        le=270,
        multiple_of=90,
        title="Rotation",
        description="degrees (0, 90, 180 or 270) by which pictures are turned clockwise",
    )
    mirror: bool = Field(
        default=False,
        title="Mirror",
        description="exchange left and right, after the rotation; for a camera behind a mirror",
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
    health: CameraHealth = Field(
        default=CameraHealth(), title="Health", description="when a live camera's pictures are told as wrong"
    )


class MicrophoneSettings(Section):
    """Where sound comes from."""

    source: str = Field(
        default="none",
        min_length=1,
        title="Source",
        description='"none", "default", the index or a part of the name of an input device, the path of a sound, or a '
        'Wyoming satellite in this house ("wyoming://host:port")',
    )
    hop_s: float = Field(
        default=0.5, ge=0.1, le=2.0, title="Hop", description="seconds of sound that are handed on at a time"
    )
    channel: int = Field(
        default=0,
        ge=0,
        le=32,
        title="Channel",
        description="which channel of an array is heard, from 1; 0 is the mean of all",
    )
    agc: Literal["off", "leave"] = Field(
        default="off",
        title="Automatic gain",
        description='"off" switches the device\'s own gain control off with amixer, since a gain that moves hides how '
        'loud a voice is; "leave" touches nothing',
    )
    echo_cancelled: bool = Field(
        default=False,
        title="Echo cancelled",
        description="true says that the device's own voice is taken out of the sound (PipeWire, PulseAudio or the "
        "microphone does it): it is then listened to while the device speaks, and whoever speaks interrupts it",
    )
    stall_s: float = Field(
        default=3.0,
        ge=1.0,
        le=60.0,
        title="Stall",
        description="seconds without sound (not silence) after which a microphone counts as lost",
    )
    health: MicrophoneHealth = Field(
        default=MicrophoneHealth(), title="Health", description="when a live microphone's sound is told as wrong"
    )


class WordsSettings(Section):
    """Where words come from."""

    source: str = Field(
        default="none",
        min_length=1,
        title="Source",
        description='"none", "stdin", "mqtt" (the topic …/say of the device), "wyoming://host:port" (speech to text of '
        'what the microphone hears), "wyoming-listen://host:port" (transcripts that a pipeline sends here), or the '
        "path of a text: a line per utterance, plain or timed as [mm:ss.xx]",
    )
    open: Literal["always", "push", "wake"] = Field(
        default="always",
        title="What opens an utterance",
        description='before any of it goes to speech to text: nothing needs to ("always"), a message to …/listen or '
        'SIGUSR1 ("push"), or the wake word too ("wake")',
    )
    wake_word: Literal["okay_nabu", "hey_jarvis", "hey_mycroft", "alexa"] = Field(
        default="okay_nabu", title="Wake word", description="which one, in English; needs the extra wake"
    )
    open_s: float = Field(
        default=8.0,
        ge=1.0,
        le=60.0,
        title="Open for",
        description="seconds after a push or a wake word within which somebody must begin to speak",
    )
    pause_s: float = Field(
        default=1.0,
        ge=0.3,
        le=5.0,
        title="Pause",
        description="seconds without speech that end an utterance for speech to text",
    )
    longest_s: float = Field(
        default=15.0,
        ge=2.0,
        le=60.0,
        title="Longest utterance",
        description="seconds after which an utterance is sent to speech to text, finished or not",
    )
    answer_s: float = Field(
        default=15.0,
        ge=1.0,
        le=120.0,
        title="Answer within",
        description="seconds within which speech to text must give a transcript",
    )
    language: Literal["", "en", "zh"] = Field(
        default="", title="Language", description="told to speech to text; empty: it decides by itself"
    )
    public_server: bool = Field(
        default=False,
        title="Public server",
        description="true lets sound go to, and transcripts come from, an address outside of the house's own networks",
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
