"""The text sense: normalise → hashed words → int8 model → calibrate → rules of context → cues."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from edge.affect import EMOTIONS, Affect, Cue, Emotion, Language, Reading, Sense
from edge.perception.domain import trust
from edge.perception.text import cues as told
from edge.perception.text.context import analyse
from edge.perception.text.emphasis import is_loud
from edge.perception.text.features import ids
from edge.perception.text.judged import MOST_PARTS, Judged
from edge.perception.text.language import HAN_PER_WORD, detect_language, language_of
from edge.perception.text.lexicon.lookup import lexicon
from edge.perception.text.negation import denied
from edge.perception.text.normalise import normalised
from edge.perception.text.quality import quality, refusal, unknown
from edge.perception.text.shift import weights
from edge.perception.text.target import target, target_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from edge.accelerators.model import Model, Models
    from edge.perception.text.lexicon.lookup import Match, Unit
    from edge.perception.text.settings import TextSettings
    from edge.sensors.signals import Utterance

NAME, TASK = "text-emotion", "text-emotion"
FINE, AFFECT = "fine", "affect"
"""Heads that a model may have beside its labels."""
AFFECT_STRETCH = 2.0
"""The head speaks on EmoBank's scale, whose raters hardly ever left its middle half (2 to 4 of 1 to 5): that half
becomes the whole, so that a glad sentence is about as far from neutral as CIRCUMPLEX has joy."""
UNFAMILIAR = "unlike the texts that the model knows"
LABELS = tuple(emotion.value for emotion in EMOTIONS)
FIRST = ("But I am not angry at the bank, is it fine? :)", "可是我不生银行的气，好吗？")
"""Analysed by the rules when the sense starts, and thrown away: so every table is loaded before anybody waits."""


class Words(NamedTuple):
    """A text's units and the lexicon's entries in them."""

    language: Language
    units: list[Unit]
    found: list[Match]


class TextPerceiver:
    """Reads utterances in English and Chinese. One thread at a time."""

    sense = Sense.TEXT

    def __init__(self, settings: TextSettings, models: Models) -> None:
        self._settings = settings
        self._models = models
        self._model: Model | None = None
        self._place = 0

    def attach(self) -> None:
        """Load the model and the lexicons. Raises ModelError."""
        self._model = self._models.load(NAME, TASK, LABELS)
        self._place = self._model.card.place("logits")
        for language in Language:
            lexicon(language)
            weights(language)
        for sentence in FIRST:
            target_of(sentence)  # not by ``perceive``: where the model fails, the words must still be seen by safety

    def adopt(self, settings: TextSettings) -> None:
        """Go on with other settings, from any thread."""
        self._settings = settings

    def perceive(self, signal: Utterance) -> Reading:
        """Reading of one utterance.

        It abstains on a text without words, and on one in another language. ``words`` are those of the utterance,
        uncut, because safety has to see all of them; of a very long one only the beginning is judged and a cue says
        so.
        """
        limit = self._settings.max_characters
        text = normalised(signal.words, limit)
        reason = refusal(text)
        if reason is not None:
            return self._abstention(signal, reason)
        language = detect_language(text)
        words = lexicon(language)
        units = words.units(text)
        found = words.find(units)
        known = words.known_share(units, found)
        count = sum(1 for unit in units if unit.text[0].isalpha()) / (HAN_PER_WORD if language is Language.ZH else 1.0)
        reason = unknown(round(count), known)
        if reason is not None:
            return self._abstention(signal, reason)
        outputs = self._run(text, language)
        card = self._loaded().card
        trusted = trust(card, outputs[self._place][0], self._settings.domain)
        if trusted == 0:
            return self._abstention(signal, UNFAMILIAR)
        judged = self._judged(signal.words[:limit], text, outputs, Words(language, units, found))
        refused = denied(found, language)
        affect = self._affect(judged, outputs, refused=bool(refused))
        cues = told.sign_cues(text, found, refused) + told.context_cues(judged.context)
        about = target(text, units, judged.context, language)
        if about is not None:
            cues.append(told.target_cue(about))
        if (fine := card.head(FINE)) is not None and not refused:
            cues += told.fine_cues(outputs[card.place(fine.output)][0], fine)
        if len(signal.words) > limit:
            cues.append(told.cut_cue(len(signal.words), limit))
        if affect.label is not Emotion.NEUTRAL:
            spans = told.spans(units, found, refused, words, label=affect.label, most=self._settings.occlusions)
            cues += self._words_cues(text, judged, affect, spans, language)
        return Reading(
            sense=self.sense,
            captured_ns=signal.captured_ns,
            affect=affect,
            quality=quality(count, known, self._settings.full_words) * trusted,
            cues=tuple(sorted(cues, key=lambda cue: -cue.strength)),
            words=signal.words,
            language=language_of(text),
        )

    def stop(self) -> None:
        """Release the model, and with it the last text."""
        self._model = None

    def outputs(self, words: str) -> tuple[NDArray[np.float32], ...]:
        """All outputs of the model for a text, each (1, …) in the card's order: for measuring it."""
        text = normalised(words, self._settings.max_characters)
        return self._run(text, detect_language(text))

    def judged(self, words: str) -> Judged:
        """What the model and the rules of context find in a text: for measuring and fitting them."""
        limit = self._settings.max_characters
        text = normalised(words, limit)
        language = detect_language(text)
        book = lexicon(language)
        units = book.units(text)
        read = Words(language, units, book.find(units))
        return self._judged(words[:limit], text, self._run(text, language), read)

    def _run(self, text: str, language: Language) -> tuple[NDArray[np.float32], ...]:
        """The outputs, each (1, …); of a text of several parts their means."""
        parts = [self._loaded().run(part[None]) for part in ids(text, language)]
        return parts[0] if len(parts) == 1 else tuple(np.mean(found, axis=0) for found in zip(*parts, strict=True))

    def sureness(self, words: str) -> float:
        """Factor of the logits of a text, beside the temperature: for measuring the model."""
        return self._sureness(detect_language(normalised(words, self._settings.max_characters)))

    def _sureness(self, language: Language) -> float:
        return self._loaded().card.sureness.get(language.value, 1.0)

    def _probabilities(self, outputs: tuple[NDArray[np.float32], ...], language: Language) -> tuple[float, ...]:
        factor = self._sureness(language) / self._loaded().card.temperature
        logits: list[float] = outputs[self._place][0].tolist()
        top = max(logits)
        raw = [exp((logit - top) * factor) for logit in logits]
        total = sum(raw)
        return tuple(value / total for value in raw)

    def _judged(self, words: str, text: str, outputs: tuple[NDArray[np.float32], ...], read: Words) -> Judged:
        """What the model says of the whole and of its parts, and what the rules of context find."""
        context = analyse(text, read.units, read.found, read.language)
        parts: list[tuple[int, int]] = []
        if context.parts != ((0, len(text)),):
            parts = list(context.parts[-MOST_PARTS:])
        model = self._probabilities(outputs, read.language)
        said = [self._probabilities(self._run(text[start:end], read.language), read.language) for start, end in parts]
        return Judged(context, is_loud(words), model, parts, said, weights(read.language))

    def _affect(self, judged: Judged, outputs: tuple[NDArray[np.float32], ...], *, refused: bool) -> Affect:
        """The distribution that the rules made; valence and arousal of the model's own head, if it has one.

        The head knows of no rule: they move its answer as far as they move the mean of the circumplex. With a denial
        valence and arousal follow from the probabilities.
        """
        after = Affect.of(judged.probabilities())
        card = self._loaded().card
        head = card.head(AFFECT)
        if head is None or refused:
            return after
        before = Affect.of(judged.model)
        found = outputs[card.place(head.output)][0]
        valence, arousal = (AFFECT_STRETCH * float(found[head.labels.index(name)]) for name in ("valence", "arousal"))
        valence += after.valence - before.valence
        arousal += after.arousal - before.arousal
        return Affect(after.probabilities, max(-1.0, min(1.0, valence)), max(-1.0, min(1.0, arousal)))

    def _loaded(self) -> Model:
        if self._model is None:
            message = "perceive before attach"
            raise RuntimeError(message)
        return self._model

    def _words_cues(
        self, text: str, judged: Judged, affect: Affect, spans: list[told.Span], language: Language
    ) -> list[Cue]:
        """The part of the text without which the label loses most, if it loses enough.

        Of a text in parts only the part that it stands in is read again.
        """
        place, confidence = EMOTIONS.index(affect.label), affect.confidence
        most, decided = told.LEAST_DROP, None
        for span in spans:
            part = next((i for i, (start, end) in enumerate(judged.parts) if start <= span.start < end), None)
            start, end = (0, len(text)) if part is None else judged.parts[part]
            rest = f"{text[start : span.start].rstrip()} {text[span.end : end].lstrip()}".strip()
            said = self._probabilities(self._run(rest, language), language)
            drop = confidence - judged.without(span, part, said)[place]
            if drop >= most:
                most, decided = drop, span
            if drop >= told.DECISIVE:
                break
        return [] if decided is None else [told.words_cue(text, decided, most)]

    def _abstention(self, signal: Utterance, reason: str) -> Reading:
        language = language_of(signal.words)
        return Reading(self.sense, signal.captured_ns, None, 0.0, reason=reason, words=signal.words, language=language)
