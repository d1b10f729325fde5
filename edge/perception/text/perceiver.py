"""The text sense: normalise → hash → int8 model → calibrate → denial → cues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.accelerators.model import Model, Models, softmax
from edge.affect import EMOTIONS, Affect, Cue, Emotion, Language, Reading, Sense
from edge.perception.text import cues as told
from edge.perception.text.features import FeatureVector
from edge.perception.text.language import HAN_PER_WORD, detect_language, has_letters
from edge.perception.text.lexicon.lookup import lexicon
from edge.perception.text.negation import denied, without
from edge.perception.text.normalise import normalised
from edge.perception.text.quality import quality, refusal, unknown

if TYPE_CHECKING:
    from edge.perception.text.settings import TextSettings
    from edge.sensors.signals import Utterance

NAME, TASK = "text-emotion", "text-emotion"
LABELS = tuple(emotion.value for emotion in EMOTIONS)


class TextPerceiver:
    """Reads utterances in English and Chinese. One thread at a time; the feature vector is kept between texts."""

    sense = Sense.TEXT

    def __init__(self, settings: TextSettings, models: Models) -> None:
        self._settings = settings
        self._models = models
        self._model: Model | None = None
        self._vector = FeatureVector()

    def attach(self) -> None:
        """Load the model and the lexicons. Raises ModelError."""
        self._model = self._models.load(NAME, TASK, LABELS)
        for language in Language:
            lexicon(language)

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
        refused = denied(found, language)
        emotions = {match.entry.emotion for match in refused if match.entry.emotion is not None}
        affect = Affect.of(without(self._probabilities(text, language), emotions))
        cues = told.sign_cues(text, found, refused)
        if len(signal.words) > limit:
            cues.append(told.cut_cue(len(signal.words), limit))
        if affect.label is not Emotion.NEUTRAL:
            spans = told.spans(units, found, refused, words, label=affect.label, most=self._settings.occlusions)
            cues += self._words_cues(text, affect, spans, language)
        return Reading(
            sense=self.sense,
            captured_ns=signal.captured_ns,
            affect=affect,
            quality=quality(count, known, self._settings.full_words),
            cues=tuple(sorted(cues, key=lambda cue: -cue.strength)),
            words=signal.words,
            language=language if has_letters(text) else None,
        )

    def stop(self) -> None:
        """Release the model and forget the last text."""
        self._model = None
        self._vector.clear()

    def _probabilities(self, text: str, language: Language) -> tuple[float, ...]:
        if self._model is None:
            message = "perceive before attach"
            raise RuntimeError(message)
        (logits,) = self._model.run(self._vector.fill(text, language))
        return softmax(logits[0], self._model.card.temperature)

    def _words_cues(self, text: str, affect: Affect, spans: list[told.Span], language: Language) -> list[Cue]:
        """The part of the text without which the label loses most, if it loses enough."""
        place = EMOTIONS.index(affect.label)
        drops = []
        for span in spans:
            rest = f"{text[: span.start].rstrip()} {text[span.end :].lstrip()}".strip()
            drops.append((affect.confidence - self._probabilities(rest, language)[place], span))
        if not drops:
            return []
        drop, span = max(drops, key=lambda pair: pair[0])
        return [told.words_cue(text, span, drop)] if drop >= told.LEAST_DROP else []

    def _abstention(self, signal: Utterance, reason: str) -> Reading:
        return Reading(self.sense, signal.captured_ns, None, 0.0, reason=reason, words=signal.words)
