"""The directory in which profiles are kept: read with suspicion, written whole or not at all, erased on demand.

A file's name is a digest of the profile's, so that no name leads anywhere. Whoever changes a file holds the lock; the
running device sees by a file's stamp that somebody else did, and what is on the disk is then what holds.
"""

from __future__ import annotations

import fcntl
import logging
import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge.errors import InputError, ProfileError
from edge.understanding.person.baseline import ProfileRecord
from edge.understanding.person.names import ALLOWED, checked, file_stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from edge.affect import Sense

log = logging.getLogger(__name__)

DIRECTORY = "profiles"
SELECTED = "selected.json"
LOCK = ".lock"
DAMAGED = ".damaged"
SCRATCH = ".new."
LARGEST = 128 * 1024
"""Bytes; a full profile has under 30,000."""
MOST = 16
"""Profiles of a device: a household, and guests."""

Stamp = tuple[int, int, int, int]
"""Inode, size, and changes of content and of mode or owner (ns): compared for being the same, never for being later."""


class Selection(BaseModel):
    """Which profile was selected on the device; "" for nobody's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    name: str = Field(max_length=32)


class Profiles:
    """The profiles of one device. Each method is one whole step; nothing is kept between them."""

    def __init__(self, state_directory: Path) -> None:
        self.directory = state_directory / DIRECTORY

    def path(self, name: str) -> Path:
        """The file of a profile."""
        return self.directory / f"{file_stem(name)}.json"

    def names(self) -> list[str]:
        """Of all profiles that can be read, sorted."""
        return sorted(record.name for _, record in self._all())

    def selected(self) -> str | None:
        """What was selected on the device: a name, "" for nobody, None where nobody chose. Raises ProfileError."""
        path = self.directory / SELECTED
        content = _read(path)
        if content is None:
            return None
        try:
            name = Selection.model_validate_json(content).name
            return checked(name) if name else ""
        except ValueError as error:
            problem = f"the file {path} is damaged, so nobody's profile is used"
            raise ProfileError(problem, "Type: rapport profile use NAME") from error

    def read(self, name: str) -> ProfileRecord | None:
        """What is kept of ``name``; None when nothing is. A damaged file is set aside and told.

        Raises:
            ProfileError: the file is not a plain file of this user that nobody else may read or write.
        """
        path = self.path(name)
        content = _read(path)
        if content is None:
            return None
        try:
            record = ProfileRecord.model_validate_json(content)
        except ValidationError:
            record = None
        if record is not None and record.name == name:
            return record
        with self.locked():
            path.replace(path.with_suffix(DAMAGED))
        log.error("the file of profile %r is damaged: it was set aside as %s and is started anew", name, DAMAGED)
        return None

    def require(self, name: str) -> ProfileRecord:
        """As ``read``. Raises InputError where there is no such profile."""
        name = named(name)
        record = self.read(name)
        if record is None:
            raise self._unknown(name)
        return record

    def use(self, name: str) -> None:
        """Select a profile, or nobody's with "". Raises InputError where there is none of that name, ProfileError."""
        if name and not self.path(name := named(name)).exists():
            raise self._unknown(name)
        with self.locked():
            self._select(name)

    def new(self, name: str) -> None:
        """Begin a profile of which nothing is known. Raises InputError where it is there, or there are too many."""
        name = named(name)
        with self.locked():
            if self.path(name).exists():
                problem = f"there is a profile {name!r} already"
                raise InputError(problem, "Choose another name, or type: rapport profile use NAME")
            if len(list(self.directory.glob("*.json"))) >= MOST + (self.directory / SELECTED).exists():
                problem = f"there are {MOST} profiles, no more are kept"
                raise InputError(problem, "Type: rapport profile forget NAME")
            _write(self.path(name), ProfileRecord(name=name).model_dump_json())

    def forget(self, name: str, default: str = "") -> None:
        """Remove all that is kept of ``name``; where it is the one in use, nobody's is from now on.

        Args:
            name: of the profile.
            default: the one in use where nothing was selected on the device.

        Raises:
            InputError: there is no such profile.
            ProfileError: its file cannot be removed, or the selection not be written.
        """
        name = named(name)
        path = self.path(name)
        aside = path.with_suffix(DAMAGED)
        with self.locked():
            self._sweep()
            if not os.path.lexists(path) and not os.path.lexists(aside):
                raise self._unknown(name)
            in_use = self._in_use(default) == name
            if in_use:
                with suppress(ProfileError):  # first, so that a running device does not begin it anew
                    self._select("")
            try:
                path.unlink(missing_ok=True)
                aside.unlink(missing_ok=True)
            except OSError as error:
                problem = f"the file {path} of profile {name!r} cannot be removed: {error.strerror}"
                raise ProfileError(problem, "Remove it by hand as the file's owner") from error
            if in_use:
                self._select("")  # again: on a full disk there is room now

    def _in_use(self, default: str) -> str:
        try:
            selected = self.selected()
        except ProfileError:
            return ""
        return default if selected is None else selected

    def _select(self, name: str) -> None:
        _write(self.directory / SELECTED, Selection(name=name).model_dump_json(indent=1))

    def save(self, record: ProfileRecord, known: Stamp | None, senses: Iterable[Sense]) -> Stamp | None:
        """Write what ``record`` says of ``senses``; what the file has of others stays.

        A file that is another one than ``known`` was changed or forgotten by somebody else: then nothing is written,
        and None returned. Raises ProfileError when it cannot be written; what was there stays whole.
        """
        path = self.path(record.name)
        with self.locked():
            if stamp_of(path) != known:
                return None
            there = _parsed(path)
            spoken_for = set(senses)
            kept = {} if there is None else {s: one for s, one in there.senses.items() if s not in spoken_for}
            _write(path, record.model_copy(update={"senses": {**kept, **record.senses}}).model_dump_json())
            return stamp_of(path)

    def erase(self, senses: Iterable[Sense]) -> None:
        """Remove what is kept of ``senses`` from every profile, and every file that was set aside.

        A file that cannot be read is removed, as what is in it is not known, and so is one that cannot be written anew.
        Raises ProfileError where that cannot be done.
        """
        if not self.directory.is_dir():
            return
        try:
            self._erase(set(senses))
        except OSError as error:
            problem = f"what may no longer be kept cannot be removed from {self.directory}: {error.strerror}"
            raise ProfileError(problem, f"Remove the directory {self.directory} by hand") from error

    def _erase(self, gone: set[Sense]) -> None:
        with self.locked():
            self._sweep()
            for aside in self.directory.glob(f"*{DAMAGED}"):
                aside.unlink(missing_ok=True)
            for path, record in self._all(remove=True):
                kept = {sense: one for sense, one in record.senses.items() if sense not in gone}
                if len(kept) < len(record.senses):
                    try:
                        _write(path, record.model_copy(update={"senses": kept}).model_dump_json())
                    except ProfileError:  # a full disk: there is always room to remove a file
                        path.unlink()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone in the directory, among threads and processes. Raises ProfileError."""
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            problem = f"profiles cannot be kept in {self.directory}: {error.strerror}"
            raise ProfileError(problem, "Run the command as the user that runs Rapport, and check the disk") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _sweep(self) -> None:
        """Remove what a power cut left half-written; the lock is held."""
        for scratch in self.directory.glob(f"{SCRATCH}*"):
            scratch.unlink(missing_ok=True)

    def _all(self, *, remove: bool = False) -> list[tuple[Path, ProfileRecord]]:
        """Every profile that can be read; ``remove`` the others."""
        found = []
        for path in sorted(self.directory.glob("*.json")):
            if path.name == SELECTED:
                continue
            record = _parsed(path)
            if record is not None and path == self.path(record.name):
                found.append((path, record))
            elif remove:
                path.unlink(missing_ok=True)
        return found

    def _unknown(self, name: str) -> InputError:
        there = ", ".join(repr(one) for one in self.names()) or "none"
        problem = f"there is no profile {name!r}; there are: {there}"
        return InputError(problem, "Type: rapport profile new NAME")


def named(name: str) -> str:
    """``name`` as a profile may be called. Raises InputError."""
    try:
        return checked(name)
    except ValueError as error:
        raise InputError(str(error), f"Choose {ALLOWED}") from None


def stamp_of(path: Path) -> Stamp | None:
    """What tells that a file is another one; None when it is not there."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _parsed(path: Path) -> ProfileRecord | None:
    """A profile's file; None when it is not there, damaged or refused."""
    try:
        return ProfileRecord.model_validate_json(_read(path) or b"")
    except (ValidationError, ProfileError):
        return None


def _read(path: Path) -> bytes | None:
    """A private file's content, cut after LARGEST + 1 bytes; None when there is none. Raises ProfileError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        problem = f"the file {path} cannot be read: {error.strerror}"
        raise ProfileError(problem, "Run the program as the file's owner, or forget the profile") from error
    try:
        status = os.fstat(descriptor)
        mode = stat.S_IMODE(status.st_mode)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or mode & 0o077:
            problem = f"the file {path} (user {status.st_uid}, mode {mode:04o}) is not one that only its user may use"
            raise ProfileError(problem, f"Type: chmod 600 {path}, once you know who wrote it, or forget the profile")
        content = os.read(descriptor, LARGEST + 1)
    finally:
        os.close(descriptor)
    return content if len(content) <= LARGEST else b""


def _write(path: Path, content: str) -> None:
    """Replace a file in one step, readable and writable by its owner only. Raises ProfileError."""
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=SCRATCH, dir=path.parent)  # mode 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(content + "\n")
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)  # so that the new name survives a power cut
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        problem = f"the file {path} cannot be written: {error.strerror}"
        raise ProfileError(problem, "Run the command as the user that runs Rapport, and check the disk") from error
