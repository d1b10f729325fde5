"""``python -m converters evaluate driver``: known drives through the device's own view, at several rates.

The drives are made of the portrait's own points (``converters.driver_face``), so nothing here says how well the nets
see eyes of other people in a car; what they see on the portrait with its lids drawn shut is measured beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from converters.driver_face import DriverFace
from converters.driver_scenes import LEARN_S, PERCLOS, SCENES, Closure, Scene, drive
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import Stage
from edge.perception.face import detector, eyes, landmarks
from edge.perception.face.alignment import Cropper
from edge.perception.face.cues import eye_openness
from edge.perception.face.detector import Detector
from edge.perception.face.eyes import Eyes, lids_of
from edge.perception.face.landmarks import Landmarks
from edge.perception.face.pose import frontal
from edge.sensors.picture import read_picture
from edge.sensors.session.lids import shut_lids
from edge.understanding.driver import lids, settings

if TYPE_CHECKING:
    from collections.abc import Sequence

RATES = (5.0, 10.0, 15.0, 30.0)
SEEDS = (0, 1)
BLINK_RATES = (5.0, 8.0, 10.0, 12.0, 15.0, 20.0, 30.0)
KINDS = {"0.15 s": (0.05, 0.02, 0.08), "0.19 s": (0.06, 0.03, 0.10), "0.30 s": (0.10, 0.05, 0.15)}
"""Blinks by their whole length: seconds of falling, being shut, rising."""
EVERY_S = (2.9, 3.3, 4.7)
CLOSED = (0.0, 0.25, 0.5, 0.75, 1.0)
PORTRAIT = Path("var/portrait/astronaut.png")


def evaluate(models: Path, portrait: Path = PORTRAIT) -> dict[str, Any]:
    """All figures: of stages, PERCLOS, blinks, and of the eyes in the picture itself."""
    loaded = Models(models, Cpu())
    face = DriverFace.of(portrait, loaded)
    return {
        "stages": _stages(face),
        "perclos": {f"{rate:g}": _perclos_error(face, rate) for rate in RATES},
        "blinks": {kind: {f"{rate:g}": blink_error(face, rate, KINDS[kind]) for rate in BLINK_RATES} for kind in KINDS},
        "picture": picture(portrait, loaded),
    }


def _stages(face: DriverFace) -> dict[str, Any]:
    wrong, runs = [], 0
    for scene in (*SCENES, *PERCLOS):
        for rate in RATES:
            for seed in SEEDS:
                runs += 1
                done = drive(scene, face, rate, seed)
                if (done.worst, done.last.stage) != (scene.worst, scene.last):
                    wrong.append(f"{scene.name} at {rate:g} FPS: {done.worst}, then {done.last.stage}")
    return {"scenes": len(SCENES) + len(PERCLOS), "runs": runs, "wrong": wrong}


def _perclos_error(face: DriverFace, rate: float) -> float:
    """The largest difference from the truth over all drives of known PERCLOS."""
    found = [(drive(scene, face, rate, 0).last.perclos or 0.0, float(scene.name.split()[1])) for scene in PERCLOS]
    return max(abs(told - true) for told, true in found)


def blink_error(
    face: DriverFace, rate: float, blink: tuple[float, float, float], seeds: Sequence[int] = SEEDS
) -> float:
    """Relative error of the rate of blinks over minutes with one every EVERY_S seconds, at any rate of pictures."""
    fall, shut, rise = blink
    told = true = 0.0
    vars(lids)["BLINK_LEAST_FPS"] = 0.0  # what the device would not tell is measured all the same
    try:
        for every in EVERY_S:
            closures = tuple(Closure(float(at), shut, fall, rise) for at in np.arange(LEARN_S, LEARN_S + 130, every))
            scene = Scene("blinks", LEARN_S + 120, Stage.ALERT, Stage.ALERT, closures)
            for seed in seeds:
                told += drive(scene, face, rate, seed).last.blinks or 0.0
                true += 60 / every
    finally:
        vars(lids)["BLINK_LEAST_FPS"] = settings.BLINK_LEAST_FPS
    return told / true - 1


def picture(portrait: Path, models: Models) -> dict[str, dict[str, float]]:
    """Openness by the net for eyes and by the face mesh, of the portrait with its lids drawn shut more and more."""
    image, cropper = read_picture(portrait), Cropper()
    fit, net = (
        Landmarks(models.load("face-landmarks", landmarks.TASK), cropper),
        Eyes(models.load(eyes.NAME, eyes.TASK), cropper),
    )
    face = Detector(models.load("face-detect", detector.TASK), 0.5).find(image)[0]
    drawn_on = [lids_of(outline) for outline in net.outlines(image, fit.fit(image, face))]
    found: dict[str, dict[str, float]] = {}
    for closed in CLOSED:
        drawn = shut_lids(image, drawn_on, closed)
        mesh = fit.fit(drawn, face)
        found[f"{closed:g}"] = {
            "eyes": float(np.mean(net.openness(drawn, mesh))),
            "mesh": eye_openness(frontal(mesh.upright)),
        }
    return found


def table(found: dict[str, Any]) -> str:
    """The figures for a reader."""
    stages = found["stages"]
    lines = [f"stages: {len(stages['wrong'])} of {stages['runs']} drives told wrongly ({stages['scenes']} scenes)"]
    lines += [f"  {sentence}" for sentence in stages["wrong"]]
    lines += ["", "PERCLOS, largest error by pictures a second"]
    lines += [f"  {rate:>4} {error:7.3f}" for rate, error in found["perclos"].items()]
    lines += ["", "rate of blinks, relative error   " + "".join(f"{kind:>9}" for kind in KINDS)]
    for rate in BLINK_RATES:
        errors = "".join(f"{found['blinks'][kind][f'{rate:g}']:9.1%}" for kind in KINDS)
        lines.append(f"  {rate:>4g} pictures a second          {errors}")
    lines += ["", "the portrait with its lids drawn shut: openness    eyes    mesh"]
    lines += [
        f"  closed by {closed:>4}  {'':31}{row['eyes']:7.3f} {row['mesh']:7.3f}"
        for closed, row in found["picture"].items()
    ]
    return "\n".join(lines)
