"""What the face is to show now, from all that the device understands and says. No thread, no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.affect import Language, Look, Reply, State
from edge.outlets.avatar.lips import Lips, from_text
from edge.outlets.avatar.looks import ASLEEP, CARING, REST, Pose, pose_for

if TYPE_CHECKING:
    from edge.affect import Emotion
    from edge.outlets.avatar.looks import Manner

LINGER_S = 2.5
"""For which the face of a reply stays when its last sound is over."""
DWELL_S = 0.6
"""About as long as a short expression of a person lasts (0.5 to 4 s, Ekman 2003, Emotions Revealed)."""
MADE_S = 8.0
"""A spoken reply has its first sound within this, or is dropped: see ``Speaker.expires_s``."""


@dataclass(slots=True)
class _Said:
    reply: Reply
    until: float


class Bearing:
    """``see``, ``answer`` and ``sound`` take what happens, ``pose`` and ``language`` say what to show.

    Times are seconds of one monotonic clock. Not thread-safe.
    """

    def __init__(self, language: Language, *, manner: Manner, sleep_after_s: float, now: float) -> None:
        """Nobody is there yet.

        Args:
            language: while nothing was said.
            manner: of the face for a State.
            sleep_after_s: seconds without anybody after which it sleeps; 0: never.
            now: the time.
        """
        self.manner = manner
        self.sleep_after_s = sleep_after_s
        self._language = language
        self._state: State | None = None
        self._rival: tuple[Emotion | None, float] | None = None
        self._seen_at = now
        self._said: _Said | None = None

    def see(self, state: State, now: float) -> None:
        """A State. Another label than before is believed once it has lasted for DWELL_S: a face must not twitch."""
        if state.shares:
            self._seen_at = now
        if self._state is None or state.label is self._state.label or not (state.shares and self._state.shares):
            self._state, self._rival = state, None
        elif self._rival is None or self._rival[0] is not state.label:
            self._rival = (state.label, now)
        elif now - self._rival[1] >= DWELL_S:
            self._state, self._rival = state, None

    def forget(self) -> None:
        """What was believed rests on a sense that may no longer be used."""
        self._state, self._rival = None, None

    def attend(self, now: float) -> None:
        """Somebody is there, whatever they feel."""
        self._seen_at = now

    def answer(self, reply: Reply, words_per_minute: float, now: float) -> Lips:
        """A Reply; how the lips would move with it."""
        lips = from_text(reply.text, reply.language, words_per_minute * reply.style.rate, reply.style.pause)
        self._said = _Said(reply, now + MADE_S + LINGER_S)
        self._seen_at = now
        return lips

    def sound(self, reply: Reply, lips: Lips, now: float) -> None:
        """The first sound of ``reply`` came out."""
        self._said = _Said(reply, now + lips.end + LINGER_S)
        self._seen_at = now

    def speaks_on(self, now: float) -> None:
        """Sound still comes out: the reply's face stays."""
        if self._said is not None:
            self._said.until = max(self._said.until, now + LINGER_S)

    def pose(self, now: float) -> Pose:
        """What to show."""
        said = self._current(now)
        if said is not None and said.crisis:
            return CARING
        if said is not None and said.look != Look():
            return Pose(said.look, pupils=0.3)
        return self.unspoken(now)

    def unspoken(self, now: float) -> Pose:
        """What would be shown if nothing had been said."""
        if self.sleep_after_s and now - self._seen_at > self.sleep_after_s:
            return ASLEEP
        if self._state is None or not self._state.shares:
            return REST
        return pose_for(self._state, self.manner)

    def private(self, now: float) -> bool:
        """Whether what is shown now must not leave the device: the words for a crisis are said."""
        said = self._current(now)
        return said is not None and said.crisis

    def language(self, now: float) -> Language:
        """Of the reply that is said, else the device's own."""
        said = self._current(now)
        return self._language if said is None else said.language

    def _current(self, now: float) -> Reply | None:
        return self._said.reply if self._said is not None and now < self._said.until else None
