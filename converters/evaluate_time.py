"""``python -m converters evaluate time``: does what is told flicker, how late is a change followed, at any frame rate.

Three kinds of input, each with its own noise. *still*: a real face of FER+ PublicTest stands before a camera
(``evaluate_time_faces``), every picture drawn anew from those taken of it. *many*: any face of the emotion, another one
each 0.2 s: no person is so, and it shows where the filter ends. *synthetic*: log-probabilities with noise of 0.2 s.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from converters import evaluate_time_faces, evaluate_time_plot, evaluate_time_streams
from converters.answers import with_progress
from converters.evaluate_time_streams import Device
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import EMOTIONS
from edge.understanding import pooled
from edge.understanding.settings import UnderstandingSettings

if TYPE_CHECKING:
    import argparse

    from converters.evaluate_time_faces import Seen
    from converters.evaluate_time_streams import Source
    from edge.affect import Affect

    Pair = tuple[Source, Source]

FPS = (5, 10, 30)
CHOSEN_FPS = 10
SMOOTHING = (0.15, 0.3, 0.45, 0.6, 0.8, 1.2, 1.8, 2.7)
LOOKS = (1.0, 1.5, 2.0, 2.5, 3.0)
PER_EMOTION = 12
"""Faces of each emotion that are watched for minutes."""
STREAMS = 6
"""Streams of each emotion where the noise is not a face's own."""
PAIRS = 400
"""Changes that are measured."""
SYNTHETIC = (3.0, 1.0)
"""Mean lead and deviation in nats: the leader has 0.66 in the mean, and 0.4 to 0.9 mostly."""
SETTLED_S = 3.0
CLEAR = 0.6
"""Confidence of the State, once settled, from which the new emotion is a clear one; of what is less clear the State is
unsure for much of the time, and a delay says little."""
IN_TIME_S = 1.5
"""The bar: a true change is followed within this."""
MOST_CHANGES = 1.0
"""The bar: label changes a minute on steady input."""


def run(arguments: argparse.Namespace) -> int:
    """Print the figures, and draw the trade-off if asked to."""
    seen = evaluate_time_faces.seen(arguments.data, arguments.models, arguments.cache)
    by = pooled.load(Models(arguments.models, Cpu()))
    found = measured(seen, arguments.minutes, Device(UnderstandingSettings(), by))
    print(json.dumps(found, allow_nan=False) if arguments.json else table(found))
    if arguments.plot is not None:
        evaluate_time_plot.draw(found, arguments.plot)
    return 0


def measured(seen: Seen, minutes: float, device: Device) -> dict[str, Any]:
    """All figures.

    Args:
        seen: what the face sense said of real faces.
        minutes: for which each steady input is watched.
        device: the rest of understanding.

    Returns:
        ``steady`` and ``change`` for each input and rate of pictures, ``apart`` (5 against 30 pictures a second),
        ``trade_off`` for each ``smoothing_s``, ``sure`` for each ``looks``, ``spread`` of valence and arousal.
    """
    inputs = {
        "still": _watched(seen),
        "many": STREAMS * evaluate_time_streams.many(seen),
        "synthetic": STREAMS * evaluate_time_streams.synthetic(*SYNTHETIC),
    }
    changing = {name: pairs(_told_right(sources, device)) for name, sources in inputs.items()}
    changing["still"] = pairs(_told_right(evaluate_time_streams.still(seen), device))
    rows = [(name, fps) for name in inputs for fps in FPS]
    held, followed = {}, {}
    for name, fps in with_progress(rows, "inputs and rates"):
        held[name, fps] = steady(device, inputs[name], fps, minutes)
        followed[name, fps] = change(device, changing[name], fps)
    trade_off = []
    for smoothing_s in with_progress(list(SMOOTHING), "smoothings"):
        other = device.filtered(smoothing_s=smoothing_s)
        trade_off.append(
            {
                "smoothing_s": smoothing_s,
                **steady(other, inputs["still"], CHOSEN_FPS, minutes),
                **change(other, changing["still"], CHOSEN_FPS),
            }
        )
    return {
        "faces": {"tried": seen.faces, "read": len(seen.label), "right": _right(seen)},
        "minutes": minutes,
        "steady": [{"input": name, "fps": fps, **found} for (name, fps), found in held.items()],
        "change": [{"input": name, "fps": fps, **found} for (name, fps), found in followed.items()],
        "apart": [apart(name, held, followed) for name in inputs],
        "chosen": device.settings.filter.smoothing_s,
        "trade_off": trade_off,
        "sure": [sure(seen, device, looks) for looks in LOOKS],
        "spread": spread(seen),
    }


def steady(device: Device, sources: list[Source], fps: float, minutes: float) -> dict[str, Any]:
    """Label changes a minute on input that means the same all the time, from its first picture on."""
    counts = []
    for number, source in enumerate(sources):
        draw = source.draw(np.random.default_rng((1, number)))
        names = evaluate_time_streams.told(device, draw, fps, minutes * 60)
        counts.append(evaluate_time_streams.changes(names) / minutes)
    rates = np.array(counts)
    low, high = _interval(rates)
    return {
        "changes_per_minute": round(float(rates.mean()), 3),
        "interval": [low, high],
        "share_above_bar": round(float((rates > MOST_CHANGES).mean()), 3),
        "most": round(float(rates.max()), 2),
        "streams": len(rates),
    }


def change(device: Device, chosen: list[Pair], fps: float) -> dict[str, Any]:
    """Seconds from a change until the State tells the new emotion."""
    delays = [
        evaluate_time_streams.delay(device, before, after, fps, np.random.default_rng((2, number)))
        for number, (before, after) in enumerate(chosen)
    ]
    clear = [_settled(device, after) >= CLEAR for _, after in chosen]
    late = np.array([evaluate_time_streams.AFTER_S if delay is None else delay for delay in delays])
    low, high = _interval(late)
    return {
        "delay_s": round(float(late.mean()), 3),
        "delay_interval": [low, high],
        "median_s": round(float(np.median(late)), 3),
        "p90_s": round(float(np.percentile(late, 90)), 3),
        "p95_s": round(float(np.percentile(late, 95)), 3),
        "within_bar": round(float((late <= IN_TIME_S).mean()), 3),
        "within_bar_clear": round(float((late[clear] <= IN_TIME_S).mean()), 3) if any(clear) else None,
        "clear": sum(clear),
        "never": delays.count(None),
        "changes": len(delays),
    }


def apart(name: str, held: dict[Any, Any], followed: dict[Any, Any]) -> dict[str, Any]:
    """How far the slowest and the fastest camera are apart in what they make of one input."""
    slow, fast = held[name, FPS[0]]["changes_per_minute"], held[name, FPS[-1]]["changes_per_minute"]
    late, early = followed[name, FPS[0]], followed[name, FPS[-1]]
    return {
        "input": name,
        "changes_per_minute": round(slow - fast, 3),
        "changes_relative": round((slow - fast) / fast, 3) if fast else None,
        "delay_relative": round(late["delay_s"] / early["delay_s"] - 1, 3),
        "median_relative": round(late["median_s"] / early["median_s"] - 1, 3),
    }


def pairs(sources: list[Source]) -> list[Pair]:
    """PAIRS changes from one emotion to another, the same each time; every emotion as often as it is there."""
    generator = np.random.default_rng(3)
    by_label = {label: [s for s in sources if s.label == label] for label in {s.label for s in sources}}
    labels = sorted(by_label)
    chosen = []
    for _ in range(PAIRS if len(labels) > 1 else 0):
        one, other = generator.choice(len(labels), 2, replace=False)
        before, after = by_label[labels[one]], by_label[labels[other]]
        chosen.append((before[generator.integers(len(before))], after[generator.integers(len(after))]))
    return chosen


def sure(seen: Seen, device: Device, looks: float) -> dict[str, float]:
    """Whether a State of a face that was seen for SETTLED_S is as sure as it is right, with so many ``looks``."""
    other = device.filtered(looks=looks)
    confidence, right = [], []
    for number, source in enumerate(evaluate_time_streams.still(seen)):
        draw = source.draw(np.random.default_rng((4, number)))
        affect = evaluate_time_streams.believed(other, draw, CHOSEN_FPS, SETTLED_S)
        confidence.append(affect.confidence)
        right.append(affect.label == source.label)
    said, was = np.array(confidence), np.array(right)
    bins = np.minimum((said * 10).astype(int), 9)
    error = sum(abs(said[bins == each].sum() - was[bins == each].sum()) for each in range(10)) / len(said)
    return {
        "looks": looks,
        "confidence": round(float(said.mean()), 3),
        "accuracy": round(float(was.mean()), 3),
        "calibration_error": round(float(error), 3),
    }


def spread(seen: Seen) -> dict[str, float]:
    """Deviation of valence and arousal within one still face, and of faces of one emotion around their mean."""
    from edge.affect import CIRCUMPLEX

    place = np.array([CIRCUMPLEX[emotion] for emotion in EMOTIONS])
    told = seen.probabilities.astype(np.float64) @ place
    read = seen.quality > 0
    centres = np.array([row[good].mean(axis=0) for row, good in zip(told, read, strict=True)])
    within = np.concatenate([row[good] - centre for row, good, centre in zip(told, read, centres, strict=True)])
    between = np.concatenate([centres[seen.label == each] - place[each] for each in range(len(EMOTIONS))])
    return {
        "valence_within": round(float(within[:, 0].std()), 3),
        "arousal_within": round(float(within[:, 1].std()), 3),
        "valence_error": round(float(np.sqrt((between[:, 0] ** 2).mean())), 3),
        "arousal_error": round(float(np.sqrt((between[:, 1] ** 2).mean())), 3),
    }


def table(found: dict[str, Any]) -> str:
    """The figures for a reader."""
    faces = found["faces"]
    lines = [
        f"{faces['read']} of {faces['tried']} faces were mostly read, {faces['right']:.0%} of these rightly.",
        "",
        f"{'steady input':12} {'fps':>4} {'changes/min':>12} {'95 % interval':>16} {'above 1':>8} {'most':>6}",
    ]
    for row in found["steady"]:
        low, high = row["interval"]
        lines.append(
            f"{row['input']:12} {row['fps']:4} {row['changes_per_minute']:12.2f} {low:8.2f} to{high:5.2f} "
            f"{row['share_above_bar']:8.0%} {row['most']:6.1f}"
        )
    head = f"{'true change':12} {'fps':>4} {'mean s':>7} {'median':>7} {'p90':>6} {'p95':>6}"
    lines += ["", f"{head} {'in 1.5 s':>9} {'if clear':>9} never"]
    lines += [
        f"{row['input']:12} {row['fps']:4} {row['delay_s']:7.2f} {row['median_s']:7.2f} {row['p90_s']:6.2f} "
        f"{row['p95_s']:6.2f} {row['within_bar']:9.1%} {row['within_bar_clear'] or 0:9.1%} "
        f"{row['never']} of {row['changes']}"
        for row in found["change"]
    ]
    lines += ["", f"{FPS[0]} against {FPS[-1]} pictures a second"]
    lines += [
        f"{row['input']:12} changes/min {row['changes_per_minute']:+.2f}, delay {row['delay_relative']:+.1%} "
        f"(median {row['median_relative']:+.1%})"
        for row in found["apart"]
    ]
    lines += ["", f"{'smoothing s':>11} {'changes/min':>12} {'mean s':>7} {'p95':>6} {'in 1.5 s':>9}"]
    lines += [
        f"{row['smoothing_s']:11} {row['changes_per_minute']:12.2f} {row['delay_s']:7.2f} {row['p95_s']:6.2f} "
        f"{row['within_bar']:9.1%}{'   chosen' if row['smoothing_s'] == found['chosen'] else ''}"
        for row in found["trade_off"]
    ]
    lines += ["", f"{'looks':>6} {'confidence':>11} {'accuracy':>9} {'calibration error':>18}"]
    lines += [
        f"{row['looks']:6} {row['confidence']:11.3f} {row['accuracy']:9.3f} {row['calibration_error']:18.3f}"
        for row in found["sure"]
    ]
    lines += ["", ", ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in found["spread"].items())]
    return "\n".join(lines)


def _watched(seen: Seen) -> list[Source]:
    rows = np.concatenate([np.flatnonzero(seen.label == each)[:PER_EMOTION] for each in range(len(EMOTIONS))])
    sources = evaluate_time_streams.still(seen)
    return [sources[row] for row in rows]


def _told_right(sources: list[Source], device: Device) -> list[Source]:
    """Those whose State, once settled, is believed to be what they are: a change to any other can't be followed."""
    return [source for number, source in enumerate(sources) if _believed(device, source, number).label is source.label]


def _settled(device: Device, source: Source) -> float:
    return _believed(device, source, 0).confidence


def _believed(device: Device, source: Source, seed: int) -> Affect:
    draw = source.draw(np.random.default_rng((5, seed)))
    return evaluate_time_streams.believed(device, draw, CHOSEN_FPS, 2 * SETTLED_S)


def _right(seen: Seen) -> float:
    return round(float((seen.probabilities.mean(axis=1).argmax(axis=1) == seen.label).mean()), 3)


def _interval(values: np.ndarray[Any, Any]) -> list[float]:
    """95 % interval of a mean over streams, by bootstrap."""
    generator = np.random.default_rng(0)
    means = values[generator.integers(len(values), size=(1000, len(values)))].mean(axis=1)
    return [round(float(end), 3) for end in np.percentile(means, (2.5, 97.5))]
