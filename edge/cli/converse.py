"""Talk to the device in the terminal: what you type is read, understood and answered; no sensor is opened.

A script of lines is answered at once, on a clock of its own, as if its pauses had passed.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.answering import Answering
from edge.errors import SensorError
from edge.learning.learner import Learner
from edge.perception.text.perceiver import TextPerceiver
from edge.response.acting import Act
from edge.safety.context import context, refusal
from edge.safety.listening import Listening
from edge.sensors.clock import Clock
from edge.sensors.signals import Utterance
from edge.sensors.text_file import clean
from edge.sensors.words import FileWords
from edge.settings import load
from edge.understanding.in_context import InContext
from edge.understanding.pooled import fitted
from edge.understanding.understanding import Understanding

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from threading import Event
    from typing import Self

    from edge.accelerators.model import Models
    from edge.affect import Reading, Reply, State
    from edge.outlets.outlet import Outcome
    from edge.response.acting import Proposal
    from edge.settings import Settings

PROMPT, SILENCE = "> ", "(silence)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport converse`` takes."""
    parser.add_argument("config", type=Path, nargs="?", metavar="CONFIG", help="a settings file; defaults without it")
    parser.add_argument(
        "--script",
        type=Path,
        metavar="FILE",
        help="answer the lines of FILE, plain or timed as [mm:ss], and end; words.interval_s stands between plain ones",
    )
    parser.add_argument("--json", action="store_true", help="print each turn as a line of JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when the last line was answered."""
    from edge.accelerators.choice import choose
    from edge.accelerators.model import device_models

    settings = load(arguments.config)
    choice = choose(settings.accelerator, settings.models.place)
    with Conversation(settings, device_models(settings.models, choice.accelerator, choice.reason), learns=True) as talk:
        for utterance in _typed(settings) if arguments.script is None else _scripted(settings, arguments.script):
            turn = talk.hear(utterance)
            print(json.dumps(turn.record(), ensure_ascii=False) if arguments.json else turn.told(), flush=True)
    return 0


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said, what was made of it, and the answer; ``reply`` is None for silence."""

    reading: Reading
    state: State
    reply: Reply | None
    silence: str | None = None
    """Why there is no reply, in the device's first language."""
    news: tuple[Proposal | Act, ...] = ()
    """What was proposed to the home, and what it is to do."""
    feedback: Outcome | None = None
    """What was made of it as feedback on the reply before; None where it was none."""

    def record(self) -> dict[str, Any]:
        """As plain data. Words of crisis are not repeated."""
        reply, state = self.reply, self.state
        crisis = reply is not None and reply.crisis
        return {
            "at_s": round(self.reading.captured_ns / 1e9, 3),
            "said": None if crisis else self.reading.words,
            "state": state.name,
            "confidence": round(state.confidence, 4),
            "reason": state.reason,
            "reply": None if reply is None else reply.text,
            "language": None if reply is None else reply.language.value,
            "strategy": None if reply is None else reply.strategy,
            "crisis": crisis,
            "silence": self.silence,
            "feedback": None if self.feedback is None else str(self.feedback),
            "acts": [
                {"kind": "act" if isinstance(item, Act) else "proposal", "action": _proposed(item).action}
                for item in self.news
            ],
        }

    def told(self) -> str:
        """As two lines for a person."""
        state = self.state
        believed = f"unsure: {state.reason}" if state.label is None else f"{state.name} {state.confidence:.2f}"
        answer = SILENCE if self.silence is None else f"(silence: {self.silence})"
        if self.reply is not None:
            acts = "".join(f" {_proposed(item).action}" for item in self.news)
            answer = f"{self.reply.text}  [{self.reply.strategy}{acts}]"
        heard = "" if self.feedback is None else f"  {self.feedback}\n"
        return f"  {believed}\n{heard}{answer}"


def _proposed(item: Proposal | Act) -> Proposal:
    return item.proposal if isinstance(item, Act) else item


class Conversation:
    """One person's side is heard, the device's side is told; a context manager, as the text sense holds a model."""

    def __init__(self, settings: Settings, models: Models, *, learns: bool = False) -> None:
        """Wire the rooms that words pass through.

        ``learns``: what is said of a reply counts for the replies after it, until the conversation ends.

        Raises:
            ConsentError: where emotions are not inferred, and so nobody is answered.
            SettingsError: a data file or a setting is wrong.
        """
        place = context(settings.safety)
        if place.refused is not None:
            raise refusal(place.name, "Nobody is answered there")
        self._text = Listening(TextPerceiver(settings.text, models))
        self._in_context = InContext(settings.understanding, settings.device.languages)
        self._understanding = Understanding(settings.understanding, fitted(models))
        self._learner = Learner(settings.learning, place.name, seed=settings.response.seed) if learns else None
        self._answering = Answering(settings, place, learner=self._learner, models=models)

    def __enter__(self) -> Self:
        """Load the text model; without one words are only heard for crisis talk, and that is logged."""
        self._text.attach()
        return self

    def __exit__(self, *_: object) -> None:
        """Release it."""
        self._text.stop()

    def hear(self, utterance: Utterance, minute: int | None = None) -> Turn:
        """The way of the running device, for words alone. Times must not decrease from call to call.

        ``minute`` is that of the local day; None where nobody knows it.
        """
        reading = self._text.perceive(utterance)
        reading = self._in_context.take(reading)
        state = self._understanding.update(reading)
        self._in_context.see(state, reading)
        reply = self._answering.answer(state, reading, utterance.captured_ns, minute)
        silence = self._answering.silence if reply is None else None
        outcomes = [] if self._learner is None else self._learner.outcomes()
        feedback = outcomes[-1] if outcomes else None
        return Turn(reading, state, reply, silence, tuple(self._answering.news()), feedback)


class Leaping(Clock):
    """Time passes at once, as far as somebody waits."""

    def __init__(self) -> None:
        self._now_ns = 0

    def now_ns(self) -> int:
        """Nanoseconds since the beginning."""
        return self._now_ns

    def wait_until(self, due_ns: int, stopped: Event) -> bool:
        """It is ``due_ns`` now."""
        self._now_ns = max(self._now_ns, due_ns)
        return not stopped.is_set()


def _scripted(settings: Settings, path: Path) -> Iterator[Utterance]:
    """The lines of a file at their times. Raises SensorError."""
    words = FileWords(settings.words.model_copy(update={"source": str(path)}), repeat=False, clock=Leaping())
    try:
        words.attach()
    except SensorError as error:
        problem = error.problem.replace("words.source is", "--script is")
        raise SensorError(problem, "Give a text file that can be read") from error
    while (utterance := words.read()) is not None:
        yield utterance


def _typed(settings: Settings) -> Iterator[Utterance]:
    """Lines of standard input as they come."""
    asks = sys.stdin.isatty()
    if asks:
        print(f"Context {settings.safety.context}. Type what you would say; Ctrl-D ends.")
    while True:
        if asks:
            print(PROMPT, end="", flush=True)
        raw = sys.stdin.buffer.readline()
        if not raw:
            return
        words = clean(raw, settings.words.limit_chars)
        if words:
            yield Utterance(words, time.monotonic_ns())
