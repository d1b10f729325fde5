"""Style vectors of voices: how far a clip of EMO-DB is from its speaker's usual, by the voice sense's own prosody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from converters.answers import with_progress
from converters.datasets.voice import read_clips
from converters.expression.vectors import Vectors
from edge.affect import EMOTIONS
from edge.errors import InputError
from edge.perception.voice.activity import ActivityDetector
from edge.perception.voice.analysis import FRAME_RATE, HOP, Analysis
from edge.perception.voice.prosody import Prosody, measure
from edge.perception.voice.settings import VoiceSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DB_PER_DOUBLING = 20 * np.log10(2.0)
"""dB by which a level rises when amplitudes double."""
SEMITONE = 1.0
"""Added to a range of pitch before its logarithm, so that a flat voice has one: the least step of a melody."""
SHORT_PAUSE = 0.02
"""Added to a share of pauses before its logarithm: many short sentences are said without any."""
FEWEST_SYLLABLES = 4
"""EMO-DB's sentences have eight and more; where fewer are counted, the counting failed."""
NAMES = tuple(emotion.value for emotion in EMOTIONS)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One recording: its prosody, the mean alpha ratio of its voiced frames in dB, and how long is spoken.

    EMO-DB's clips are scaled to one peak, so their level says nothing. The alpha ratio (1 to 5 kHz over what is below)
    rises with vocal effort whatever the level (Nordenberg & Sundberg, Logopedics Phoniatrics Vocology 29, 2004).
    """

    prosody: Prosody
    brightness_db: float
    seconds: float


def read(data: Path, seed: int = 0) -> Vectors:
    """The vectors of EMO-DB's clips with one of our emotions; ``group`` is the speaker.

    The usual of a speaker is the median of their neutral clips. Counts (syllables, frames of pause) are spread over
    their step by noise of ``seed``: that they are whole is a property of the measuring, not of the voice.

    Raises:
        InputError: the set is not there, or a speaker has no neutral clip.
    """
    clips = [clip for clip in read_clips(data / "voice", "emodb") if clip.label in NAMES]
    generator = np.random.default_rng(seed)
    heard = [(clip, said) for clip in with_progress(clips, "clips") if (said := spoken(clip.samples)) is not None]
    values = np.array([_raw(said, generator) for _, said in heard])
    speakers = np.array([clip.speaker for clip, _ in heard])
    labels = np.array([NAMES.index(clip.label) for clip, _ in heard])
    return Vectors(relative(values, speakers, labels == NAMES.index("neutral")).astype(np.float32), labels, speakers)


def spoken(samples: NDArray[np.int16]) -> Spoken | None:
    """How a whole recording (n,) int16 at 16 kHz is spoken; None where the measuring failed: see FEWEST_SYLLABLES."""
    settings = VoiceSettings()
    frames = len(samples) // HOP + 1
    analysis = Analysis(settings, frames)
    analysis.push(samples)
    tracks = analysis.tracks
    activity = ActivityDetector(settings.speech).judge(tracks, frames)
    if not activity.speech.any():
        return None
    said = measure(tracks, activity)
    first, last = activity.span
    seconds = (last - first) / FRAME_RATE
    if said.pitch_hz is None or said.syllables_per_s * seconds < FEWEST_SYLLABLES - 0.5:
        return None
    return Spoken(said, float(tracks.brightness[activity.voiced].mean()), seconds)


def relative(values: Floats, speakers: Sequence[str] | NDArray[np.str_], calm: NDArray[np.bool_]) -> Floats:
    """(n, 5) ``values`` less the median of the same speaker's ``calm`` rows. Raises InputError where there is none."""
    found = np.empty_like(values)
    named = np.asarray(speakers)
    for speaker in np.unique(named):
        theirs = named == speaker
        if not (theirs & calm).any():
            problem = f"the speaker {speaker} has no neutral clip, so nothing says what is usual for them"
            raise InputError(problem, "Use the whole of EMO-DB")
        found[theirs] = values[theirs] - np.median(values[theirs & calm], axis=0)
    return found


def _raw(heard: Spoken, generator: np.random.Generator) -> list[float]:
    """Pitch, melody, rate, effort and pause of one clip as base-2 logarithms: in octaves and doublings."""
    said, seconds = heard.prosody, heard.seconds
    assert said.pitch_hz is not None and said.range_semitones is not None  # noqa: S101, PT018 - spoken() saw to it
    count = generator.uniform(-0.5, 0.5) / seconds
    frame = generator.uniform(0, 1) / (FRAME_RATE * seconds)
    return [
        float(np.log2(said.pitch_hz)),
        float(np.log2(said.range_semitones + SEMITONE)),
        float(np.log2(said.syllables_per_s + count)),
        heard.brightness_db / DB_PER_DOUBLING,
        float(np.log2(said.pause_share + frame + SHORT_PAUSE)),
    ]
