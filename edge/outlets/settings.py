"""Settings of the outlets of this room: the spoken voice and the console."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from edge.section import Section

if TYPE_CHECKING:
    from edge.affect import Language


class WyomingSpeech(Section):
    """A Wyoming server for text to speech, for speech.engine = "wyoming". Only addresses of this house are used."""

    host: str = Field(
        default="127.0.0.1",
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$|^[0-9a-fA-F:]{2,39}$",
        title="Host",
        description="name or address of the server",
    )
    port: int = Field(default=10200, ge=1, le=65_535, title="Port", description="10200 is piper's")
    voice_en: str = Field(
        default="",
        max_length=128,
        title="English voice",
        description="a name that `rapport doctor` lists; empty: the first one that speaks English",
    )
    voice_zh: str = Field(
        default="",
        max_length=128,
        title="Chinese voice",
        description="as voice_en; without any, espeak-ng speaks Chinese",
    )
    timeout_s: float = Field(
        default=4.0,
        ge=0.5,
        le=60.0,
        title="Timeout",
        description="seconds without sound after which espeak-ng takes over",
    )
    retry_s: float = Field(
        default=30.0,
        ge=1.0,
        le=3600.0,
        title="Retry",
        description="seconds that a server that failed is left alone",
    )
    quotes: bool = Field(
        default=False,
        title="Quotes",
        description="true lets replies that repeat what a person said go to a server on another machine too; else "
        "espeak-ng says them here",
    )

    def voice(self, language: Language) -> str:
        """The name that is set for ``language``; empty for none."""
        return self.voice_zh if language == "zh" else self.voice_en


class KokoroSpeech(Section):
    """Kokoro-82M on this device, for speech.engine = "kokoro": hubs and Jetson, not a Pi. Needs the extra kokoro."""

    directory: Path | None = Field(
        default=None,
        title="Directory",
        description="where `rapport models fetch --kokoro` put it; by default ~/.local/share/rapport/kokoro",
    )
    voice_en: Literal["af_heart", "af_bella", "am_michael", "bf_emma", "bm_george"] = Field(
        default="af_heart", title="English voice", description="a is American, b British; f a woman's, m a man's"
    )
    voice_zh: Literal["zf_xiaoxiao", "zf_xiaobei", "zm_yunxi", "zm_yunyang"] = Field(
        default="zf_xiaoxiao", title="Chinese voice", description="f is a woman's, m a man's"
    )

    def voice(self, language: Language) -> str:
        """The voice of ``language``."""
        return self.voice_zh if language == "zh" else self.voice_en


class SpeechSettings(Section):
    """How replies are spoken. A reply's style is relative to the rate, pitch and volume that are set here."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"words_per_minute", "pitch", "volume", "loudness_lufs", "wav_files"})

    engine: Literal["auto", "espeak", "wyoming", "kokoro", "none"] = Field(
        default="auto",
        title="Engine",
        description="auto and espeak take espeak-ng, else espeak; wyoming a server ([speech.wyoming]), kokoro a model "
        "on this device ([speech.kokoro]), both with espeak-ng behind them; none keeps the device silent",
    )
    words_per_minute: int = Field(
        default=165, ge=80, le=300, title="Rate", description="usual rate in words a minute; Mandarin follows it"
    )
    pitch: int = Field(
        default=50, ge=10, le=90, title="Pitch", description="usual pitch on espeak-ng's scale of 0 to 99"
    )
    volume: float = Field(
        default=1.0, ge=0.0, le=2.0, title="Volume", description="usual loudness as a factor on loudness_lufs"
    )
    loudness_lufs: float = Field(
        default=-18.0,
        ge=-40.0,
        le=-10.0,
        title="Loudness",
        description="integrated loudness in LUFS that every voice is brought to; no sample goes over -1 dBTP",
    )
    lexicon: Path | None = Field(
        default=None,
        title="Lexicon",
        description="a file of names and how they are said, a line each: name = respelling, or name = /IPA/, under "
        "[en] or [zh]",
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
    wyoming: WyomingSpeech = Field(
        default=WyomingSpeech(), title="Wyoming server", description="for speech.engine = wyoming"
    )
    kokoro: KokoroSpeech = Field(default=KokoroSpeech(), title="Kokoro", description="for speech.engine = kokoro")


class ConsoleSettings(Section):
    """What is shown on the terminal."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"colour"})

    enabled: bool = Field(
        default=True, title="Enabled", description="show live what is sensed, understood and answered"
    )
    colour: bool = Field(default=True, title="Colour", description="colour the verbs when the output is a terminal")
