"""The newest State on its way to the home: each value at its own pace, the whole in words."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from edge.outlets.mqtt.pace import SETTLING_S, Pace, Rule
from edge.outlets.mqtt.payloads import StatePayload, explained

if TYPE_CHECKING:
    from edge.affect import Language, State
    from edge.outlets.mqtt.settings import FigureSettings, MqttSettings

EXPLANATION_S = 10.0
"""Seconds between two explanations while label, reason and senses stay as they are."""
FIELDS = tuple(name for name in StatePayload.model_fields if name != "explanation")


class States:
    """A slot of one; not thread-safe. Times are seconds of one monotonic clock."""

    def __init__(self, settings: MqttSettings, language: Language) -> None:
        self._pace = state_pace(settings)
        self._language = language
        self._captured_ns: int | None = None
        self.latest_ns = 0
        """When the State was captured that is told, however often."""
        self._explained: tuple[State, str] | None = None

    @property
    def due(self) -> float:
        """When ``take`` will give something."""
        return self._pace.due

    def offer(self, state: State, payload: StatePayload, now: float) -> None:
        """The newest State, and what is told of it; it replaces one that waits."""
        values = {name: getattr(payload, name) for name in FIELDS}
        # What is explained changes with all that is in the State but its time.
        self._pace.offer({**values, "explanation": replace(state, captured_ns=0)}, now)
        self._captured_ns = self.latest_ns = state.captured_ns

    def say_anew(self, now: float) -> None:
        """Whoever listened has forgotten everything."""
        self._pace.say_anew(now)

    def forget(self) -> None:
        """What waits is not said, nor what was said again."""
        self._pace.forget()
        self._captured_ns = self._explained = None

    def take(self, now: float) -> tuple[StatePayload, int | None] | None:
        """What is to be said now, and when it was captured; None for that where it was said before."""
        values = self._pace.take(now)
        if values is None:
            return None
        captured_ns, self._captured_ns = self._captured_ns, None
        values["explanation"] = self._explain(values["explanation"])
        return StatePayload(**values), captured_ns

    def _explain(self, state: State) -> str:
        """In words; worked out for what is published only, which is far less than what is told."""
        if self._explained is None or self._explained[0] is not state:
            self._explained = (state, explained(state, self._language))
        return self._explained[1]


def state_pace(settings: MqttSettings) -> Pace:
    """How often each value of a State may change. A label, a reason or a set of senses comes with all its figures."""
    floor_s, settling_s = settings.min_interval_s, max(SETTLING_S, settings.min_interval_s)
    whole = Rule(floor_s, whole=True)

    def figure(own: FigureSettings) -> Rule:
        deadband = settings.deadband if own.deadband is None else own.deadband
        floor = floor_s if own.min_interval_s is None else max(own.min_interval_s, floor_s)
        return Rule(floor, deadband, max(settling_s, floor))

    rules = {
        "emotion": whole,
        "reason": whole,
        "senses": whole,
        "valence": figure(settings.valence),
        "arousal": figure(settings.arousal),
        "confidence": figure(settings.confidence),
        "explanation": Rule(max(EXPLANATION_S, floor_s)),
    }
    return Pace(rules, floor_s=floor_s, resend_s=settings.expire_after_s / 2 or inf)
