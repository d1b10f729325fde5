"""How good the sound is: the quality of a Reading, or the reason why nothing is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edge.perception.voice.analysis import FRAME_RATE

if TYPE_CHECKING:
    from edge.perception.voice.activity import Activity
    from edge.perception.voice.settings import VoiceSettings
    from edge.perception.voice.tracks import Tracks

TRACE_S = 0.15
"""Seconds of speech under which there is none: a cough, a click of the tongue."""


@dataclass(frozen=True, slots=True)
class Grade:
    """``quality`` in [0, 1]; ``reason`` is why the sense abstains, or None; ``speech_s`` seconds of speech."""

    quality: float
    reason: str | None
    speech_s: float


def grade(tracks: Tracks, activity: Activity, settings: VoiceSettings) -> Grade:
    """The grade of a window: the product of how long, how clean and how little clipped its speech is."""
    speech_s = float(activity.speech.sum()) / FRAME_RATE
    if speech_s < TRACE_S:
        return Grade(0.0, "no speech", speech_s)
    if speech_s < settings.minimum_speech_s:
        return Grade(0.0, "too short", speech_s)
    clipped = float(tracks.clipped[activity.speech].mean())
    if clipped >= settings.clipped_share:
        return Grade(0.0, "clipped", speech_s)
    snr = snr_db(tracks, activity)
    if snr < settings.minimum_snr_db:
        return Grade(0.0, "too noisy", speech_s)
    length = min(1.0, speech_s / settings.full_speech_s)
    clean = min(1.0, (snr - settings.minimum_snr_db + 1.0) / (settings.good_snr_db - settings.minimum_snr_db + 1.0))
    return Grade(length * clean * (1.0 - clipped / settings.clipped_share), None, speech_s)


def snr_db(tracks: Tracks, activity: Activity) -> float:
    """Level of the speech, its noise taken away, over the noise floor, in dB; -20 when nothing stands out."""
    noise = 10.0 ** (activity.floor_dbfs / 10.0)
    power = float(np.mean(10.0 ** (tracks.levels[activity.speech] / 10.0)))
    return 10.0 * float(np.log10(max(power - noise, 0.01 * noise) / noise))
