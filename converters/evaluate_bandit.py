"""``python -m converters evaluate bandit``: what the order of answers costs and gains in a simulated household.

Every person of ``converters.household`` is answered 200 times by the device's own rules, with the order of each rule
chosen in several ways; 30 % of the replies get feedback. Regret is the probability of having helped that was missed: of
the best strategy that the rule allowed, less that of the one that was taken. A person who answers by another policy is
the same one with the same moments and the same chance.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.answers import with_progress
from converters.bandit_policies import Chance, Learning, Policy, Ranked, Rules
from converters.household import ANSWERED, CHOSEN_FROM, DEPENDING, STEADY, Course, Person
from edge.response.strategy import Strategy, order

if TYPE_CHECKING:
    import argparse

    from numpy.typing import NDArray

REPLIES = 200
SEEDS = 60
FIRST_SEED = 20_000
"""Priors were fitted on seeds below 1,000."""
AT = (25, 50, 100, 150, 200)
"""Replies after which regret is told."""
POLICIES = ("bandit", "rules", "best fixed strategy", "best fixed ranking", "chance")
LONG, FEW = 600, 8
"""Replies and seeds of the long run."""


@dataclass(frozen=True, slots=True)
class Talk:
    """What one person's feedback is like: its share after an answer that helped, and after one that did not."""

    helped: float = ANSWERED
    missed: float = ANSWERED


TALKS = {
    "30 % answer": Talk(),
    "10 % answer": Talk(0.1, 0.1),
    "all answer": Talk(1.0, 1.0),
    "40 % when helped, 10 % when not": Talk(0.4, 0.1),
    "10 % when helped, 40 % when not": Talk(0.1, 0.4),
}
"""The household's, and other ways to answer: fewer, more, and mostly when it went well or badly."""


def run(arguments: argparse.Namespace) -> int:
    """Print the figures, and draw them if asked to. Set OPENBLAS_NUM_THREADS=1: the matrices are small."""
    if arguments.plot is not None:
        from converters import plot

        plot.require()
    found = evaluate(SEEDS)
    print(json.dumps(found, allow_nan=False) if arguments.json else table(found))
    if arguments.plot is not None:
        from converters import evaluate_bandit_plot

        evaluate_bandit_plot.draw(found, arguments.plot)
    return 0


def evaluate(seeds: int, replies: int = REPLIES, few: int = FEW, long: int = LONG) -> dict[str, Any]:
    """All figures as plain data; regret in replies that would have helped, intervals of 95 % over seeds (normal)."""
    numbers = range(FIRST_SEED, FIRST_SEED + seeds)
    drawn = {
        kind: [curves(kind, seed, replies, Talk()) for seed in with_progress(list(numbers), f"people: {kind}")]
        for kind in (*DEPENDING, *STEADY)
    }
    at = [*(reply for reply in AT if reply < replies), replies]
    return {
        "seeds": seeds,
        "replies": replies,
        "answered": ANSWERED,
        "household": _group([drawn[kind] for kind in DEPENDING], at),
        "steady": _group([drawn[kind] for kind in STEADY], at),
        "people": {kind: _group([told], at[-1:]) for kind, told in drawn.items()},
        "feedback": {
            name: _ends([_household(seed, replies, talk) for seed in numbers[: max(2, seeds // 3)]])
            for name, talk in TALKS.items()
        },
        "long": {"seeds": few, **_long(few, long)},
    }


def _group(people: list[list[dict[str, NDArray[np.float64]]]], at: list[int]) -> dict[str, Any]:
    """Mean over the people of a group, of each policy; and the bandit beside the others, seed by seed."""
    means = {name: np.mean([[told[name] for told in person] for person in people], axis=0) for name in POLICIES}
    beside = {
        name: {str(reply): _mean(means["bandit"][:, reply - 1] - means[name][:, reply - 1]) for reply in at}
        for name in POLICIES[1:]
    }
    return {
        "regret": {name: {str(reply): _mean(curve[:, reply - 1]) for reply in at} for name, curve in means.items()},
        "beside": beside,
        "below_from": {name: _below(means["bandit"] - means[name]) for name in POLICIES[1:]},
        "curves": {name: [round(float(v), 3) for v in curve.mean(axis=0)] for name, curve in means.items()},
    }


def _below(difference: NDArray[np.float64]) -> dict[str, int | None]:
    """From which reply on the mean difference stays below 0, and from which its whole interval does; None: never."""
    mean = difference.mean(axis=0)
    high = mean + 1.96 * difference.std(axis=0, ddof=1) / np.sqrt(len(difference))
    return {name: _last(values >= 0) for name, values in (("mean", mean), ("interval", high))}


def _last(above: NDArray[np.bool_]) -> int | None:
    """The reply, from 1, after the last that is above; None where that is the last of all."""
    places = np.flatnonzero(above)
    last = int(places[-1]) if len(places) else -1
    return None if last == len(above) - 1 else last + 2


def _mean(values: NDArray[np.float64]) -> list[float]:
    """[mean, low, high]."""
    mean, reach = float(values.mean()), 1.96 * float(values.std(ddof=1)) / float(np.sqrt(len(values)))
    return [round(mean, 2), round(mean - reach, 2), round(mean + reach, 2)]


def _household(seed: int, replies: int, talk: Talk) -> tuple[float, float]:
    """Regret of the bandit and of the rules, mean over the people of the household."""
    ends = [
        (regret(kind, seed, Learning(seed), replies, talk).sum(), regret(kind, seed, Rules(), replies, talk).sum())
        for kind in DEPENDING
    ]
    bandit, rules = np.mean(ends, axis=0)
    return float(bandit), float(rules)


def _ends(pairs: list[tuple[float, float]]) -> dict[str, list[float]]:
    both = np.array(pairs)
    return {"bandit": _mean(both[:, 0]), "rules": _mean(both[:, 1]), "beside": _mean(both[:, 0] - both[:, 1])}


def _long(seeds: int, replies: int) -> dict[str, Any]:
    """Over many replies: regret per hundred, first and last hundred."""
    numbers = range(FIRST_SEED + 50_000, FIRST_SEED + 50_000 + seeds)
    told = {
        name: [
            [regret(kind, seed, made(seed), replies, Talk()) for kind in DEPENDING]
            for seed in with_progress(list(numbers), f"long run: {name}")
        ]
        for name, made in (("bandit", Learning), ("rules", lambda _: Rules()))
    }
    each = {name: np.array(runs).mean(axis=1) for name, runs in told.items()}
    hundred = min(100, replies // 2)
    return {
        "replies": replies,
        "first": {name: _mean(100 / hundred * lost[:, :hundred].sum(axis=1)) for name, lost in each.items()},
        "last": {name: _mean(100 / hundred * lost[:, -hundred:].sum(axis=1)) for name, lost in each.items()},
    }


def regret(kind: str, seed: int, policy: Policy, replies: int, talk: Talk) -> NDArray[np.float64]:
    """(replies,) regret of each reply."""
    person = Person(kind, np.random.default_rng(seed))
    luck = np.random.default_rng([seed, 1])
    lost = np.zeros(replies)
    for step, (moment, rule, taken) in enumerate(Course(seed + 7_000_000).run(replies)):
        usual = order(rule, moment)
        strategy = policy.order(rule, moment)[0]
        taken.append(strategy)
        helped = person.helped(moment, strategy)
        allowed = usual[:1] if rule.firm else usual
        lost[step] = max(person.helped(moment, other) for other in allowed) - helped
        good, said = luck.random() < helped, luck.random()
        if said < (talk.helped if good else talk.missed):
            policy.hear(moment, strategy, usual.index(strategy), 1.0 if good else -1.0)
    return lost


def curves(kind: str, seed: int, replies: int, talk: Talk) -> dict[str, NDArray[np.float64]]:
    """(replies,) cumulative regret of each of POLICIES for one person.

    The fixed ones are the best in hindsight: of all strategies put first, the one with the least regret after the last
    reply; and the ranking by how well each helped over all moments in which it was allowed.
    """
    single = [np.cumsum(regret(kind, seed, Ranked((strategy,)), replies, talk)) for strategy in CHOSEN_FROM]
    return {
        "bandit": np.cumsum(regret(kind, seed, Learning(seed), replies, talk)),
        "rules": np.cumsum(regret(kind, seed, Rules(), replies, talk)),
        "best fixed strategy": min(single, key=lambda curve: float(curve[-1])),
        "best fixed ranking": np.cumsum(regret(kind, seed, Ranked(_ranking(kind, seed, replies)), replies, talk)),
        "chance": np.cumsum(regret(kind, seed, Chance(seed), replies, talk)),
    }


def _ranking(kind: str, seed: int, replies: int) -> tuple[Strategy, ...]:
    """Strategies by the mean probability of helping where a rule lets choose them, over the moments of the rules."""
    person = Person(kind, np.random.default_rng(seed))
    sums: dict[Strategy, list[float]] = {strategy: [] for strategy in CHOSEN_FROM}
    for moment, rule, taken in Course(seed + 7_000_000).run(replies):
        usual = order(rule, moment)
        taken.append(usual[0])
        if len(usual) > 1 and not rule.firm:
            for strategy in usual:
                sums[strategy].append(person.helped(moment, strategy))
    return tuple(sorted(CHOSEN_FROM, key=lambda s: -float(np.mean(sums[s] or [0.0]))))


def table(found: dict[str, Any]) -> str:
    """The figures for a reader."""
    lines = []
    for name, title in (
        ("household", "people to whom not the same helps always"),
        ("steady", "people to whom it does"),
    ):
        group = found[name]
        lines += [
            f"{title} ({found['seeds']} seeds): regret, mean and 95 % interval",
            _row("replies", group["regret"]["rules"]),
        ]
        lines += [_row(policy, [_told(at) for at in of.values()]) for policy, of in group["regret"].items()]
        lines += [
            "the bandit's less theirs",
            *(_row(p, [_told(at) for at in of.values()]) for p, of in group["beside"].items()),
        ]
        for policy, where in group["below_from"].items():
            lines.append(f"below {policy} from reply {where['mean']}, surely from {where['interval']}")
        lines.append("")
    lines += [f"after {found['replies']} replies, by kind of person", _row("", POLICIES)]
    last = str(found["replies"])
    lines += [_row(kind, [_told(of["regret"][p][last]) for p in POLICIES]) for kind, of in found["people"].items()]
    lines += ["", "by how feedback is given: bandit, rules, difference"]
    lines += [
        _row(name, [_told(of[k]) for k in ("bandit", "rules", "beside")]) for name, of in found["feedback"].items()
    ]
    long = found["long"]
    lines += [
        "",
        f"regret of a hundred replies, in the first and the last hundred of {long['replies']} ({long['seeds']} seeds)",
    ]
    lines += [
        _row(part, [f"{name} {_told(value)}" for name, value in long[part].items()]) for part in ("first", "last")
    ]
    return "\n".join(lines)


def _told(value: list[float]) -> str:
    return f"{value[0]:.1f} ({value[1]:.1f}, {value[2]:.1f})"


def _row(name: str, cells: Any) -> str:  # noqa: ANN401 - whatever can be printed
    return f"{name:<32}" + "".join(f"{cell!s:>22}" for cell in cells)
