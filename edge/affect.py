"""The words of the domain, and nothing else.

Every room speaks in these terms; none of them is invented twice. All classes are frozen: a Reading or a State that
has been handed on never changes. Times are ``CLOCK_MONOTONIC`` nanoseconds (``time.monotonic_ns``) counted from the
moment light or sound reached the sensor.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Emotion(StrEnum):
    """Ekman's six and neutral. The order of definition is the order of every probability vector in this project."""

    ANGRY = "angry"
    DISGUST = "disgust"
    FEAR = "fear"
    HAPPY = "happy"
    SAD = "sad"
    SURPRISE = "surprise"
    NEUTRAL = "neutral"


EMOTIONS: tuple[Emotion, ...] = tuple(Emotion)
UNSURE = "unsure"
"""How a State without a label is written wherever it leaves the program."""

CIRCUMPLEX: dict[Emotion, tuple[float, float]] = {
    Emotion.ANGRY: (-0.51, 0.59),
    Emotion.DISGUST: (-0.60, 0.35),
    Emotion.FEAR: (-0.64, 0.60),
    Emotion.HAPPY: (0.76, 0.48),
    Emotion.SAD: (-0.63, -0.27),
    Emotion.SURPRISE: (0.40, 0.67),
    Emotion.NEUTRAL: (0.0, 0.0),
}
"""Valence and arousal in [-1, 1]. Source: Russell & Mehrabian (1977), Evidence for a three-factor theory of emotions,
J. Research in Personality 11 (terms angry, disgusted, fearful, happy, sad, surprised); neutral is the origin."""

SUM_TOLERANCE = 1e-3
"""How far probabilities may be from summing to 1: rounding, no more."""


class Sense(StrEnum):
    """Where a Reading comes from."""

    FACE = "face"
    VOICE = "voice"
    TEXT = "text"


class Language(StrEnum):
    """The languages that Rapport reads and speaks (ISO 639-1)."""

    EN = "en"
    ZH = "zh"


@dataclass(frozen=True, slots=True)
class Affect:
    """A distribution over EMOTIONS (sums to 1) with valence and arousal in [-1, 1]."""

    probabilities: tuple[float, ...]
    valence: float
    arousal: float

    def __post_init__(self) -> None:
        """Raise ValueError for anything that is not a distribution."""
        if len(self.probabilities) != len(EMOTIONS):
            message = f"Affect needs {len(EMOTIONS)} probabilities, got {len(self.probabilities)}"
            raise ValueError(message)
        # What is not finite makes a sum that is not, and no comparison with that is true.
        if not (min(self.probabilities) >= 0.0 and abs(sum(self.probabilities) - 1) <= SUM_TOLERANCE):
            message = f"Affect needs finite, non-negative probabilities that sum to 1, got {self.probabilities}"
            raise ValueError(message)

    @classmethod
    def of(cls, probabilities: tuple[float, ...]) -> Affect:
        """Affect whose valence and arousal are the circumplex means under ``probabilities``."""
        pairs = [CIRCUMPLEX[emotion] for emotion in EMOTIONS]
        valence = sum(p * v for p, (v, _) in zip(probabilities, pairs, strict=True))
        arousal = sum(p * a for p, (_, a) in zip(probabilities, pairs, strict=True))
        return cls(probabilities, valence, arousal)

    @property
    def label(self) -> Emotion:
        """The most probable emotion; the first in EMOTIONS on a tie."""
        return EMOTIONS[self.probabilities.index(max(self.probabilities))]

    @property
    def confidence(self) -> float:
        """Probability of ``label``."""
        return max(self.probabilities)


@dataclass(frozen=True, slots=True)
class Cue:
    """One measured sign, in words and numbers: ``Cue("pitch", 212.0, "Hz", "high pitch", 0.8)``.

    ``strength`` in [0, 1] says how notable the value is (0 usual, 1 extreme); cues are sorted by it when told.
    ``quotes`` marks a phrase that repeats what the person said: it is shown on the device, never stored or sent.
    ``usual`` is this person's own usual in the same unit, where it was learned; phrase and strength are then told
    relative to it.
    """

    name: str
    value: float
    unit: str
    phrase: str
    strength: float
    quotes: bool = False
    usual: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sense says of one moment. ``affect`` is None when the sense abstains, and ``reason`` then says why.

    ``quality`` in [0, 1] weighs the Reading in fusion. ``words`` and ``language`` are set by the text sense only.
    """

    sense: Sense
    captured_ns: int
    affect: Affect | None
    quality: float
    cues: tuple[Cue, ...] = ()
    reason: str | None = None
    words: str | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class State:
    """How the person is doing, as far as the device can tell. ``label`` is None for "unsure"; ``reason`` says why.

    ``captured_ns`` is the capture time of the Reading that led to this State, or of a newer one where that came late:
    the State's time never goes back. ``shares`` gives, for each sense in use,
    its part of the evidence (sums to 1 where any sense is in use); ``absent`` gives, for every other sense, why.
    ``without`` gives, for each sense in use, what would be told without it, a label or "unsure"; it is empty while what
    came before decides more than what is sensed now.
    """

    captured_ns: int
    label: Emotion | None
    affect: Affect
    reason: str | None
    shares: tuple[tuple[Sense, float], ...]
    absent: tuple[tuple[Sense, str], ...]
    cues: tuple[Cue, ...]
    without: tuple[tuple[Sense, str], ...] = ()

    @property
    def name(self) -> str:
        """The label as text; "unsure" when there is none."""
        return UNSURE if self.label is None else self.label.value

    @property
    def confidence(self) -> float:
        """Probability of the leading emotion, labelled or not."""
        return self.affect.confidence


@dataclass(frozen=True, slots=True)
class Episode:
    """A span in which one emotion was told, from its onset over its peak to its end.

    Times are CLOCK_MONOTONIC nanoseconds of the States in question; ``end_ns`` is None while it lasts. ``peak`` is the
    highest probability that the emotion reached.
    """

    emotion: Emotion
    onset_ns: int
    peak_ns: int
    peak: float
    end_ns: int | None = None


class Stage(StrEnum):
    """How awake and how attentive a driver is, the gravest last: to look away now is worse than to be tired."""

    ALERT = "alert"
    UNKNOWN = "unknown"
    TIRED = "tired"
    DROWSY = "drowsy"
    DISTRACTED = "distracted"
    MICROSLEEP = "microsleep"
    ASLEEP = "asleep"
    UNRESPONSIVE = "unresponsive"


@dataclass(frozen=True, slots=True)
class Alertness:
    """A driver's stage at one moment, and why. No emotion is needed for it, and none is in it.

    ``perclos`` is the share of the last minute in which the eyes were at least 80 % closed, ``blinks`` the blinks per
    minute, each None while too little was seen. ``warn`` is the level of the warning that is due now: 0 none, 1 a hint,
    2 a warning, 3 an alarm.
    """

    captured_ns: int
    stage: Stage
    reason: str
    perclos: float | None = None
    blinks: float | None = None
    warn: int = 0


@dataclass(frozen=True, slots=True)
class Style:
    """How a reply is spoken, relative to the voice's usual: rate and volume as factors, pitch in semitones.

    ``melody`` is a factor on the range of the pitch, ``pause`` one on the silences between clauses and sentences.
    """

    rate: float = 1.0
    pitch: float = 0.0
    volume: float = 1.0
    melody: float = 1.0
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class Look:
    """The face that goes with a reply: how far each part is moved from rest, where 0 is rest and ±1 the extreme.

    ``brows`` raised (1) or lowered (-1); ``inner_brows`` their inner ends up (1, worried) or together and down (-1,
    stern); ``lids`` wide (1) or nearly closed (-1); ``smile`` corners of the mouth up (1) or down (-1); ``mouth`` open
    (1), never below 0.
    """

    brows: float = 0.0
    inner_brows: float = 0.0
    lids: float = 0.0
    smile: float = 0.0
    mouth: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What the device says. ``crisis`` marks fixed wording that never met a generator and must not be altered.

    ``captured_ns`` is the capture time of what it answers, so that latency is capture to first sound. ``quotes`` marks
    a text that repeats what the person said: it is spoken and shown on the device, never stored or sent.
    """

    text: str
    language: Language
    strategy: str
    captured_ns: int
    style: Style = Style()
    look: Look = Look()
    crisis: bool = False
    quotes: bool = False
