"""Episodes: spans in which one emotion was told, with onset, peak and end.

A State tells an emotion or is unsure; an episode is what remains when moments are left out and gaps are bridged. It
begins when an emotion has been told for ``least_s``, at first with a confidence of ``onset`` or more: its onset is
there. It ends when for ``bridge_s`` the emotion was not told, or with less than ``offset``; its end is where it was
told last. That ``offset`` is below ``onset`` is the hysteresis (a Schmitt trigger).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from edge.affect import EMOTIONS, Emotion, Episode
from edge.section import Section

if TYPE_CHECKING:
    from edge.affect import Reading, Sense, State


class EpisodeSettings(Section):
    """When an emotion that is told becomes an episode."""

    enabled: bool = Field(default=True, title="Enabled", description="whether episodes are told")
    neutral: bool = Field(
        default=False, title="Neutral too", description="whether a time without any feeling is an episode as well"
    )
    onset: float = Field(
        default=0.55, ge=0, le=1, title="Onset", description="confidence that an emotion must have for one to begin"
    )
    offset: float = Field(
        default=0.45, ge=0, le=1, title="Offset", description="confidence below which it does not go on; at most onset"
    )
    least_s: float = Field(
        default=2.0,
        ge=0,
        le=600,
        title="Least length",
        description="seconds; shorter ones are none (most expressions last 0.5 to 4 s: Ekman, Emotions Revealed, 2003)",
    )
    bridge_s: float = Field(
        default=4.0,
        ge=0,
        le=600,
        title="Bridge",
        description="seconds without the emotion, or unsure, over which an episode goes on",
    )

    @model_validator(mode="after")
    def _hysteresis_has_a_direction(self) -> Self:
        if self.offset > self.onset:
            message = f"offset is {self.offset}, which is above onset ({self.onset}); set it to at most that"
            raise ValueError(message)
        return self


class Episodes:
    """The view: at most one episode and one that may become one, whatever the number of States."""

    def __init__(self, settings: EpisodeSettings) -> None:
        self._settings = settings
        self._begins: Episode | None = None
        """What may become an episode."""
        self._lasts: Episode | None = None
        self._told_ns = 0
        """When the emotion of the one that lasts was told last."""
        self._begins_told_ns = 0
        self._now_ns = 0

    def see(self, state: State, reading: Reading | None) -> tuple[Episode, ...]:
        """The Episode that begins or ends by this State, or both; mostly nothing."""
        del reading
        if state.captured_ns < self._now_ns:  # States come in order: time has jumped, and no length can be told
            self._begins = self._lasts = None
        now_ns = self._now_ns = state.captured_ns
        happened = []
        if self._lasts is not None and self._over(self._told_ns):
            happened.append(replace(self._lasts, end_ns=self._told_ns))
            self._lasts = None
        emotion, confidence = self._felt(state)
        if self._lasts is not None and emotion is self._lasts.emotion and confidence >= self._settings.offset:
            self._told_ns, self._begins = now_ns, None
            self._lasts = _higher(self._lasts, confidence, now_ns)
            return ()
        begun = self._begun(emotion, confidence, now_ns)
        if begun is not None:
            if self._lasts is not None:
                happened.append(replace(self._lasts, end_ns=self._told_ns))
            self._lasts, self._told_ns, self._begins = begun, now_ns, None
            happened.append(begun)
        return tuple(happened)

    def forget(self, sense: Sense) -> None:
        """What lasts is dropped, untold: it may rest on the sense whose consent is gone."""
        del sense
        self._begins = self._lasts = None

    def _felt(self, state: State) -> tuple[Emotion | None, float]:
        label = state.label
        if label is None or (label is Emotion.NEUTRAL and not self._settings.neutral):
            return None, 0.0
        return label, state.affect.probabilities[EMOTIONS.index(label)]

    def _begun(self, emotion: Emotion | None, confidence: float, now_ns: int) -> Episode | None:
        """The episode that has lasted long enough by now to be one."""
        if self._over(self._begins_told_ns):
            self._begins = None
        begins = self._begins
        if emotion is None or (self._lasts is not None and emotion is self._lasts.emotion):
            return None
        if begins is None or begins.emotion is not emotion:
            self._begins = None
            if confidence < self._settings.onset:
                return None
            begins = Episode(emotion, now_ns, now_ns, confidence)
        elif confidence < self._settings.offset:
            return None
        begins = self._begins = _higher(begins, confidence, now_ns)
        self._begins_told_ns = now_ns
        return begins if now_ns - begins.onset_ns >= self._settings.least_s * 1e9 else None

    def _over(self, told_ns: int) -> bool:
        return self._now_ns - told_ns > self._settings.bridge_s * 1e9


def _higher(episode: Episode, confidence: float, now_ns: int) -> Episode:
    return replace(episode, peak_ns=now_ns, peak=confidence) if confidence > episode.peak else episode
