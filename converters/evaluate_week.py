"""``python -m converters evaluate week``: a week of talks with people who do not exist, as Markdown for reading.

Forty talks a language (``converters/corpora/week/``, the person's side only) go the whole way of words, on a clock that
leaps from one to the next. There is one device for each place, which remembers all week what it said: no sentence
should be said twice within a day.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pydantic import Field

from converters.replies_run import conversation
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import Language
from edge.data_file import checked, read_table
from edge.section import Section
from edge.sensors.signals import Utterance

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

    from edge.cli.converse import Turn

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
TURN_NS = 20 * SECOND_NS
"""Between two things that are said in one talk."""
DAY_MINUTES = 24 * 60


class Talk(Section):
    """One talk of the file: when, where, who, and what the person says."""

    day: int = Field(ge=1, le=7, title="Day", description="of the week")
    at: str = Field(pattern=r"^\d\d:\d\d$", title="At", description="local time of the first words")
    place: str = Field(title="Place", description="the context of the device")
    who: str = Field(min_length=1, title="Who", description="for the reader")
    says: tuple[str, ...] = Field(min_length=3, max_length=8, title="Says", description="the person's side")

    @property
    def minute(self) -> int:
        """Of the week."""
        hours, minutes = self.at.split(":")
        return (self.day - 1) * DAY_MINUTES + 60 * int(hours) + int(minutes)


class WeekFile(Section):
    """The content of ``<language>.toml``."""

    talk: tuple[Talk, ...] = Field(min_length=1, title="Talks", description="in the order of time")


@dataclass(frozen=True, slots=True)
class Held:
    """A talk as it was held."""

    talk: Talk
    turns: tuple[Turn, ...]


def run(arguments: argparse.Namespace) -> int:
    """Print the talks and the figures of each language."""
    models = Models(arguments.models, Cpu())
    found = {}
    for language in Language:
        if arguments.language in (None, language.value):
            held = hold(talks(language), models, arguments.source)
            found[language.value] = figures(held)
            if not arguments.json:
                print(page(held, found[language.value], language))
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False))
    return 0


def talks(language: Language, root: Traversable | None = None) -> tuple[Talk, ...]:
    """All of the week, in the order of time. Raises SettingsError for a file that is wrong."""
    file = (root if root is not None else files("converters.corpora") / "week") / f"{language.value}.toml"
    week = checked(WeekFile, read_table(file), file, "the file").talk
    return tuple(sorted(week, key=lambda talk: talk.minute))


def hold(week: Sequence[Talk], models: Models, source: str = "whole") -> list[Held]:
    """The device's side. Raises ConsentError and SettingsError as the device does."""
    held = []
    with ExitStack() as stack:
        devices = {place: stack.enter_context(conversation(models, place, source)) for place in {t.place for t in week}}
        for talk in week:
            begun_ns = DAY_MINUTES * MINUTE_NS + talk.minute * MINUTE_NS
            turns = [
                devices[talk.place].hear(
                    Utterance(words, begun_ns + number * TURN_NS), talk.minute % DAY_MINUTES + number // 3
                )
                for number, words in enumerate(talk.says)
            ]
            held.append(Held(talk, tuple(turns)))
    return held


def figures(held: Sequence[Held]) -> dict[str, Any]:
    """How often it spoke, and how often it said again what it had said, to anybody in that place."""
    said: dict[tuple[str, str], int] = {}
    silent = crisis = within_day = within_week = 0
    texts: Counter[str] = Counter()
    for one in held:
        for turn in one.turns:
            reply = turn.reply
            silent += reply is None
            crisis += reply is not None and reply.crisis
            if reply is None or reply.crisis:
                continue
            now = turn.reading.captured_ns // MINUTE_NS
            before = said.get((one.talk.place, reply.text))
            within_week += before is not None
            within_day += before is not None and now - before < DAY_MINUTES
            said[one.talk.place, reply.text] = now
            texts[reply.text] += 1
    return {
        "talks": len(held),
        "said_to_it": sum(len(one.turns) for one in held),
        "replies": texts.total(),
        "silent": silent,
        "crisis": crisis,
        "different": len(texts),
        "again_within_a_day": within_day,
        "again_within_the_week": within_week,
        "most_often": max(texts.values(), default=0),
    }


def page(held: Sequence[Held], told: dict[str, Any], language: Language) -> str:
    """The week as Markdown."""
    lines = [
        f"# A week of talks: {language.value}",
        "",
        f"Printed by `python -m converters evaluate week --language {language.value}`, unedited. The people do not",
        "exist; what they say is in `converters/corpora/week/`. Beside each answer stands what the device believed.",
        "",
        _summary(told),
    ]
    day = 0
    for one in held:
        if one.talk.day != day:
            day = one.talk.day
            lines += ["", f"## Day {day}"]
        lines += ["", f"### {one.talk.at}, {one.talk.place}: {one.talk.who}", "", "| said | believed | answered |"]
        lines.append("| --- | --- | --- |")
        for words, turn in zip(one.talk.says, one.turns, strict=True):
            reply = turn.reply
            answer = "*(silence)*" if reply is None else reply.text
            strategy = "" if reply is None else f" *{reply.strategy}*"
            lines.append(
                f"| {_cell(words)} | {turn.state.name} {turn.state.confidence:.2f} | {_cell(answer)}{strategy} |"
            )
    return "\n".join(lines) + "\n"


def _summary(told: dict[str, Any]) -> str:
    return (
        f"{told['talks']} talks, {told['said_to_it']} things said, {told['replies']} replies, {told['different']} of "
        f"them different, {told['silent']} times silence, {told['crisis']} times the fixed words for a crisis. Said "
        f"again within a day by the same device: {told['again_within_a_day']}; within the week: "
        f"{told['again_within_the_week']}; the same reply at most {told['most_often']} times in all places."
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
