"""Print every setting with its default, what is allowed and what it does: ``docs/settings.md``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from edge.section import Section
from edge.settings import Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

INTRODUCTION = """# Settings

Made by `rapport settings`. A settings file is TOML; every file in `firmware_configs/` is one. The environment overrides
it with `RAPPORT_<TABLE>__<KEY>`: `RAPPORT_MQTT__HOST=hub.local`. Lists are written as JSON:
`RAPPORT_CONSENT__GRANTS='["text"]'`. A mistake is told with file, line, key, value and what is allowed.

What is *live* takes effect while the device runs: when the file changes, or at a SIGHUP. The rest needs a restart, and
`rapport run` says so.
"""
HEAD = "| key | default | allowed | live | |\n| --- | --- | --- | --- | --- |\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport settings`` takes."""
    parser.add_argument("--json", action="store_true", help="print the JSON schema of a settings file")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0."""
    print(json.dumps(Settings.model_json_schema()) if arguments.json else page(), end="")
    return 0


def page() -> str:
    """All settings as Markdown, a table each."""
    parts = [INTRODUCTION]
    for name, section in _tables(Settings, ""):
        purpose = (section.__doc__ or "").partition("\n")[0]
        rows = [_row(key, field, section) for key, field in section.model_fields.items() if not _is_table(field)]
        parts.append(f"## [{name}]\n\n{purpose}\n\n{HEAD}" + "".join(rows))
    return "\n".join(parts)


def _tables(section: type[Section], prefix: str) -> Iterator[tuple[str, type[Section]]]:
    for key, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield prefix + key, field.annotation
            yield from _tables(field.annotation, f"{prefix}{key}.")


def _is_table(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, Section)


def _row(key: str, field: FieldInfo, section: type[Section]) -> str:
    schema = section.model_json_schema(by_alias=False)
    allowed = _allowed(schema["properties"][key], schema.get("$defs", {}))
    default = json.dumps(field.get_default(), ensure_ascii=False, default=str)
    described = (field.description or "").replace("|", "\\|")
    live = "yes" if key in section.LIVE else ""
    return f"| `{key}` | `{default}` | {allowed} | {live} | {described} |\n"


def _allowed(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """What a value may be, in a few words."""
    if "$ref" in schema:
        return _allowed(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        return " or ".join(_allowed(part, definitions) for part in schema["anyOf"] if part.get("type") != "null")
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return "list of " + _allowed(schema.get("items", {}), definitions)
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    kind = {"boolean": "`true`, `false`", "integer": "whole number", "number": "number"}.get(
        schema.get("type", ""), "text"
    )
    if low is None and high is None:
        return "path" if schema.get("format") == "path" else kind
    above = f"above {low:g}" if "exclusiveMinimum" in schema else f"{low:g}"
    return f"{above} to {high:g}" if high is not None else f"from {above}"
