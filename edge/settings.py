"""One tree of settings. Every file in ``firmware_configs/`` is an instance of it.

``RAPPORT_<TABLE>__<KEY>`` in the environment overrides the file (``RAPPORT_MQTT__HOST=hub.local``). A value that is not
plain text is written as JSON (``RAPPORT_CONSENT__GRANTS='["text"]'``).
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, ValidationError

from edge.accelerators.settings import AcceleratorSettings, ModelsSettings
from edge.affect import Language
from edge.errors import SettingsError
from edge.learning.settings import LearningSettings
from edge.loop.pace import PaceSettings
from edge.loop.settings import LoopSettings
from edge.outlets.avatar.settings import AvatarSettings
from edge.outlets.metrics.settings import MetricsSettings
from edge.outlets.mqtt.settings import MqttSettings
from edge.outlets.settings import ConsoleSettings, SpeechSettings
from edge.perception.face.settings import FaceSettings
from edge.perception.text.settings import TextSettings
from edge.perception.voice.settings import VoiceSettings
from edge.privacy.settings import PrivacySettings
from edge.response.acting_settings import ActionsSettings
from edge.response.settings import ResponseSettings
from edge.safety.settings import ConsentSettings, SafetySettings
from edge.section import Section
from edge.sensors.settings import CameraSettings, MicrophoneSettings, WordsSettings
from edge.understanding.settings import UnderstandingSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

PREFIX = "RAPPORT_"
MAX_FILE_BYTES = 1 << 20


class DeviceSettings(Section):
    """Who this device is."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"log_level"})

    id: str = Field(
        default="rapport",
        pattern=r"^[a-zA-Z0-9_-]{1,32}$",
        title="Id",
        description="ASCII and stable; names topics and entities, so it never changes once the device is in a home",
    )
    name: str = Field(
        default="Rapport",
        pattern=r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        max_length=64,
        title="Name",
        description="how people call it; any script, no control characters",
    )
    languages: tuple[Language, ...] = Field(
        default=(Language.EN, Language.ZH),
        min_length=1,
        title="Languages",
        description="spoken in this order of preference when nothing was said",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", title="Log level", description="what is written to standard error"
    )
    state_directory: Path | None = Field(
        default=None,
        title="State directory",
        description="where grants are kept; by default $STATE_DIRECTORY, else ~/.local/state/rapport",
    )


class Settings(Section):
    """The whole tree."""

    device: DeviceSettings = DeviceSettings()
    consent: ConsentSettings = ConsentSettings()
    safety: SafetySettings = SafetySettings()
    camera: CameraSettings = CameraSettings()
    microphone: MicrophoneSettings = MicrophoneSettings()
    words: WordsSettings = WordsSettings()
    loop: LoopSettings = LoopSettings()
    pace: PaceSettings = PaceSettings()
    accelerator: AcceleratorSettings = AcceleratorSettings()
    models: ModelsSettings = ModelsSettings()
    face: FaceSettings = FaceSettings()
    voice: VoiceSettings = VoiceSettings()
    text: TextSettings = TextSettings()
    understanding: UnderstandingSettings = UnderstandingSettings()
    response: ResponseSettings = ResponseSettings()
    actions: ActionsSettings = ActionsSettings()
    learning: LearningSettings = LearningSettings()
    speech: SpeechSettings = SpeechSettings()
    avatar: AvatarSettings = AvatarSettings()
    console: ConsoleSettings = ConsoleSettings()
    mqtt: MqttSettings = MqttSettings()
    privacy: PrivacySettings = PrivacySettings()
    metrics: MetricsSettings = MetricsSettings()


def load(path: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from a TOML file (None: defaults) and the environment. Raises SettingsError for what is wrong first."""
    text = "" if path is None else _read(path)
    try:
        tree: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = f"{path} is not valid TOML: {error}"
        raise SettingsError(problem, "Mend that line; https://toml.io has the rules") from error
    overridden = _override(tree, os.environ if environment is None else environment)
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        raise _told(error.errors()[0], path, text, overridden) from error


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            problem = f"{path} has {path.stat().st_size} bytes, at most {MAX_FILE_BYTES} are allowed"
            raise SettingsError(problem, "Give the path of a settings file")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        problem = f"the settings file {path} cannot be read: {error.strerror or error}"
        raise SettingsError(problem, "Give the path of a file such as firmware_configs/pi5-hub.toml") from error
    except UnicodeDecodeError as error:
        problem = f"{path} is not UTF-8 (byte {error.start})"
        raise SettingsError(problem, "Save it as UTF-8") from error


def _override(tree: dict[str, Any], environment: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Put ``RAPPORT_A__B`` values into the tree; returns which variable set which key."""
    overridden = {}
    for variable, value in sorted(environment.items()):
        if not variable.startswith(PREFIX) or "__" not in variable:
            continue
        *tables, key = variable.removeprefix(PREFIX).lower().split("__")
        section = tree
        for table in tables:
            inner = section.setdefault(table, {})
            if not isinstance(inner, dict):
                break  # the file has a value where a table belongs; validation says so
            section = inner
        else:
            section[key] = _parsed(value)
            overridden[(*tables, key)] = variable
    return overridden


def _parsed(value: str) -> Any:  # noqa: ANN401 - whatever JSON gives; pydantic checks it
    if value[:1] in "[{" and value:
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value


def _told(error: ErrorDetails, path: Path | None, text: str, overridden: dict[tuple[str, ...], str]) -> SettingsError:
    """One pydantic error as a sentence with file, line, key, value and what is allowed."""
    location = [str(part) for part in error["loc"]]
    variable = next((name for keys, name in overridden.items() if list(keys) == location[: len(keys)]), None)
    line = _line_of(text, location)
    where = variable or (f"{path}, line {line}" if line else str(path or "the defaults"))
    value = repr(error["input"])
    if error["type"] == "extra_forbidden":
        problem = f"{where}: {'.'.join(location)} is not a setting"
        return SettingsError(problem, f"Allowed {_allowed_names(location)}")
    found = "" if error["type"] == "missing" else f", found {value[:80]}"
    description = _description(location)
    problem = f"{where}: {'.'.join(location)}: {_lower_first(error['msg'])}{found}"
    remedy = f"Set it to what is allowed ({description})" if description else "Set it to what is allowed"
    return SettingsError(problem, remedy)


def _lower_first(message: str) -> str:
    return message[:1].lower() + message[1:]


def _allowed_names(location: list[str]) -> str:
    place = f"in [{'.'.join(location[:-1])}]" if len(location) > 1 else "as tables"
    return f"{place} are: " + ", ".join(_section(location[:-1]).model_fields)


def _description(location: list[str]) -> str:
    for depth in range(len(location), 1, -1):
        field = _section(location[: depth - 1]).model_fields.get(location[depth - 1])
        if field is not None:
            return field.description or ""
    return ""


def _section(tables: list[str]) -> type[Section]:
    """The class of the innermost table that ``tables`` lead to."""
    section: type[Section] = Settings
    for table in tables:
        field = section.model_fields.get(table)
        kind = None if field is None else field.annotation
        if not (isinstance(kind, type) and issubclass(kind, Section)):
            break
        section = kind
    return section


def _line_of(text: str, location: list[str]) -> int | None:
    """Line (from 1) where the last part of ``location`` that the text has is written; None when none of it is."""
    found: tuple[int, int] | None = None
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)
        assignment = re.match(r"\s*([\w\".-]+)\s*=", line)
        if header:
            table = _keys(header.group(1))
            written = table
        elif assignment:
            written = table + _keys(assignment.group(1))
        else:
            continue
        if written == location[: len(written)] and (found is None or len(written) > found[0]):
            found = (len(written), number)
    return None if found is None else found[1]


def _keys(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]
