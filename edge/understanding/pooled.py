"""The fitted pool as a file: ``models/fusion-pool/parameters.toml``, verified as every model is."""

from __future__ import annotations

import logging
import tomllib
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.affect import EMOTIONS, Sense
from edge.errors import ModelError
from edge.understanding.fusion import BUILT_IN, KINDS, Pool, Trust

if TYPE_CHECKING:
    from edge.accelerators.model import Models

log = logging.getLogger(__name__)

NAME, TASK = "fusion-pool", "fusion"
LABELS = tuple(emotion.value for emotion in EMOTIONS)
ANEW = "Restore the folder from the release, or fit it anew (python -m converters train fusion)"

Seven = Annotated[tuple[Annotated[float, Field(ge=-20, le=20)], ...], Field(min_length=KINDS, max_length=KINDS)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SenseParameters(_Strict):
    """How one sense is taken; see ``edge.understanding.fusion.Trust``."""

    knows: tuple[str, ...] = Field(min_length=1)
    weights: Seven
    offsets: Seven
    reliability: float = Field(gt=0, lt=1)
    usual_quality: float = Field(gt=0, le=1)
    sharpness: float = Field(ge=0, le=10)


class Parameters(_Strict):
    """The whole file."""

    format: Literal["rapport-pool-1"] = "rapport-pool-1"
    labels: tuple[str, ...]
    prior: Seven
    temperature: float = Field(ge=0.1, le=10)
    senses: dict[Sense, SenseParameters]


def fitted(models: Models) -> Pool:
    """The pool that was fitted; the built-in one, and a warning that says why, where that cannot be had."""
    try:
        return load(models)
    except ModelError as error:
        log.warning("senses are combined by the built-in weights, not by those that were fitted: %s", error)
        return BUILT_IN


def load(models: Models) -> Pool:
    """The pool in ``models``/fusion-pool. Raises ModelError when it is missing, altered, not signed or senseless."""
    return parse(models.parameters(NAME, TASK, LABELS))


def parse(content: bytes) -> Pool:
    """The pool in the bytes of a parameters file. Raises ModelError naming the field that is wrong."""
    try:
        read = Parameters.model_validate(tomllib.loads(content.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = f"the parameters of {NAME} are not valid TOML: {error}"
        raise ModelError(problem, ANEW) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        problem = f"the parameters of {NAME} are wrong at {field}: {first['msg']}, found {first['input']!r}"
        raise ModelError(problem, ANEW) from error
    return pool_of(read)


def pool_of(read: Parameters, name: str = NAME) -> Pool:
    """The pool of these parameters. Raises ModelError when it is for other labels or senses than ours."""
    if read.labels != LABELS:
        problem = f"the parameters of {NAME} have the labels {', '.join(read.labels)}, wanted are {', '.join(LABELS)}"
        raise ModelError(problem, ANEW)
    missing = [sense.value for sense in Sense if sense not in read.senses]
    if missing:
        problem = f"the parameters of {NAME} say nothing of {', '.join(missing)}"
        raise ModelError(problem, ANEW)
    return Pool({sense: _trust(sense, read.senses[sense]) for sense in Sense}, read.prior, read.temperature, name)


def parameters_of(by: Pool) -> Parameters:
    """The parameters that ``pool_of`` makes ``by`` of again, to the bit."""
    return Parameters(
        labels=LABELS,
        prior=by.prior,
        temperature=by.temperature,
        senses={
            sense: SenseParameters(
                knows=tuple(label for label, known in zip(LABELS, trust.knows, strict=True) if known),
                weights=trust.weights,
                offsets=trust.offsets,
                reliability=trust.reliability,
                usual_quality=trust.usual_quality,
                sharpness=trust.sharpness,
            )
            for sense, trust in by.trusts.items()
        },
    )


def _trust(sense: Sense, read: SenseParameters) -> Trust:
    strange = [label for label in read.knows if label not in LABELS]
    if strange:
        problem = f"the parameters of {NAME} say that the {sense} knows {', '.join(strange)}, which is none of ours"
        raise ModelError(problem, ANEW)
    return Trust(
        reliability=read.reliability,
        weights=read.weights,
        offsets=read.offsets,
        knows=tuple(label in read.knows for label in LABELS),
        usual_quality=read.usual_quality,
        sharpness=read.sharpness,
    )
