"""The script of a session: a TOML file that says what the sensors get, and when."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from edge.errors import InputError
from edge.section import Section

SCRIPT = Path(__file__).with_name("session.toml")
DRIVE = Path(__file__).with_name("drive.toml")
LONGEST_S = 300.0


Line = tuple[tuple[float, float], ...]


class Eye(Section):
    """The lids of one eye in the portrait, in pixels, from corner to corner and from left to right."""

    upper: Line = Field(min_length=3, title="Upper lid", description="points: from the left, from the top")
    lower: Line = Field(min_length=3, title="Lower lid", description="points: from the left, from the top")


class PortraitPlace(Section):
    """Where the face is in the portrait, in pixels."""

    face_x: float = Field(gt=0, title="Middle", description="from the left")
    face_y: float = Field(gt=0, title="Middle", description="from the top")
    face_width: float = Field(gt=0, title="Width", description="as the face detector draws its box")
    eye: tuple[Eye, ...] = Field(default=(), title="Eyes", description="needed where a scene shuts them")


class Video(Section):
    """Size of the video, and how the face moves in it."""

    width: int = Field(ge=160, le=1920, multiple_of=2, title="Width", description="pixels")
    height: int = Field(ge=120, le=1080, multiple_of=2, title="Height", description="pixels")
    fps: int = Field(ge=1, le=60, title="Frames per second", description="constant")
    face_width: float = Field(ge=16, le=800, title="Face width", description="pixels, on average")
    zoom: float = Field(ge=0, lt=1, title="Zoom", description="part by which the face's width swings")
    zoom_s: float = Field(gt=0, title="Zoom period", description="seconds")
    pan: float = Field(ge=0, title="Pan", description="pixels by which the face wanders to either side")
    pan_s: float = Field(gt=0, title="Pan period", description="seconds")


class Scene(Section):
    """What the camera sees from ``at`` until the next scene."""

    at: float = Field(ge=0, title="Start", description="seconds")
    kind: Literal["bright", "dark", "turned", "covered", "asleep", "empty"] = Field(
        title="Kind", description="empty has no portrait; the others are said by their numbers"
    )
    gain: float = Field(default=1.0, gt=0, le=2, title="Gain", description="factor of brightness")
    noise: float = Field(default=0.0, ge=0, le=64, title="Noise", description="standard deviation, grey levels")
    yaw: float = Field(default=0.0, gt=-85, lt=85, title="Yaw", description="degrees out of the picture plane")
    roll: float = Field(default=0.0, ge=-180, le=180, title="Roll", description="degrees in the picture plane")
    covered: float = Field(default=0.0, ge=0, le=1, title="Covered", description="part of the face, from the chin up")
    shut: float = Field(default=0.0, ge=0, le=1, title="Shut", description="how far the lids are drawn down")


class Sound(Section):
    """What is heard all the time."""

    room_dbfs: float = Field(ge=-96, le=-20, title="Room noise", description="root mean square, dB of full scale")


class Speech(Section):
    """A sentence that espeak-ng speaks."""

    at: float = Field(ge=0, title="Start", description="seconds")
    voice: str = Field(pattern=r"^[a-z0-9-]+$", title="Voice", description="as espeak-ng calls it")
    rate: int = Field(ge=80, le=450, title="Rate", description="words a minute")
    pitch: int = Field(ge=0, le=99, title="Pitch", description="as espeak-ng counts; 50 is usual")
    dbfs: float = Field(ge=-60, le=-6, title="Loudness", description="root mean square, dB of full scale")
    text: str = Field(min_length=1, max_length=300, title="Text", description="what is said")


class Words(Section):
    """A sentence that is typed."""

    at: float = Field(ge=0, title="Start", description="seconds")
    mood: str = Field(title="Mood", description="what the writer meant")
    text: str = Field(min_length=1, max_length=300, pattern=r"^[^\r\n]+$", title="Text", description="one line")


class Script(Section):
    """A whole session."""

    seconds: float = Field(gt=0, le=LONGEST_S, title="Length", description="of the video and the sound")
    seed: int = Field(ge=0, title="Seed", description="of all noise")
    portrait: PortraitPlace = Field(title="Portrait", description="where its face is")
    video: Video = Field(title="Video", description="size and movement")
    scene: tuple[Scene, ...] = Field(min_length=1, title="Scenes", description="in order of time, the first at 0")
    sound: Sound = Field(title="Sound", description="heard all the time")
    speech: tuple[Speech, ...] = Field(default=(), title="Speech", description="spoken sentences")
    words: tuple[Words, ...] = Field(default=(), title="Words", description="typed sentences")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        starts = [scene.at for scene in self.scene]
        if starts != sorted(starts) or starts[0] != 0:
            message = f"scenes start at {starts}, wanted ascending times from 0"
            raise ValueError(message)
        begins = starts + [line.at for line in self.speech] + [line.at for line in self.words]
        late = [at for at in begins if at >= self.seconds]
        if late:
            message = f"something starts at {late[0]} s, and the session has {self.seconds} s"
            raise ValueError(message)
        if not self.portrait.eye and any(scene.shut for scene in self.scene):
            message = "a scene shuts the eyes, and [[portrait.eye]] does not say where they are"
            raise ValueError(message)
        return self

    def scene_at(self, second: float) -> Scene:
        """The scene that is on at ``second``."""
        return next(scene for scene in reversed(self.scene) if scene.at <= second)


def read_script(path: Path = SCRIPT) -> Script:
    """The script in ``path``. Raises InputError naming the file, the field, the value and what is allowed."""
    remedy = "Correct it, or restore it from the release"
    try:
        return Script.model_validate(tomllib.loads(path.read_bytes().decode()))
    except OSError as error:
        problem = f"the session script {path} cannot be read: {error.strerror}"
        raise InputError(problem, remedy) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = f"the session script {path} is not valid TOML: {error}"
        raise InputError(problem, remedy) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the whole"
        problem = f"the session script {path} is wrong at {field}: {first['msg']}, found {str(first['input'])[:80]!r}"
        raise InputError(problem, remedy) from error
