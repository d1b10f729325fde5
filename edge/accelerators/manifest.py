"""The manifest of a models folder: which cards belong to it, signed, checked before any model is loaded.

``manifest.toml`` holds for each model the hash of its card; the card holds the hash of its file: one signature covers
all, weights made by others and fetched later included. ``manifest.sig`` is over the manifest's bytes.

Not covered: somebody who may change this program or its settings; a file changed between the check and its use; and an
older release put back as a whole, unless ``models.least_release`` forbids it.
"""

from __future__ import annotations

import hashlib
import logging
import tomllib
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, ValidationError

from edge.accelerators.apart import is_signed_apart
from edge.accelerators.bounded import read_bounded
from edge.accelerators.card import SHA256, Strict
from edge.accelerators.keys import PublicKey, parse_signatures, trusted_keys
from edge.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edge.accelerators.settings import ModelsSettings

log = logging.getLogger(__name__)

MANIFEST_FILE = "manifest.toml"
SIGNATURE_FILE = "manifest.sig"
MANIFEST_BYTES = 1 << 18
SIGNATURE_BYTES = 1 << 12
ANEW = "Restore the folder from the release; if the models are yours, sign them (python -m converters sign)"


class Entry(Strict):
    """What belongs to one model; all hashes are sha256 in lower-case hexadecimal."""

    version: str
    card: str = Field(pattern=SHA256, description="of card.toml")
    model: str = Field(pattern=SHA256, description="of model.tflite, or of what stands in its place")
    onnx: str | None = Field(default=None, pattern=SHA256, description="of model.onnx, where there is one")


class Manifest(Strict):
    """All models of a folder."""

    format: Literal["rapport-models-1"] = "rapport-models-1"
    release: int = Field(ge=1, description="one more each time that something is signed")
    date: str = Field(description="UTC, when it was signed")
    models: dict[Annotated[str, Field(pattern=r"^[a-z0-9-]+$")], Entry]


class Seal:
    """Answers for the cards of one folder."""

    def __init__(
        self, directory: Path, keys: Sequence[PublicKey], *, least_release: int = 1, warn: bool = False
    ) -> None:
        """Reads nothing yet.

        Args:
            directory: the folder with one folder per model.
            keys: who may have signed; one of them is enough.
            least_release: an older manifest is refused.
            warn: log what is wrong and go on, instead of raising.
        """
        self._directory = directory
        self._keys = {key.id: key for key in keys}
        self._least_release = least_release
        self._warn = warn
        self._known: tuple[bytes, bytes, Manifest, PublicKey] | None = None

    @classmethod
    def of(cls, settings: ModelsSettings, directory: Path) -> Seal:
        """As the settings want it. Raises ModelError for a trusted key that is none."""
        keys = trusted_keys(settings.trusted_keys)
        return cls(directory, keys, least_release=settings.least_release, warn=settings.signature == "warn")

    def check(self, name: str, card: bytes) -> None:
        """Compare the bytes of a card with the signed manifest.

        Raises:
            ModelError: manifest or signature is missing, damaged, forged, by a stranger or too old; the model is not in
                it, or has another card. Only logged where the settings say "warn".
        """
        try:
            self._compare(name, card)
        except ModelError as error:
            if not self._warn:
                raise
            log.warning('NOT VERIFIED, and used because models.signature is "warn": %s', error)

    def flaw(self, name: str, card: bytes) -> str | None:
        """What ``check`` would say, for a report; None when all is well."""
        try:
            self._compare(name, card)
        except ModelError as error:
            return str(error)
        return None

    def _compare(self, name: str, card: bytes) -> None:
        manifest = self.manifest()
        entry = manifest.models.get(name)
        if entry is None:
            problem = f"the model {name} is not in {self._directory / MANIFEST_FILE}: nobody signed it"
            raise ModelError(problem, ANEW)
        found = hashlib.sha256(card).hexdigest()
        if found != entry.card:
            problem = f"the card of {name} has sha256 {found[:16]}…, the signed manifest says {entry.card[:16]}…"
            raise ModelError(problem, ANEW)

    def manifest(self) -> Manifest:
        """The manifest after its signature was verified. Raises ModelError as ``check`` does."""
        return self.signed()[0]

    def signed(self) -> tuple[Manifest, PublicKey]:
        """The manifest and the key that signed it; verified anew when a byte of the two files has changed."""
        content = self._read(MANIFEST_FILE, MANIFEST_BYTES, "there is no manifest {}: nothing says who made the models")
        signature = self._read(SIGNATURE_FILE, SIGNATURE_BYTES, "the manifest is not signed: there is no {}")
        if self._known is None or self._known[:2] != (content, signature):
            key = self._verify(content, signature)
            self._known = (content, signature, self._parse(content), key)
        return self._known[2:]

    def _read(self, name: str, most: int, absent: str) -> bytes:
        path = self._directory / name
        try:
            return read_bounded(path, most)
        except FileNotFoundError:
            raise ModelError(absent.format(path), ANEW) from None

    def _verify(self, content: bytes, signature: bytes) -> PublicKey:
        path = self._directory / SIGNATURE_FILE
        try:
            signatures = parse_signatures(signature)
        except ValueError as error:
            problem = f"the signature {path} is damaged: {error}"
            raise ModelError(problem, ANEW) from error
        known = [key for key_id, key in self._keys.items() if key_id in signatures]
        if not known:
            trusted = ", ".join(f"{key.id} ({key.owner})" for key in self._keys.values()) or "nobody"
            problem = f"the models are signed by {', '.join(signatures)}; trusted are {trusted}"
            raise ModelError(problem, f"If that key is yours, add its line to models.trusted_keys. {ANEW}")
        for key in known:
            if is_signed_apart(content, signatures[key.id], key):
                return key
        problem = f"the signature {path} is not of this {MANIFEST_FILE}: one of the two was changed"
        raise ModelError(problem, ANEW)

    def _parse(self, content: bytes) -> Manifest:
        path = self._directory / MANIFEST_FILE
        try:
            manifest = Manifest.model_validate(tomllib.loads(content.decode()))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
            problem = f"the manifest {path} is signed and yet wrong: {str(error).splitlines()[0]}"
            raise ModelError(problem, ANEW) from error
        if manifest.release < self._least_release:
            problem = f"the manifest {path} is release {manifest.release}, older than {self._least_release}"
            raise ModelError(problem, "Install the newer models, or correct models.least_release")
        return manifest
