"""The base of every table in a settings file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

if TYPE_CHECKING:
    from collections.abc import Iterator


class Section(BaseModel):
    """Unknown keys are errors; a value never changes, but another tree may take its place, where it is LIVE."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    LIVE: ClassVar[frozenset[str]] = frozenset()
    """Keys that may change while the device runs. A table within this one has its own."""

    @field_validator("*", mode="before")
    @classmethod
    def _truth_is_no_number(cls, value: object, info: ValidationInfo) -> object:
        """Pydantic would take ``port = true`` for port 1."""
        if isinstance(value, bool) and cls.model_fields[info.field_name or ""].annotation is not bool:
            message = "true and false are not allowed here"
            raise ValueError(message)
        return value

    def taken_live(self, key: str, wanted: Self) -> Any:  # noqa: ANN401 - whatever the key holds
        """What ``key``, one of LIVE, becomes while running when the file now has ``wanted``."""
        return getattr(wanted, key)

    def merged(self, wanted: Self) -> Self:
        """This table with all of ``wanted`` that may change while running."""
        update: dict[str, Any] = {}
        for key in type(self).model_fields:
            ours = getattr(self, key)
            if isinstance(ours, Section):
                update[key] = ours.merged(getattr(wanted, key))
            elif key in self.LIVE:
                update[key] = self.taken_live(key, wanted)
        return self.model_copy(update=update)

    def differing(self, other: Self, prefix: str = "") -> Iterator[str]:
        """Dotted names of the keys that have another value in ``other``, in order."""
        for key in type(self).model_fields:
            ours, theirs = getattr(self, key), getattr(other, key)
            if isinstance(ours, Section):
                yield from ours.differing(theirs, f"{prefix}{key}.")
            elif ours != theirs:
                yield prefix + key
