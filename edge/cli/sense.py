"""Perceive pictures, sounds or sentences once: one line per input, with cues and quality."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.affect import Reading, Sense
from edge.errors import RapportError
from edge.settings import Settings, load

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from edge.accelerators.model import Models

SHOWN = 100
"""Characters of an input that are repeated on its line; --json has all of it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport sense`` takes."""
    parser.add_argument("sense", choices=[sense.value for sense in Sense], help="what the inputs are")
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="pictures, WAV or FLAC files, or sentences")
    parser.add_argument("--config", type=Path, help="a settings file, for thresholds and models")
    parser.add_argument("--json", action="store_true", help="print a list of objects")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when every input could be read, whatever was perceived; 1 when one could not."""
    settings = load(arguments.config)
    try:
        perceive, stop = _perceiver(Sense(arguments.sense), settings)
    except RapportError as error:
        perceive, stop = _unable(error)  # told for each input, since a program reads a list
    records = []
    for given in arguments.inputs:
        records.append(_record(given, perceive))
        if not arguments.json:
            _print(records[-1])
    stop()
    if arguments.json:
        print(json.dumps(records, ensure_ascii=False))
    return int(any(record["error"] for record in records))


def _perceiver(sense: Sense, settings: Settings) -> tuple[Callable[[str], Reading], Callable[[], None]]:
    from edge.accelerators.choice import choose
    from edge.accelerators.model import device_models

    models = device_models(settings.models, choose(settings.accelerator, settings.models.place).accelerator)
    make = {Sense.FACE: _face, Sense.VOICE: _voice, Sense.TEXT: _text}
    return make[sense](settings, models)


def _unable(error: RapportError) -> tuple[Callable[[str], Reading], Callable[[], None]]:
    def perceive(_: str) -> Reading:
        raise error

    return perceive, lambda: None


def _face(settings: Settings, models: Models) -> tuple[Callable[[str], Reading], Callable[[], None]]:
    from edge.perception.face.perceiver import FacePerceiver
    from edge.sensors.camera import read_picture
    from edge.sensors.signals import Frame

    # Each file stands for itself: nobody is followed from one to the next.
    face = FacePerceiver(settings.face.model_copy(update={"redetect_s": 0.0}), models)
    face.attach()

    def perceive(given: str) -> Reading:
        return face.perceive(Frame(read_picture(Path(given), settings.camera.limits), time.monotonic_ns()))

    return perceive, face.stop


def _voice(settings: Settings, models: Models) -> tuple[Callable[[str], Reading], Callable[[], None]]:
    from edge.perception.voice.perceiver import VoicePerceiver
    from edge.sensors.microphone import read_audio

    voice = VoicePerceiver(settings.voice, models)
    voice.attach()

    def perceive(given: str) -> Reading:
        return voice.perceive_whole(read_audio(Path(given)), time.monotonic_ns())

    return perceive, voice.stop


def _text(settings: Settings, models: Models) -> tuple[Callable[[str], Reading], Callable[[], None]]:
    from edge.perception.text.perceiver import TextPerceiver
    from edge.sensors.signals import Utterance

    text = TextPerceiver(settings.text, models)
    text.attach()

    def perceive(given: str) -> Reading:
        return text.perceive(Utterance(given, time.monotonic_ns()))

    return perceive, text.stop


def _record(given: str, perceive: Callable[[str], Reading]) -> dict[str, Any]:
    from edge.understanding.record import cue_record, probabilities

    record: dict[str, Any] = dict.fromkeys(
        ("label", "probabilities", "valence", "arousal", "quality", "reason", "error")
    )
    record = {"input": given, **record, "cues": []}
    try:
        reading = perceive(given)
    except RapportError as error:
        return {**record, "error": str(error)}
    record |= {"label": "unsure", "quality": round(reading.quality, 4), "reason": reading.reason}
    record["cues"] = [cue_record(cue) for cue in reading.cues]
    if reading.affect is not None:
        affect = reading.affect
        record |= {
            "label": affect.label.value,
            "probabilities": probabilities(affect),
            "valence": round(affect.valence, 4),
            "arousal": round(affect.arousal, 4),
        }
    return record


def _print(record: dict[str, Any]) -> None:
    given = record["input"] if len(record["input"]) <= SHOWN else record["input"][: SHOWN - 1] + "…"
    if record["error"]:
        print(f"{given}: {record['error']}", file=sys.stderr)
        return
    if record["probabilities"] is None:
        told = f"unsure: {record['reason']}"
    else:
        top = max(record["probabilities"].values())
        told = f"{record['label']} {top:.2f}  valence {record['valence']:+.2f} arousal {record['arousal']:+.2f}"
    signs = ", ".join(
        f"{cue['phrase']} ({cue['value']:.3g} {cue['unit']})".replace(" )", ")") for cue in record["cues"]
    )
    print(f"{given}: {told}  quality {record['quality']:.2f}" + (f"  · {signs}" if signs else ""))
