"""The run folder: what passes from training to quantisation, ONNX, verification and packaging.

::

    runs/<name>/
      recipe.toml      what the card says and the file does not
      float.h5         the trained network
      samples.npz      typical inputs, for the ranges of quantisation
      validation.npz   inputs and ``truth``, for choosing and calibrating; never the test set
      model.tflite     by quantise
      model.onnx, model.int8.onnx     by onnx
      quantise.json, onnx.json, verify.json, audit.json     what was measured
"""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from converters.arrays import checked, read, replaced
from edge.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]

RECIPE_FILE = "recipe.toml"
FLOAT_FILE = "float.h5"
SAMPLES_FILE = "samples.npz"
VALIDATION_FILE = "validation.npz"
TFLITE_FILE = "model.tflite"
ONNX_FILE = "model.onnx"
ONNX_INT8_FILE = "model.int8.onnx"
TRUTH = "truth"
"""Name of the labels in ``validation.npz``."""
Report = Literal["quantise", "onnx", "verify", "audit"]


class Recipe(BaseModel):
    """All that ``package`` cannot read off the model file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sense: Literal["face", "voice", "text"]
    name: str = Field(pattern=r"^[a-z0-9-]+$", description="the model's folder under models/")
    task: str = Field(pattern=r"^[a-z0-9-]+$", description="what the code that loads the model asks for")
    family: str = Field(min_length=1, description="kind of network, as in the table of families")
    seed: int = Field(ge=0)
    version: str
    licence: str = Field(description="SPDX expression for the weights")
    command: str = Field(description="the command line that made it")
    labels: tuple[str, ...] = Field(min_length=2, description="in the order of the first output")
    inputs: tuple[tuple[str, str], ...] = Field(min_length=1, description="(name, unit), as the network's layers")
    outputs: tuple[tuple[str, str], ...] = Field(min_length=1, description="(name, unit); the first gives the logits")
    data: tuple[str, ...] = Field(default=(), description="data sets with licence and split")
    notes: tuple[str, ...] = Field(default=(), description="known weaknesses, in plain words")

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs in the network's order."""
        return tuple(name for name, _ in self.inputs)


@dataclass(frozen=True, slots=True)
class Validation:
    """Inputs by name, each (rows, …) float32, and ``truth`` (rows,) int64: index into the labels, -1 for none."""

    inputs: dict[str, NDArray[np.float32]]
    truth: NDArray[np.int64]


class Run:
    """One run folder. Files are read when they are asked for."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        self.folder = folder
        self.recipe = recipe

    @classmethod
    def create(cls, folder: Path, recipe: Recipe, model: Any, samples: Arrays, validation: Arrays) -> Run:  # noqa: ANN401
        """Write recipe, network, samples and validation set into ``folder``; files of an earlier run are replaced.

        Args:
            folder: made if absent.
            recipe: see ``Recipe``.
            model: a ``tf_keras.Model`` of standard layers; its input layers have the names of the recipe's inputs.
            samples: (rows, …) per input name, a few hundred rows of training data.
            validation: the same names with other rows, and ``truth``.

        Raises:
            InputError: names, shapes or values don't fit.
        """
        import tomli_w

        run = cls(folder, recipe)
        run._check_layers(model)
        kept = checked(samples, recipe.input_names, "samples")
        held = _checked_validation(validation, recipe, "validation")
        folder.mkdir(parents=True, exist_ok=True)
        text = tomli_w.dumps(recipe.model_dump(mode="json"), multiline_strings=False)
        replaced(folder / RECIPE_FILE, lambda path: path.write_text(text, encoding="utf-8"))
        replaced(folder / FLOAT_FILE, lambda path: model.save(path, save_format="h5", include_optimizer=False))
        replaced(folder / SAMPLES_FILE, lambda path: np.savez_compressed(path, **kept))  # type: ignore[arg-type]
        with_truth = {**held.inputs, TRUTH: held.truth}
        replaced(folder / VALIDATION_FILE, lambda path: np.savez_compressed(path, **with_truth))  # type: ignore[arg-type]
        return run

    @classmethod
    def open(cls, folder: Path) -> Run:
        """The run in ``folder``. Raises InputError when there is none or its recipe is wrong."""
        path = folder / RECIPE_FILE
        try:
            return cls(folder, Recipe.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))))
        except FileNotFoundError:
            problem = f"there is no run in {folder}: {RECIPE_FILE} is missing"
            raise InputError(problem, "Give the folder that `python -m converters train` wrote") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problem = f"{path} is not valid TOML: {error}"
            raise InputError(problem, "Train again, or correct the file") from error
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            problem = f"{path} is wrong at {field}: {first['msg']}, found {first['input']!r}"
            raise InputError(problem, "Correct the file, or train again") from error

    @property
    def tflite(self) -> Path:
        """Where ``quantise`` puts the int8 file."""
        return self.folder / TFLITE_FILE

    @property
    def onnx(self) -> Path:
        """Where ``onnx`` puts the float ONNX file."""
        return self.folder / ONNX_FILE

    @property
    def onnx_int8(self) -> Path:
        """Where ``onnx`` puts the ONNX file for TensorRT."""
        return self.folder / ONNX_INT8_FILE

    def model(self) -> Any:  # noqa: ANN401
        """The trained ``tf_keras.Model``. Loads TensorFlow. Raises InputError when the file is missing or broken."""
        os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
        import tf_keras

        path = self.folder / FLOAT_FILE
        if not path.is_file():
            problem = f"{path} is missing"
            raise InputError(problem, "Train again")
        try:
            model = tf_keras.models.load_model(path, compile=False)
        except (OSError, ValueError, KeyError, TypeError) as error:
            problem = f"{path} is no network that tf_keras can read: {error}"
            raise InputError(problem, "Train again, with standard layers only") from error
        self._check_layers(model)
        return model

    def samples(self) -> dict[str, NDArray[np.float32]]:
        """(rows, …) float32 typical inputs by name. Raises InputError."""
        path = self.folder / SAMPLES_FILE
        return checked(read(path), self.recipe.input_names, str(path))

    def validation(self) -> Validation:
        """The validation set. Raises InputError."""
        path = self.folder / VALIDATION_FILE
        return _checked_validation(read(path), self.recipe, str(path))

    def write_report(self, name: Report, content: Mapping[str, object]) -> None:
        """Keep what a command measured, as ``<name>.json``."""
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        replaced(self.folder / f"{name}.json", lambda path: path.write_text(text, encoding="utf-8"))

    def report(self, name: Report) -> dict[str, Any]:
        """What that command measured. Raises InputError when it has not run or the file is broken."""
        path = self.folder / f"{name}.json"
        try:
            return dict(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            problem = f"{path} is missing"
            raise InputError(problem, f"Run `python -m converters {name} {self.folder}` first") from None
        except (ValueError, TypeError) as error:
            problem = f"{path} is not valid JSON: {error}"
            raise InputError(problem, f"Run `python -m converters {name} {self.folder}` again") from error

    def _check_layers(self, model: Any) -> None:  # noqa: ANN401
        found = tuple(model.input_names)
        if found != self.recipe.input_names:
            problem = f"the network's inputs are {', '.join(found)}, the recipe's {', '.join(self.recipe.input_names)}"
            raise InputError(problem, "Name the input layers as the recipe does, in the same order")


def _checked_validation(arrays: Arrays, recipe: Recipe, what: str) -> Validation:
    inputs = checked(arrays, recipe.input_names, what)
    if TRUTH not in arrays:
        problem = f"{what} lacks {TRUTH}"
        raise InputError(problem, "Give the index of each row's label, -1 for none")
    truth = arrays[TRUTH]
    rows = len(inputs[recipe.input_names[0]])
    if truth.shape != (rows,) or truth.dtype.kind not in "iu":
        problem = f"{TRUTH} in {what} is {truth.dtype} with shape {truth.shape}; wanted are whole numbers ({rows},)"
        raise InputError(problem, "Give the index of each row's label, -1 for none")
    truth = truth.astype(np.int64)
    if truth.min() < -1 or truth.max() >= len(recipe.labels):
        problem = f"{TRUTH} in {what} goes from {truth.min()} to {truth.max()}; there are {len(recipe.labels)} labels"
        raise InputError(problem, "Give the index of each row's label, -1 for none")
    if (truth < 0).all():
        problem = f"no row in {what} has a label"
        raise InputError(problem, "Give some rows with a label")
    return Validation(inputs, truth)
