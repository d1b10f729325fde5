"""How a conversation has gone so far: a few words of memory, bounded, and forgotten when it is over."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from edge.response.strategy import HARD, RECENT

if TYPE_CHECKING:
    from edge.affect import Emotion, Language, State
    from edge.response.strategy import Strategy
    from edge.response.taken import Taken


class Course:
    """Nothing that was said is in it."""

    def __init__(self, language: Language) -> None:
        """``language``: of a reply before anything was said."""
        self.language = language
        """That of the last reply."""
        self.turns = 0
        """Replies in a row to the same label."""
        self.replies = 0
        """Replies of this conversation."""
        self.mood: Emotion | None = None
        """The last hard feeling that was told in it."""
        self._label: Emotion | None = None
        self._recent: deque[Strategy] = deque(maxlen=RECENT)
        self._lately: deque[Strategy] = deque(maxlen=RECENT)

    @property
    def recent(self) -> tuple[Strategy, ...]:
        """The strategies of the latest replies to the same label, the newest last."""
        return tuple(self._recent)

    @property
    def lately(self) -> tuple[Strategy, ...]:
        """Those of the latest replies of this conversation, to whatever label."""
        return tuple(self._lately)

    def begin(self, state: State, *, over: bool) -> None:
        """Somebody is to be answered; ``over``: the conversation before this is."""
        if over:
            self.replies, self.mood = 0, None
            self._lately.clear()
        if over or state.label is not self._label:
            self.turns = 0
            self._recent.clear()

    def take(self, what: Taken) -> None:
        """Take note of the feeling of what is answered."""
        if what.doubted:
            self.mood = None
        elif what.label in HARD:
            self.mood = what.label

    def spoke(self, state: State, strategy: Strategy, language: Language) -> None:
        """Take note of a reply."""
        self.language, self._label = language, state.label
        self.turns += 1
        self.replies += 1
        self._recent.append(strategy)
        self._lately.append(strategy)
