"""The files of the graph, read and checked.

``events/<area>.toml`` says what each event means, for every language; ``<language>/<area>.toml`` how it is said there;
``<language>/words.toml`` what denies and what is only imagined; ``needs.toml`` the needs.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import Field

from edge.affect import EMOTIONS, Emotion, Language
from edge.data_file import checked, read_table, wrong
from edge.section import Section
from edge.understanding.graph.graph import Event, Found, Graph
from edge.understanding.graph.pattern import Pattern, read
from edge.understanding.graph.speech import Speech, WordsFile

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

AREAS = ("home", "car", "work", "health", "family", "school", "money")
STRATEGIES = ("question", "restate", "reflect", "affirm", "reassure", "suggest")
"""Those of ``edge/response/strategy.py`` that an event may ask for; a test holds the two together."""
LONGEST_NAME = 30
"""Characters of an event's name in a sentence."""
TOLERANCE = 1e-6
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class EventEntry(Section):
    """What an event means."""

    feel: dict[Emotion, float] = Field(min_length=1, title="Feel", description="emotions with weights that sum to 1")
    need: str = Field(title="Need", description="one of needs.toml")
    then: tuple[str, ...] = Field(min_length=1, title="Then", description="strategies, the fittest first")
    opposite: str | None = Field(default=None, title="Opposite", description="the event if it turns out otherwise")


class PhrasesEntry(Section):
    """How an event is said in one language."""

    say: str = Field(min_length=1, max_length=LONGEST_NAME, title="Say", description="a short noun phrase for it")
    when: tuple[str, ...] = Field(min_length=1, title="When", description="patterns that tell of it")


class NeedEntry(Section):
    """A need."""

    source: str = Field(min_length=1, title="Source", description="who names it")
    en: str = Field(min_length=1, title="English", description="how it is said in English")
    zh: str = Field(min_length=1, title="Chinese", description="how it is said in Chinese")


def load_graph(language: Language, root: Traversable | None = None) -> Graph:
    """The graph of ``language``.

    Args:
        language: one of the folders under ``root``.
        root: the folder of the files; by default the one that came with the package.

    Raises:
        SettingsError: naming the file, the entry, what is wrong and the remedy.
    """
    folder = root if root is not None else files("edge.understanding.graph")
    words_file = folder / language.value / "words.toml"
    speech = Speech.of(language, checked(WordsFile, read_table(words_file), words_file, "the file"))
    needs, known = load_needs(folder), load_events(folder)
    events: dict[str, tuple[Found, tuple[Pattern, ...]]] = {}
    places: dict[str, str] = {}
    for area in AREAS:
        file = folder / language.value / f"{area}.toml"
        for name, content in read_table(file).items():
            if name not in known or known[name].area != area:
                problem = f"there is no such event in events/{area}.toml"
                raise wrong(file, name, problem, "Add it there, or remove it here")
            entry = checked(PhrasesEntry, content, file, name)
            _check_say(entry.say, language, file, name)
            need = needs[known[name].need]
            found = Found(known[name], entry.say, need.en if language is Language.EN else need.zh)
            events[name] = found, _patterns(entry, speech, file, name, places)
    return Graph(speech, events)


def load_events(root: Traversable | None = None) -> dict[str, Event]:
    """Every event by its id. Raises SettingsError as ``load_graph`` does."""
    folder = root if root is not None else files("edge.understanding.graph")
    needs = load_needs(folder)
    events: dict[str, Event] = {}
    for area in AREAS:
        file = folder / "events" / f"{area}.toml"
        for name, content in read_table(file).items():
            if not _NAME.fullmatch(name) or name in events:
                problem = "the id is taken" if name in events else "an id has small letters, digits and underscores"
                raise wrong(file, name, problem, "Choose another id")
            events[name] = _event(name, area, checked(EventEntry, content, file, name), file, needs)
    for event in events.values():
        if event.opposite is not None and (
            event.opposite not in events or events[event.opposite].opposite != event.id or event.opposite == event.id
        ):
            problem = f"its opposite {event.opposite!r} is no event that names it as opposite in turn"
            raise wrong(folder / "events" / f"{event.area}.toml", event.id, problem, "Name each in the other")
    return events


def load_needs(root: Traversable | None = None) -> dict[str, NeedEntry]:
    """Every need by its name. Raises SettingsError as ``load_graph`` does."""
    folder = root if root is not None else files("edge.understanding.graph")
    file = folder / "needs.toml"
    return {name: checked(NeedEntry, content, file, name) for name, content in read_table(file).items()}


def _event(name: str, area: str, entry: EventEntry, file: Traversable, needs: dict[str, NeedEntry]) -> Event:
    total = sum(entry.feel.values())
    if abs(total - 1) > TOLERANCE or min(entry.feel.values()) <= 0:
        problem = f"the weights of feel are {list(entry.feel.values())}, allowed are positive ones that sum to 1"
        raise wrong(file, name, problem, "Change the weights")
    if entry.need not in needs:
        raise wrong(file, name, f"the need {entry.need!r} is unknown", f"Use one of {', '.join(needs)}")
    for strategy in entry.then:
        if strategy not in STRATEGIES or entry.then.count(strategy) > 1:
            problem = f"the strategy {strategy!r} is unknown, or there twice"
            raise wrong(file, name, problem, f"Use some of {', '.join(STRATEGIES)}, each once")
    feel = tuple(entry.feel.get(emotion, 0.0) for emotion in EMOTIONS)
    return Event(name, area, feel, entry.need, entry.then, entry.opposite)


def _patterns(
    entry: PhrasesEntry, speech: Speech, file: Traversable, name: str, places: dict[str, str]
) -> tuple[Pattern, ...]:
    found: list[Pattern] = []
    for written in entry.when:
        try:
            pattern = read(written, speech)
        except ValueError as error:
            raise wrong(file, name, str(error), "See edge/understanding/graph/pattern.py for what is allowed") from None
        other = places.setdefault(pattern.source, name)
        if other != name or any(one.source == pattern.source for one in found):
            raise wrong(file, name, f"the pattern {written!r} stands under {other} already", "Remove one of the two")
        found.append(pattern)
    return tuple(found)


def _check_say(say: str, language: Language, file: Traversable, name: str) -> None:
    if bool(_HAN.search(say)) is not (language is Language.ZH) or set(say) & set("{}"):
        wanted = "Chinese characters" if language is Language.ZH else "no Chinese characters"
        raise wrong(file, name, f"say is {say!r}, it should have {wanted} and no braces", "Reword it")
