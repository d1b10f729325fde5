"""What is believed of a person now, carried through time: which of the seven emotions, and valence and arousal.

The emotions are a sticky hidden Markov model in continuous time. In ``dt`` seconds an emotion stays with probability
exp(-dt / dwell_s), else any of the seven follows (Rabiner 1989, Proc. IEEE 77(2), in continuous time: the Jukes-Cantor
form, whose transition matrix is closed). Its emission is what the senses say together: their calibrated posterior,
divided by the uniform prior that it was made with, is a scaled likelihood (Bourlard & Morgan 1994, Connectionist Speech
Recognition, ch. 7).

Frames of the same second say the same, so they are no independent looks. Evidence is counted in seconds, and the
belief's own past is discounted by a power as new seconds come in (Smith 1979, J. Royal Statistical Society B 41(3), the
power steady model): the log of the belief is a mean over the newest ``smoothing_s`` seconds of evidence, however many
frames these had, times ``looks``, the number of independent looks that a lasting expression is worth.

Valence and arousal are random walks seen through noise: the Kalman-Bucy filter for one dimension, whose Riccati
equation has a closed form (Jazwinski 1970, Stochastic Processes and Filtering Theory, ch. 7). While nothing is seen
both fade: the belief to "could be anything", valence and arousal to 0 with growing deviation.
"""

from __future__ import annotations

from math import cosh, exp, sinh, sqrt
from typing import ClassVar

from pydantic import Field

from edge.affect import EMOTIONS, Affect
from edge.section import Section

COUNT = len(EMOTIONS)
UNIFORM = (1 / COUNT,) * COUNT
LEAST = 0.01
"""Least probability of an emotion in what is seen, so that one wild frame moves the belief no further than a sure one.
On held-out data the surest answers of ours are wrong about once in a hundred times."""
STEP_S = 1 / 30
"""Transition and evidence take turns about so often: each has a closed form, both together have none. With this step
any rate of pictures gives the same belief within 0.0001; a test says so."""
DIFFUSE = 1e6
"""Variance of valence and arousal before anything was seen: the first look is taken as it is (Durbin & Koopman 2012,
Time Series Analysis by State Space Methods, ch. 5)."""


class FilterSettings(Section):
    """How fast belief follows what is seen. `python -m converters evaluate time` measures what each choice costs."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"smoothing_s", "dwell_s", "looks", "drift", "noise"})

    smoothing_s: float = Field(
        default=0.45,
        gt=0,
        le=30,
        title="Smoothing",
        description="seconds of evidence over which belief is a mean; more is calmer and follows later",
    )
    dwell_s: float = Field(
        default=20.0,
        ge=1,
        le=3600,
        title="Dwell",
        description="seconds for which an emotion lasts, in the mean; while nothing is seen belief fades as fast",
    )
    looks: float = Field(
        default=1.2,
        ge=0.1,
        le=10,
        title="Looks",
        description="independent looks that a lasting expression is worth; 1: all its frames say the same",
    )
    drift: float = Field(
        default=0.3,
        gt=0,
        le=2,
        title="Drift",
        description="standard deviation of how far valence and arousal wander in one second",
    )
    noise: float = Field(
        default=0.3,
        gt=0,
        le=2,
        title="Noise",
        description="standard deviation of valence and arousal as told by one second of evidence of weight 1",
    )


class Belief:
    """The filter. Has no clock: it is told how many seconds went by, and how many of them something was seen in."""

    __slots__ = ("_arousal", "_likely", "_mass", "_settings", "_valence", "_variance")

    def __init__(self, settings: FilterSettings) -> None:
        self._settings = settings
        self.clear()

    def adopt(self, settings: FilterSettings) -> None:
        """Go on with other settings; what is believed stays."""
        self._settings = settings

    def clear(self) -> None:
        """Believe nothing, as at the start."""
        self._likely = UNIFORM
        self._mass = 0.0
        """Seconds of evidence that the belief rests on, the older ones discounted."""
        self._valence = self._arousal = 0.0
        self._variance = DIFFUSE

    @property
    def empty(self) -> bool:
        """Whether nothing was ever seen."""
        return self._mass == 0.0

    @property
    def affect(self) -> Affect:
        """What is believed now."""
        return Affect(self._likely, self._valence, self._arousal)

    @property
    def deviation(self) -> float:
        """Standard deviation of valence and of arousal, at most 1: they lie in -1..1."""
        return min(1.0, sqrt(self._variance))

    def rest(self, seconds: float) -> None:
        """Seconds went by in which nothing was seen."""
        if seconds <= 0.0 or self.empty:
            return
        settings = self._settings
        stay = exp(-seconds / settings.dwell_s)
        self._mix(stay)
        self._mass = max(self._mass * stay, 1e-12)
        self._valence *= stay
        self._arousal *= stay
        self._variance = min(self._variance + settings.drift**2 * seconds, DIFFUSE)

    def see(self, seen: Affect, seconds: float, weight: float, *, lasted: bool = True) -> None:
        """Something was seen, that stands for ``seconds`` of evidence.

        Args:
            seen: what all senses say together; calibrated, under a uniform prior.
            seconds: above 0.
            weight: of the evidence, above 0; its quality times the reliability of its sense, summed over senses.
            lasted: whether these seconds went by as well; False for an event that is worth so many, such as a sentence.
        """
        settings = self._settings
        steps = max(1, round(seconds / STEP_S)) if lasted else 1
        stay = exp(-seconds / steps / (2 * settings.dwell_s)) if lasted else 1.0
        kept = exp(-seconds / steps / settings.smoothing_s)
        floored = [max(p, LEAST) for p in seen.probabilities]
        self._mix(stay)
        for left in range(steps - 1, -1, -1):
            self._weigh(floored, kept)
            self._mix(stay * stay if left else stay)  # the second half of this step, and the first of the next
        self._follow(seen, seconds, weight, drifts=lasted)

    def _mix(self, stay: float) -> None:
        """The transition; half of it before the evidence and half after has an error of third order (Strang 1968)."""
        if stay < 1.0:
            other = (1.0 - stay) / COUNT
            self._likely = tuple([stay * p + other for p in self._likely])

    def _weigh(self, seen: list[float], kept: float) -> None:
        """A step of evidence, over which that of before is discounted to ``kept`` of what it was."""
        settings = self._settings
        new = settings.smoothing_s * (1.0 - kept)
        self._mass = self._mass * kept + new
        gain = new / self._mass
        power = gain * settings.looks
        old = 1.0 - gain
        unscaled = [p**old * q**power for p, q in zip(self._likely, seen, strict=True)]
        total = sum(unscaled)
        self._likely = tuple([value / total for value in unscaled])

    def _follow(self, seen: Affect, seconds: float, weight: float, *, drifts: bool) -> None:
        """The closed form for an observation that stays the same for ``seconds``, so that one step is as two halves."""
        settings = self._settings
        noise = settings.noise**2 / weight
        if drifts:
            steady, rate = settings.drift * sqrt(noise), settings.drift / sqrt(noise)
            ratio = self._variance / steady
            grown, turned = cosh(rate * seconds), sinh(rate * seconds)
            forgotten = 1.0 / (grown + ratio * turned)
            self._variance = steady * (ratio * grown + turned) * forgotten
        else:
            forgotten = noise / (noise + self._variance * seconds)
            self._variance *= forgotten
        self._valence = seen.valence + (self._valence - seen.valence) * forgotten
        self._arousal = seen.arousal + (self._arousal - seen.arousal) * forgotten
