"""The bundled session is built once and then found again: a video, a sound and a text, from one script."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edge.errors import SensorError
from edge.sensors.session.script import SCRIPT, read_script

if TYPE_CHECKING:
    from edge.sensors.session.script import Script

log = logging.getLogger(__name__)

CAMERA, MICROPHONE, WORDS, DIGEST = "camera.avi", "microphone.wav", "words.lrc", "session.sha256"
NO_SPEECH = (
    "the speech lane is left out, because espeak-ng, which makes the session's speech, is not installed; "
    "type: sudo apt install espeak-ng"
)


@dataclass(frozen=True, slots=True)
class Session:
    """Files that the sensors take as their sources; ``missing`` says in words what had to be left out and why."""

    camera: Path
    microphone: Path | None
    words: Path
    missing: tuple[str, ...]
    seconds: float


def build(directory: Path, portrait: Path, script: Path = SCRIPT) -> Session:
    """The session in ``directory``, made when it is not there or when what it is made of has changed.

    Args:
        directory: where the files are kept; made when it is missing.
        portrait: the picture of the astronaut, fetched at set-up.
        script: what happens when.

    Raises:
        InputError: the script is wrong.
        SensorError: the portrait is missing or damaged, or the files cannot be made.
    """
    from edge.sensors.session import speech

    read = read_script(script)
    voice = speech.version()
    digest = _digest(script, portrait, voice)
    microphone = directory / MICROPHONE if voice is not None else None
    missing = () if voice is not None else (NO_SPEECH,)
    session = Session(directory / CAMERA, microphone, directory / WORDS, missing, read.seconds)
    if not _is_there(session, directory / DIGEST, digest):
        _make(session, directory, read, portrait, digest)
    return session


def _make(session: Session, directory: Path, script: Script, portrait: Path, digest: str) -> None:
    """Make all files beside, then put them in place; the digest comes last, so that a cut is noticed."""
    from edge.sensors.session.pictures import write_video
    from edge.sensors.session.speech import write_sound

    log.info("building the session in %s", directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=directory, prefix="part-") as name:
            part = Path(name)
            write_video(script, portrait, part / CAMERA)
            (part / WORDS).write_text(_lyrics(script), encoding="utf-8")
            made = [CAMERA, WORDS]
            if session.microphone is not None:
                write_sound(script, part / MICROPHONE)
                made.append(MICROPHONE)
            (part / DIGEST).write_text(digest)
            for file in (*made, DIGEST):
                (part / file).replace(directory / file)
    except OSError as error:
        problem = f"the session cannot be written into {directory}: {error.strerror or error}"
        raise SensorError(problem, "Free some space or correct the folder's permissions") from error


def _is_there(session: Session, record: Path, digest: str) -> bool:
    files = [path for path in (session.camera, session.microphone, session.words) if path is not None]
    return all(path.is_file() for path in files) and record.is_file() and record.read_text() == digest


def _digest(script: Path, portrait: Path, voice: str | None) -> str:
    """sha256 of all that the files depend on: script, portrait, the version of espeak-ng, and this code."""
    parts = [script, *sorted(Path(__file__).parent.glob("*.py"))]
    digest = hashlib.sha256(str(voice).encode())
    try:
        for path in (*parts, portrait):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    except OSError as error:
        problem = f"the session is made of {error.filename}, which cannot be read: {error.strerror}"
        raise SensorError(problem, "Run the set-up again: it fetches the portrait") from error
    return digest.hexdigest()


def _lyrics(script: Script) -> str:
    """The typed sentences as a timed text; ``length`` lets a repetition begin together with the video's."""
    lines = [f"[{_stamp(line.at)}] {line.text}" for line in sorted(script.words, key=lambda line: line.at)]
    return "\n".join([f"[length:{_stamp(script.seconds)}]", *lines]) + "\n"


def _stamp(second: float) -> str:
    hundredths = round(second * 100)
    return f"{hundredths // 6000:02d}:{hundredths % 6000 // 100:02d}.{hundredths % 100:02d}"
