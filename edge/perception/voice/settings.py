"""Settings of the voice: what counts as speech, what is good enough to judge, and where the usual voice lies."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, field_validator

from edge.perception.settings import DomainSettings
from edge.section import Section


class SpeechSettings(Section):
    """When sound is a person who speaks."""

    silence_dbfs: float = Field(
        default=-70.0,
        ge=-100,
        le=-20,
        title="Silence",
        description="dBFS (RMS, 80 Hz to 8 kHz); frames below are silence whatever they sound like",
    )
    margin_db: float = Field(
        default=6.0,
        ge=1,
        le=30,
        title="Margin",
        description="dB by which a voiced frame must rise above the noise floor",
    )
    floor_rise_db_per_s: float = Field(
        default=3.0, ge=0, le=60, title="Floor rise", description="dB per second by which the noise floor may rise"
    )
    periodicity: float = Field(
        default=0.5,
        ge=0,
        le=1,
        title="Periodicity",
        description="peak of the normalised autocorrelation from which a frame is voiced (noise 0.2, a vowel 0.9)",
    )
    bands: int = Field(
        default=8,
        ge=1,
        le=40,
        title="Bands",
        description="mel bands within 30 dB of the strongest that a voiced frame must have; a pure tone has fewer",
    )
    change_db: float = Field(
        default=2.0,
        ge=0,
        le=20,
        title="Spectral change",
        description="dB by which the spectrum changes at least, on average, within 0.1 s; hum and held notes stay",
    )
    reach_s: float = Field(
        default=0.15,
        ge=0,
        le=1,
        title="Reach",
        description="seconds around voiced frames in which louder-than-floor frames (s, t, f) count as speech too",
    )


Range = tuple[float, float]


class UsualSettings(Section):
    """Where speech usually lies; a value outside is told in words. The person's own usual comes with understanding."""

    LIVE: ClassVar[frozenset[str]] = frozenset(
        {"pitch_hz", "pitch_range_semitones", "energy_dbfs", "syllables_per_s", "pause_share"}
    )

    pitch_hz: Range = Field(
        default=(100.0, 240.0),
        title="Pitch",
        description="Hz, median; adults lie between (Baken & Orlikoff, Clinical Measurement of Speech and Voice, 2000)",
    )
    pitch_range_semitones: Range = Field(
        default=(3.0, 9.0), title="Pitch range", description="semitones between the 10th and the 90th percentile"
    )
    energy_dbfs: Range = Field(
        default=(-38.0, -18.0),
        title="Energy",
        description="dBFS of the speech; depends on the microphone and its distance",
    )
    syllables_per_s: Range = Field(
        default=(3.0, 5.5),
        title="Speech rate",
        description="syllables per second with pauses (Pellegrino et al., Language 87, 2011: 5 to 8 without)",
    )
    pause_share: Range = Field(default=(0.0, 0.35), title="Pauses", description="share of silence between words")

    @field_validator("*")
    @classmethod
    def _ordered(cls, value: Range) -> Range:
        if not value[0] < value[1]:
            message = f"the first number must be less than the second, got {value[0]:g} and {value[1]:g}"
            raise ValueError(message)
        return value


class AdaptationSettings(Section):
    """How the sense gets used to the voice that it hears; in memory only, forgotten when the sense stops."""

    enabled: bool = Field(
        default=True,
        title="On",
        description="what a voice always sounds like is taken for the voice and not for a feeling",
    )
    prior_s: float = Field(
        default=8.0,
        ge=1,
        le=600,
        title="Prior",
        description="seconds of speech after which half of a voice's own is taken away; chosen on EMO-DB",
    )
    half_life_s: float = Field(
        default=600.0,
        ge=10,
        le=36_000,
        title="Half-life",
        description="seconds of speech after which what was heard counts half",
    )


class VoiceSettings(Section):
    """How the voice is heard and when the sense abstains."""

    LIVE: ClassVar[frozenset[str]] = frozenset(
        {"minimum_speech_s", "clipped_share", "full_speech_s", "minimum_snr_db", "good_snr_db"}
    )

    hop_s: float = Field(
        default=0.5,
        ge=0.1,
        le=3.0,
        title="Hop",
        description="seconds of new sound between two Readings of the last 3 s",
    )
    pitch_low_hz: float = Field(
        default=65.0, ge=63, le=200, title="Lowest pitch", description="Hz; 65 reaches the deepest speaking voices"
    )
    pitch_high_hz: float = Field(
        default=500.0, ge=250, le=1000, title="Highest pitch", description="Hz; 500 reaches shouting and children"
    )
    minimum_speech_s: float = Field(
        default=0.6,
        ge=0.2,
        le=3.0,
        title="Least speech",
        description="seconds of speech in the window below which it abstains",
    )
    clipped_share: float = Field(
        default=0.05,
        gt=0,
        le=1,
        title="Clipped share",
        description="share of the speech's samples at full scale from which it abstains; quality falls before",
    )
    full_speech_s: float = Field(
        default=1.5,
        ge=0.2,
        le=3.0,
        title="Full speech",
        description="seconds of speech from which length no longer lowers quality",
    )
    minimum_snr_db: float = Field(
        default=6.0,
        ge=-10,
        le=40,
        title="Least SNR",
        description="dB between speech and noise floor below which it abstains",
    )
    good_snr_db: float = Field(
        default=20.0, ge=0, le=60, title="Good SNR", description="dB from which noise no longer lowers the quality"
    )
    speech: SpeechSettings = Field(default=SpeechSettings(), title="Speech", description="what counts as speech")
    usual: UsualSettings = Field(default=UsualSettings(), title="Usual", description="what is told as low or high")
    adaptation: AdaptationSettings = Field(
        default=AdaptationSettings(), title="Adaptation", description="getting used to the voice that is heard"
    )
    domain: DomainSettings = Field(
        default=DomainSettings(),
        title="Domain",
        description="what becomes of sound that is no speech",
    )
