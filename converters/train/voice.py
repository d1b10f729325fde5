"""Trains ``models/voice-emotion``: five folds that leave two speakers out each, for the figures; then all speakers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from converters.calibration import fit_temperature
from converters.datasets.catalogue import trainable
from converters.datasets.voice import Clip, read_clips
from converters.datasets.voice_windows import Windows, cut, load, save
from converters.onnx_file import make as make_onnx
from converters.package import More, package_run
from converters.train import options, voice_card, voice_families
from converters.train.loop import begin
from converters.train.voice_fold import PACKAGED, Design, Material, made, recipe, tuning
from converters.train.voice_folds import left_out, numbers
from converters.train.voice_judge import judge, metrics, of_windows, shuffled, told, used_to
from converters.train.voice_tries import TRIES

if TYPE_CHECKING:
    import argparse

    from converters.run import Run
    from converters.train.loop import Tuning
    from converters.train.voice_judge import Judged
    from edge.accelerators.card import Card, Metric

LEARNT = "emodb"
VARIANTS = 8
"""Altered recordings of each clip."""
DRAWS = 2
"""Windows cut from each recording."""
NETWORKS = ("convolutions over time", "convolutions over time")
SHARE = 0.8
"""Weight of the networks' mean logits beside the linear ones, chosen on folds 1, 3 and 5."""
EPOCHS = 24
SEED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``python -m converters train voice``."""
    parser.add_argument("--data", type=Path, required=True, help="folder with voice/manifest.csv")
    parser.add_argument("--models", type=Path, default=Path("models"), help="where voice-emotion/ is written")
    parser.add_argument(
        "--families", action="store_true", help="compare kinds of network on the folds instead of making the model"
    )
    options.add_arguments(parser, epochs=EPOCHS, seed=SEED)


def run(arguments: argparse.Namespace) -> int:
    """Train, judge, and write the package. What is in the runs folder already is not made again."""
    begin(arguments.seed, arguments.threads)
    runs = arguments.runs / "voice"
    runs.mkdir(parents=True, exist_ok=True)
    clips = _clips(arguments.data)
    windows = _windows(clips, runs / "windows.npz")
    design = Design(
        NETWORKS,
        SHARE,
        linear=True,
        epochs=arguments.epochs,
        seed=arguments.seed,
        tensorboard=arguments.tensorboard,
        wandb=arguments.wandb,
    )
    if arguments.families:
        voice_families.compare(design, clips, windows, runs)
        return 0
    card = _package(design, clips, windows, arguments)
    for figure in card.metrics:
        span = "" if figure.low is None else f" [{figure.low:.3f}, {figure.high:.3f}]"
        print(f"{figure.name} {figure.value:.3f}{span}  {figure.on}, {figure.n} rows")
    print(f"temperature {card.temperature}, {card.bytes} bytes, {card.parameters} parameters, {card.macs} MACs")
    return 0


def _package(design: Design, clips: list[Clip], windows: Windows, arguments: argparse.Namespace) -> Card:
    """The models of the folds, the one of all speakers, and its folder under ``arguments.models``."""
    runs = arguments.runs / "voice"
    folds, held_out = left_out(design, clips, windows, runs)
    final = _final(design, clips, windows, runs / "final")
    make_onnx(final)
    speaker_mean = np.nanmean(held_out.clip_logits, axis=0)
    temperature = _temperature(held_out, used_to(held_out, speaker_mean))
    known = More(
        temperature=temperature,
        quantised=voice_card.quantised(folds),
        speaker_mean=tuple(round(float(value), 4) for value in speaker_mean),
        families=voice_families.measured(runs),
        tries=TRIES,
    )
    card = package_run(final, runs / "final" / PACKAGED, known)
    figures = _figures(runs / "final" / PACKAGED, card, held_out, read_clips(_folder(arguments.data), "nemo"))
    domain = voice_card.domain(runs / "final" / PACKAGED, card, held_out)
    more = known.model_copy(update={"metrics": tuple(figures), "domain": domain})
    return package_run(final, arguments.models, more)


def fine_tuning(run: Run, data: Path) -> Tuning:
    """How the final model goes on training, for ``quantise --method qat``: on all speakers, as it was trained."""
    clips = _clips(data)
    everyone = np.arange(len(clips))
    windows = _windows(clips, run.folder.parent / "windows.npz")
    return tuning(Material(windows, numbers(clips), everyone, everyone), run.recipe.seed)


def _final(design: Design, clips: list[Clip], windows: Windows, folder: Path) -> Run:
    everyone = np.arange(len(clips))
    material = Material(windows, numbers(clips), everyone, everyone)
    return made(folder, design, material, recipe(design, voice_card.COMMAND, voice_card.DATA, voice_card.NOTES))


def _clips(data: Path) -> list[Clip]:
    """What the model learns from. Raises InputError when it is missing or may not train a model."""
    trainable(LEARNT, _folder(data) / LEARNT)
    return read_clips(_folder(data), LEARNT)


def _folder(data: Path) -> Path:
    return data / "voice" if (data / "voice").is_dir() else data


def _windows(clips: list[Clip], path: Path) -> Windows:
    """The clips' windows and their variants', from ``path`` when they were made before."""
    if not path.is_file():
        print(f"making {VARIANTS} variants of each of {len(clips)} recordings (about 3 minutes, once)", flush=True)
        save(cut(clips, VARIANTS, DRAWS, SEED), path)
    return load(path)


def _temperature(*judged: Judged) -> float:
    """One for strangers and for speakers that the device has got used to: it meets both."""
    logits, truth = zip(*(told(part) for part in judged), strict=True)
    return fit_temperature(np.concatenate(logits), np.concatenate(truth))


def _figures(models: Path, card: Card, held_out: Judged, other: list[Clip]) -> list[Metric]:
    """Of the folds on the speakers left out, and of the final model in ``models`` on ``other`` clips."""
    strangers = judge(models, other)
    mean = np.array(card.speaker_mean)
    figures = metrics(used_to(held_out, mean), card, voice_card.LEFT_OUT + voice_card.USED, seven=True)
    figures += metrics(used_to(strangers, mean), card, voice_card.CROSS + voice_card.USED, seven=False)
    other_order = used_to(shuffled(strangers, SEED), mean)
    figures += metrics(other_order, card, voice_card.CROSS + voice_card.SHUFFLED, seven=False)[:1]
    figures += metrics(held_out, card, voice_card.LEFT_OUT + voice_card.STRANGERS, seven=True)
    figures += metrics(strangers, card, voice_card.CROSS + voice_card.STRANGERS, seven=False)
    return [*figures, of_windows(held_out, card, voice_card.LEFT_OUT + voice_card.STRANGERS)]
