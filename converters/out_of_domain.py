"""How a packaged model's own kind is told from strangers: measured, and written into its card.

``python -m converters out-of-domain {face,voice,text} (--run RUN | --data FILE)``. The score is chosen among those of
``edge.perception.domain`` by how well it tells the strangers of ``converters.strangers_*`` from the validation data;
its threshold and floor are quantiles of the validation data alone. A stranger that the device already refuses for
another reason (no speech in it, no words) never reaches the model and is not counted.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from converters.figures import auroc
from edge.accelerators.card import CARD_FILE, Card, Domain, Stranger, read_card
from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Model, Models
from edge.errors import InputError
from edge.perception.domain import Method, energy, score

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Sense = Literal["face", "voice", "text"]
NAMES: dict[Sense, str] = {"face": "face-expression", "voice": "voice-emotion", "text": "text-emotion"}
THRESHOLD, FLOOR = 0.05, 0.005
"""Quantiles of the validation data below which a Reading counts less, and below which nothing is said."""
CHANCE = 0.5
"""Mean AUROC of a score that knows nothing."""
LEAST_GROUP = 100
"""Rows of a language that say where its quantiles are; rarer ones are left out."""
LEAST = 20
"""Strangers of a kind that must reach the model for a figure."""
MIDDLE = 128.0
"""Grey level between black and white."""
PORTRAIT = Path("var") / "portrait" / "astronaut.png"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters out-of-domain``."""
    parser.add_argument("sense", choices=get_args(Sense))
    parser.add_argument("--models", type=Path, default=Path("models"), help="the folder with one folder per model")
    own = parser.add_mutually_exclusive_group(required=True)
    own.add_argument("--run", type=Path, dest="folder", help="the run whose validation set is the model's own kind")
    own.add_argument("--data", type=Path, help="or labelled data, as `evaluate` takes it; never the test set")
    parser.add_argument("--usage", help="face: only rows of this part of --data")
    parser.add_argument("--portrait", type=Path, default=PORTRAIT, help="face: the astronaut, fetched at set-up")


def run(arguments: argparse.Namespace) -> int:
    """Measure, print, and write ``[domain]`` into the card."""
    folder = arguments.models / NAMES[arguments.sense]
    if arguments.folder is not None:
        own, on = of_run(arguments.folder, folder), "the validation set of the run"
    else:
        own, on = of_data(arguments.sense, arguments.models, arguments.data, arguments.usage), arguments.data.name
    best = chosen(arguments.sense, arguments.models, own, on, arguments.portrait)
    if mean_auroc(best) <= CHANCE:
        problem = (
            f"no score tells strangers from what {folder.name} was made for: the best is right {mean_auroc(best):.0%}"
        )
        raise InputError(problem, "Leave its card without [domain]; every input then counts as one of its kind")
    write(folder, best)
    if arguments.folder is not None:
        keep(arguments.folder, best)
    print(f"{folder / CARD_FILE} now has {best.method}, threshold {best.threshold}, floor {best.floor}")
    return 0


@dataclass(frozen=True, slots=True)
class Own:
    """Validation rows of the model's own kind.

    Attributes:
        logits: (rows, labels).
        chips: (rows, side, side) uint8 faces, from which strangers are made.
        groups: (rows,) names of parts, such as languages, of which none is to be taken for strange as a whole.
    """

    logits: Floats
    chips: NDArray[np.uint8] | None = None
    groups: NDArray[np.str_] | None = None


def chosen(sense: Sense, models: Path, own: Own, on: str, portrait: Path = PORTRAIT) -> Domain:
    """The score that tells strangers best, perhaps no better than chance; prints what each is worth."""
    strange = strangers(sense, models, own, portrait)
    card = read_card(models / NAMES[sense])
    found = {method: measured(method, card, own, strange, on) for method in get_args(Method)}
    for method, domain in found.items():
        figures = ", ".join(f"{stranger.name} {stranger.auroc:.3f}" for stranger in domain.strangers)
        print(f"{method}: mean AUROC {mean_auroc(domain):.3f} ({figures})")
    return max(found.values(), key=mean_auroc)


def of_package(sense: Sense, run: Path, models: Path) -> Domain | None:
    """For a training that has just packaged its ``run``: the score for its card, None where none is worth having."""
    best = chosen(sense, models, of_run(run, models / NAMES[sense]), "the validation set of the run")
    return best if mean_auroc(best) > CHANCE else None


def of_run(folder: Path, model: Path) -> Own:
    """The validation set of a run, judged by the packaged file. Raises InputError or ModelError."""
    from converters.run import Run

    opened = Run.open(folder)
    inputs = opened.validation().inputs
    loaded = Model(model, Cpu(), opened.recipe.task)
    place = loaded.card.place(opened.recipe.outputs[0][0])
    ordered = [inputs[tensor.name] for tensor in loaded.card.inputs]
    rows = range(len(ordered[0]))
    logits = np.array([loaded.run(*(array[row : row + 1] for array in ordered))[place][0] for row in rows])
    return Own(logits, grey(ordered[0][..., 0]) if opened.recipe.sense == "face" else None)


def grey(inputs: Floats) -> NDArray[np.uint8]:
    """Chips whose inputs of the net are ``inputs`` (rows, side, side), in grey levels or in standard deviations.

    Only what is standardised goes below 0; any mean and contrast give the same then, so middle ones are taken.
    """
    from edge.perception.face.expression import FURTHEST

    levels = inputs if inputs.min() >= 0 else MIDDLE + inputs * (MIDDLE - 1) / FURTHEST
    return np.asarray(np.clip(np.rint(levels), 0, 255), np.uint8)


def of_data(sense: Sense, models: Path, data: Path, usage: str | None = None) -> Own:
    """Rows of a file that ``evaluate`` takes. Raises InputError or ModelError."""
    if sense == "face":
        from converters import evaluate_face

        chips = evaluate_face.chips(data, usage)
        return Own(_of_chips(models, chips), chips)
    if sense == "voice":
        from converters import evaluate_voice

        return Own(_of_sounds(models, evaluate_voice.sounds(data)))
    from converters import evaluate_text

    return _of_languages(models, evaluate_text.texts(data))


def strangers(sense: Sense, models: Path, own: Own, portrait: Path = PORTRAIT) -> dict[str, Floats]:
    """The model's logits for each kind of stranger that reaches it. Raises InputError or ModelError."""
    if sense == "face":
        from converters import strangers_face

        chips = own.chips if own.chips is not None else np.zeros((0, 48, 48), np.uint8)
        return {name: _of_chips(models, kind) for name, kind in strangers_face.strangers(chips, portrait).items()}
    if sense == "voice":
        from converters import strangers_voice

        return {name: _of_sounds(models, kind) for name, kind in strangers_voice.strangers().items()}
    from converters import strangers_text

    return {name: _of_texts(models, kind) for name, kind in strangers_text.strangers().items()}


def measured(method: Method, card: Card, own: Own, strange: Mapping[str, Floats], on: str) -> Domain:
    """The ``[domain]`` of a card by one score. Kinds of which fewer than LEAST reach the model are left out.

    Threshold and floor are those of the group that has the lowest.
    """
    usual = round(float(np.median([energy(row, card.temperature) for row in own.logits])), 4)

    def scores(logits: Floats) -> NDArray[np.float64]:
        return np.array([score(method, row, card.temperature, usual) for row in logits])

    home = scores(own.logits)
    groups = np.zeros(len(home)) if own.groups is None else own.groups
    parts = [home[groups == group] for group in np.unique(groups)]
    kinds = [
        Stranger(name=name, auroc=round(auroc(home, scores(logits)), 4), n=len(logits))
        for name, logits in strange.items()
        if len(logits) >= LEAST
    ]
    threshold, floor = (round(min(float(np.quantile(part, q)) for part in parts), 4) for q in (THRESHOLD, FLOOR))
    return Domain(
        method=method,
        usual=usual if method == "typical-energy" else 0.0,
        threshold=threshold,
        floor=floor,
        on=on,
        n=len(home),
        strangers=tuple(kinds),
    )


def mean_auroc(domain: Domain) -> float:
    """Mean over the kinds of strangers; CHANCE where there are none."""
    return float(np.mean([stranger.auroc for stranger in domain.strangers])) if domain.strangers else CHANCE


def write(folder: Path, domain: Domain) -> None:
    """Put ``domain`` into the card of a packaged model. The manifest has to be signed anew after it."""
    import tomli_w

    card = read_card(folder).model_copy(update={"domain": domain})
    content = tomli_w.dumps(card.model_dump(mode="json", exclude_none=True), multiline_strings=False)
    (folder / CARD_FILE).write_text(content, encoding="utf-8")


def keep(run_folder: Path, domain: Domain) -> None:
    """Put ``domain`` among what ``package`` adds to the card, so that packaging the run again does not lose it."""
    import tomli_w

    from converters.package import MORE_FILE

    path = run_folder / MORE_FILE
    parts = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    path.write_text(tomli_w.dumps(parts | {"domain": domain.model_dump(mode="json")}), encoding="utf-8")


def _of_chips(models: Path, chips: NDArray[np.uint8]) -> Floats:
    from edge.perception.face.expression import LABELS, NAME, TASK, Expression

    net = Expression(Models(models, Cpu()).load(NAME, TASK, LABELS))
    return np.array([net.logits(chip) for chip in chips], np.float32).reshape(len(chips), len(LABELS))


def _of_sounds(models: Path, sounds: Sequence[NDArray[np.int16]]) -> Floats:
    from converters.evaluate_voice import DEVICE
    from edge.perception.voice.perceiver import VoicePerceiver

    perceiver = VoicePerceiver(DEVICE, Models(models, Cpu()))
    perceiver.attach()
    moments = [moment for sound in sounds for moment in perceiver.listen(sound)]
    perceiver.stop()
    return np.array([moment.logits for moment in moments if moment.logits is not None], np.float32)


def _of_languages(models: Path, texts: Sequence[str]) -> Own:
    """Texts of a person, grouped by language where there are enough of one: Chinese scores otherwise than English."""
    from edge.perception.text.language import detect_language

    by_language: dict[str, list[str]] = {}
    for text in texts:
        by_language.setdefault(detect_language(text).value, []).append(text)
    judged = {language: _of_texts(models, part) for language, part in by_language.items() if len(part) >= LEAST_GROUP}
    if not judged:
        problem = f"no language has {LEAST_GROUP} texts among the {len(texts)} that were given"
        raise InputError(problem, "Give more texts with --data, of both languages")
    names = np.repeat(list(judged), [len(part) for part in judged.values()])
    return Own(np.concatenate(list(judged.values())), groups=names)


def _of_texts(models: Path, texts: Sequence[str]) -> Floats:
    from edge.perception.settings import DomainSettings
    from edge.perception.text.perceiver import TextPerceiver
    from edge.perception.text.settings import TextSettings
    from edge.sensors.signals import Utterance

    settings = TextSettings(occlusions=0, domain=DomainSettings(abstain=False))
    perceiver = TextPerceiver(settings, Models(models, Cpu()))
    perceiver.attach()
    place = read_card(models / NAMES["text"]).place("logits")
    reached = [text for text in texts if perceiver.perceive(Utterance(text, 0)).affect is not None]
    return np.array([perceiver.outputs(text)[place][0] for text in reached], np.float32)
