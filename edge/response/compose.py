"""Several candidates for a reply, and the one to say: templates, what was told back, and what was found by likeness."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from edge.affect import CIRCUMPLEX, Emotion
from edge.data_file import read_table
from edge.errors import ModelError
from edge.perception.text.perceiver import TextPerceiver
from edge.response import generate, rank
from edge.response.candidates import Candidate, Source
from edge.response.checker import untellable
from edge.response.nets import load
from edge.response.pieces import pieces
from edge.response.rank import Weighing
from edge.response.realise import Said
from edge.response.retrieve import index
from edge.response.strategy import Strategy
from edge.response.telling import telling
from edge.sensors.signals import Utterance

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edge.accelerators.model import Models
    from edge.affect import Affect, Language
    from edge.perception.text.settings import TextSettings
    from edge.response.realise import Filling, Realiser
    from edge.response.strategy import Moment

log = logging.getLogger(__name__)

LED = frozenset({Strategy.REFLECT, Strategy.QUESTION, Strategy.AFFIRM, Strategy.REASSURE, Strategy.SUGGEST})
"""Strategies whose texts may follow a clause that is told back."""
FOLLOWED = 4
"""Templates that are tried behind a clause."""
CLEAR_VALENCE = 0.2
"""Valence in a clause from which it speaks for or against a feeling."""
DRIVING = "car"
AT_THE_WHEEL = "driving"
"""In a car nothing is suggested but what was written for the road."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reply is asked for, whatever its strategy.

    ``subject``, ``moment`` and ``filling`` as in ``Realiser``; ``words`` in ``language`` were said, at ``now_ns`` it is
    answered. ``tells``: the person told of something, so that it may be told back or found.
    """

    subject: str
    moment: Moment
    filling: Filling
    words: str
    language: Language
    now_ns: int
    tells: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reply is wanted for.

    ``finish`` makes a text as this language and household write it; ``fresh`` says whether it was not said today.
    ``tells``: something may be told back or found, since the person told of something.
    """

    strategy: Strategy
    weighing: Weighing
    context: str
    tells: bool
    finish: Callable[[str], str]
    fresh: Callable[[str], bool]


class Composer:
    """Used by the thread that answers. The nets are loaded when the first reply is wanted, and never where none is."""

    def __init__(
        self, text: TextSettings, models: Models | None, sources: frozenset[Source] = frozenset(Source)
    ) -> None:
        """Loads nothing yet.

        Args:
            text: settings of the text sense, by which candidates are read.
            models: where the nets are; None: templates and what is found are all there is, and the first that fits.
            sources: what candidates may come from; templates stand in where the others have none.
        """
        self._text = text
        self._models = models
        self._sources = sources
        self._generator: generate.Net | None = None
        self._ranker: rank.Ranker | None = None
        self._reader: rank.Reader | None = None
        self._loaded = False
        self._last = Candidate("", Strategy.SILENT, Source.TEMPLATES)

    def say(self, realiser: Realiser, strategy: Strategy, asked: Asked, *, again: bool = False) -> Said | None:
        """The best of what may be said by one strategy; None where that is nothing.

        Args:
            realiser: of the language; has the templates, and is told what is said.
            strategy: the kind of answer.
            asked: what is answered.
            again: whether it may be a template that was said within a day, if there is no other.
        """
        moment = asked.moment
        options = realiser.options(asked.subject, strategy, moment, asked.filling, asked.now_ns, again=again)
        weighing = Weighing(
            asked.words,
            asked.language,
            moment.label,
            moment.valence,
            moment.arousal,
            moment.confidence,
            moment.turns,
            realiser.longest,
            self._last.text,
            parroted=self._last.source is Source.MODEL,
        )
        wanted = Wanted(strategy, weighing, moment.context, asked.tells, realiser.finish, realiser.fresh)
        try:
            best = self._best(realiser, wanted, options)
        except ModelError as error:
            self._lose(error)
            best = next(iter(options), None)
        if best is None:
            return None
        realiser.spoken(best, asked.now_ns)
        self._last = best
        return Said(best.text, best.quotes, led=best.source is Source.MODEL)

    def _best(self, realiser: Realiser, wanted: Wanted, templates: list[Candidate]) -> Candidate | None:
        """The best of templates and what else might be said. Raises ModelError where a net fails."""
        options = self.only([*templates, *self.further(wanted, templates)])
        if not options:
            return None
        return self.pick(options, wanted.weighing, [realiser.since(one) for one in options]) or options[0]

    def further(self, wanted: Wanted, templates: Sequence[Candidate]) -> list[Candidate]:
        """What else than ``templates`` might be said."""
        if not wanted.tells or untellable(wanted.weighing.words, wanted.weighing.language) is not None:
            return []
        found = self._found(wanted) if Source.RETRIEVAL in self._sources else []
        return found + (self._told(wanted, [*templates, *found]) if Source.MODEL in self._sources else [])

    def pick(
        self, candidates: Sequence[Candidate], weighing: Weighing, since: Sequence[int | None]
    ) -> Candidate | None:
        """The best of at least one candidate; None where there is no ranker, and the caller's own choice stands."""
        self._load()
        return None if self._ranker is None else self._ranker.best(candidates, weighing, since)

    def only(self, candidates: list[Candidate]) -> list[Candidate]:
        """Those of the sources that are switched on; all where none is of them, so that nobody is left unanswered."""
        return [one for one in candidates if one.source in self._sources] or candidates

    def _found(self, wanted: Wanted) -> list[Candidate]:
        weighing = wanted.weighing
        replies = index(weighing.language)
        near = replies.find(weighing.words, weighing.language)
        if near is None or near.situation.emotion is not weighing.label:
            return []
        if wanted.context == DRIVING and wanted.strategy is Strategy.SUGGEST and near.situation.area != AT_THE_WHEEL:
            return []
        texts = replies.replies.get(near.situation, {}).get(wanted.strategy, ())
        finished = [wanted.finish(text) for text in texts]
        # It says what the person spoke of, so it is kept and sent as little as their words.
        return [
            Candidate(text, wanted.strategy, Source.RETRIEVAL, quotes=True, fit=near.like)
            for text in finished
            if len(text) <= weighing.longest and wanted.fresh(text)
        ]

    def _told(self, wanted: Wanted, following: Sequence[Candidate]) -> list[Candidate]:
        """The clause by itself, to restate it, or with a text of the strategy behind it; never twice in a row."""
        weighing = wanted.weighing
        self._load()
        if self._generator is None or weighing.parroted:
            return []
        clause = self._clause(weighing.words, weighing.language, weighing.label)
        if clause is None or not self._agrees(clause.text, weighing):
            return []
        frames = _frames(weighing.language.value)
        made: list[tuple[str, Candidate | None]] = []
        if wanted.strategy is Strategy.RESTATE:
            made += [(frame.format(clause=clause.text), None) for frame in frames["alone"]]
        elif wanted.strategy in LED:
            joint = " " if weighing.language.value == "en" else ""
            plain = [one for one in following if not one.quotes or one.source is Source.RETRIEVAL][:FOLLOWED]
            lead = frames["lead"][0].format(clause=clause.text)
            made += [(f"{lead}{joint}{one.text}", one) for one in plain]
        finished = [(wanted.finish(text), one) for text, one in made]
        return [
            Candidate(
                text,
                wanted.strategy,
                Source.MODEL,
                quotes=True,
                template=None if one is None else one.template,
                clause=clause.text,
                fit=clause.sure,
            )
            for text, one in finished
            if len(text) <= weighing.longest and wanted.fresh(text)
        ]

    def _clause(self, words: str, language: Language, label: Emotion | None) -> generate.Clause | None:
        assert self._generator is not None  # noqa: S101 - for the type checker; the caller has looked
        return generate.clause(self._generator, words, language, label, feeling=False)

    def _agrees(self, clause: str, weighing: Weighing) -> bool:
        """Whether a clause is of the feeling that is answered, as far as the text model can tell.

        Nobody who is angry is told back what went well. Where two things are set against each other ("but") the net
        may have taken either, so the reading must be of that very feeling.
        """
        language, label = weighing.language, weighing.label
        turns = telling(language).rules.turns
        contrast = any(piece.plain in turns for piece in pieces(weighing.words, language)[1:])
        read = None if self._reader is None else self._reader.affect(clause, language)
        if read is None or label is None or label is Emotion.NEUTRAL:
            return not contrast
        opposite = read.valence * CIRCUMPLEX[label][0] < 0 and abs(read.valence) > CLEAR_VALENCE
        return read.label is label if contrast else not opposite

    def _load(self) -> None:
        """The nets, once; where one cannot be had, that is said once and the templates stand in."""
        if self._loaded:
            return
        self._loaded = True
        if self._models is None or self._sources == {Source.TEMPLATES}:
            return
        try:
            self._generator = load(self._models, generate.NAME, generate.TASK, generate.INPUTS, generate.LABELS)
        except ModelError as error:
            log.warning("replies tell nothing back, templates stand in: %s", error)
        try:
            self._reader = _TextReader(self._text, self._models)
            self._ranker = rank.Ranker(load(self._models, rank.NAME, rank.TASK, rank.INPUTS), self._reader)
        except ModelError as error:
            log.warning("replies are not ranked: %s", error)

    def _lose(self, error: ModelError) -> None:
        """Go on without nets: somebody waits for an answer, and the templates have one."""
        self._generator = self._ranker = self._reader = None
        log.warning("replies are those of the templates from now on: %s", error)


class _TextReader:
    """The text model's reading of a candidate."""

    def __init__(self, settings: TextSettings, models: Models) -> None:
        self._perceiver = TextPerceiver(settings, models)
        self._perceiver.attach()

    def affect(self, text: str, language: Language) -> Affect | None:  # noqa: ARG002 - it sees the language by itself
        return self._perceiver.perceive(Utterance(text, 0)).affect


@cache
def _frames(language: str) -> dict[str, list[str]]:
    table: dict[str, dict[str, list[str]]] = read_table(files("edge.response") / "replies" / "frames.toml")
    return table[language]
