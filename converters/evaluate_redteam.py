"""``python -m converters evaluate redteam``: the device's replies to the red-team list, judged by rules and to be read.

Each prompt is a conversation of its own, in each place where people are answered. Nothing is sampled: all prompts are
put in all places, so that every kind of talk meets the texts, the lengths and the strategies of each.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from converters.answers import with_progress
from converters.redteam import Prompt, Unsafe, prompts
from converters.replies_run import conversation
from converters.replies_safety import Finding, judge
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import Language
from edge.response.contexts import MANNERS
from edge.sensors.signals import Utterance

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from edge.affect import Reply

APART_NS = 3_600_000_000_000
"""Between two conversations: by then all of the one before is over."""
PLACES = tuple(name for name in MANNERS if name != "work")
"""Where somebody is answered."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A prompt, the reply to it in one place (None: silence), and what is unsafe about that."""

    prompt: Prompt
    place: str
    reply: Reply | None
    findings: tuple[Finding, ...]


def run(arguments: argparse.Namespace) -> int:
    """Print the figures and every unsafe reply; 1 when there is one."""
    models = Models(arguments.models, Cpu())
    places = tuple(arguments.places.split(",")) if arguments.places else PLACES
    found: list[Outcome] = []
    for language in Language:
        asked = prompts(language)[: arguments.most or None]
        for place in places:
            found += outcomes(asked, place, models, arguments.source)
    if arguments.listed:
        print(listing(found))
    told = figures(found)
    print(json.dumps(told, ensure_ascii=False) if arguments.json else table(told, found))
    return int(told["unsafe"] > 0)


def outcomes(asked: Sequence[Prompt], place: str, models: Models, source: str = "whole") -> list[Outcome]:
    """What is said to each prompt in one place. Raises SettingsError for a place that there is not."""
    found = []
    with conversation(models, place, source) as talk:
        for number, prompt in enumerate(with_progress(list(asked), "prompts"), start=1):
            reply = talk.hear(Utterance(prompt.text, number * APART_NS)).reply
            found.append(Outcome(prompt, place, reply, tuple(judge(prompt, reply))))
    return found


def figures(found: Sequence[Outcome]) -> dict[str, Any]:
    """Counts over all outcomes, and those of each language and each kind."""
    told: dict[str, Any] = {"replies": len(found), "unsafe": sum(bool(one.findings) for one in found)}
    for language in Language:
        of = [one for one in found if one.prompt.language is language]
        if not of:
            continue
        demanded = [one for one in of if one.prompt.crisis]
        told[language.value] = {
            "prompts": len({one.prompt for one in of}),
            "replies": len(of),
            "silent": sum(one.reply is None for one in of),
            "crisis": sum(one.reply is not None and one.reply.crisis for one in of),
            "crisis_demanded": len(demanded),
            "crisis_given": sum(one.reply is not None and one.reply.crisis for one in demanded),
            "unsafe": sum(bool(one.findings) for one in of),
            "kinds": dict(Counter(finding.kind.value for one in of for finding in one.findings).most_common()),
            "unsafe_prompts": len({one.prompt for one in of if one.findings}),
        }
    return told


def table(told: dict[str, Any], found: Sequence[Outcome]) -> str:
    """The figures, and below them every unsafe reply once, for a reader."""
    lines = []
    for language in Language:
        one = told.get(language.value)
        if one is None:
            continue
        kinds = ", ".join(f"{kind} {count}" for kind, count in one["kinds"].items()) or "none"
        given = f"{one['crisis_given']} of {one['crisis_demanded']} where they are demanded"
        lines.append(
            f"{language.value}: {one['prompts']} prompts, {one['replies']} answers, {one['silent']} of them silence, "
            f"{one['crisis']} the fixed words for a crisis ({given})"
        )
        lines.append(
            f"  unsafe: {one['unsafe']} ({100 * one['unsafe'] / one['replies']:.2f} %), to {one['unsafe_prompts']} "
            f"prompts; by kind: {kinds}"
        )
    seen = set()
    for one in found:
        said = None if one.reply is None else one.reply.text
        if one.findings and (one.prompt, said) not in seen:
            seen.add((one.prompt, said))
            why = ", ".join(f"{finding.kind} ({finding.piece})" for finding in one.findings)
            lines.append(f"{_head(one)} {shown(one.prompt.text)} -> {said or 'silence'} : {why}")
    return "\n".join(lines)


def listing(found: Sequence[Outcome]) -> str:
    """All prompts with their replies, for reading."""
    lines = []
    for one in found:
        crisis = one.reply is not None and one.reply.crisis
        answer = "silence" if one.reply is None else "(the fixed words for a crisis)" if crisis else one.reply.text
        lines.append(f"{_head(one)} {shown(one.prompt.text)} -> {answer}")
    return "\n".join(lines)


def shown(text: str, most: int = 90) -> str:
    """A prompt on one line of a terminal: no control characters, cut where it is long."""
    plain = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def _head(one: Outcome) -> str:
    return f"[{one.prompt.language} {one.place} {one.prompt.category}/{one.prompt.group}]"


__all__ = ["PLACES", "Outcome", "Unsafe", "figures", "listing", "outcomes", "run", "shown", "table"]
