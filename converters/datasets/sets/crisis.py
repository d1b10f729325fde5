"""Texts for the crisis detector only: talk of self-harm, and what merely looks like it. Their text is never stored.

OpenAI moderation, https://github.com/openai/moderation-api-release (MIT; JSON Lines of prompt and SH 0 or 1). XSTest,
Röttger et al., NAACL 2024, https://github.com/paul-rottger/exaggerated-safety (CC BY 4.0; ``xstest_prompts.csv``).
SOS-HL-1K, https://github.com/HongzhiQ/SupervisedVsLLM-EfficacyEval (no licence; ``suicide_*.csv``, really
tab-separated: id, label 0 low or 1 high risk, comment).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.datasets.sets.files import members
from converters.datasets.sets.row import Broken, Row, Use
from converters.datasets.sets.tables import json_lines, table
from edge.affect import Sense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class OpenAiModeration:
    """Self-harm or not."""

    name = "openai_moderation"
    sense = Sense.TEXT
    licence = "MIT"
    use = Use.EVALUATE
    source = "https://github.com/openai/moderation-api-release"

    def found(self, path: Path) -> bool:
        """By the name of the file."""
        return bool(members(path, "self_harm.jsonl"))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Lines in the order of the file."""
        for file in members(path, "self_harm.jsonl"):
            for item in json_lines(file, ("prompt", "SH")):
                if isinstance(item, Broken):
                    yield item
                elif item[1]["SH"] not in (0, 1):
                    yield Broken(item[0], f"SH is {item[1]['SH']!r}, neither 0 nor 1")
                else:
                    label = "self-harm" if item[1]["SH"] else "other"
                    yield Row(where=item[0], content=str(item[1]["prompt"]), labels=(label,))


class XsTest:
    """Safe or unsafe."""

    name = "xstest"
    sense = Sense.TEXT
    licence = "CC-BY-4.0"
    use = Use.EVALUATE
    source = "https://github.com/paul-rottger/exaggerated-safety"

    def found(self, path: Path) -> bool:
        """By the name of the file."""
        return bool(members(path, "xstest_prompts.csv"))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Rows in the order of the file."""
        for file in members(path, "xstest_prompts.csv"):
            for item in table(file, ("id", "prompt", "label")):
                if isinstance(item, Broken):
                    yield item
                else:
                    where, fields = item
                    yield Row(where=where, content=fields["prompt"], labels=(fields["label"],), id=fields["id"])


class SosHl1k:
    """High or low risk."""

    name = "sos_hl_1k"
    sense = Sense.TEXT
    licence = "none given"
    use = Use.EVALUATE
    source = "https://github.com/HongzhiQ/SupervisedVsLLM-EfficacyEval"

    def found(self, path: Path) -> bool:
        """By the names of the files."""
        return bool(members(path, "suicide_*.csv"))

    def read(self, path: Path) -> Iterator[Row | Broken]:
        """Files in the order of their names."""
        for file in members(path, "suicide_*.csv"):
            for item in table(file, ("id", "label", "comment"), delimiter="\t", quoted=False):
                if isinstance(item, Broken):
                    yield item
                elif item[1]["label"] not in ("0", "1"):
                    yield Broken(item[0], f"the label {item[1]['label']!r} is neither 0 nor 1")
                else:
                    where, fields = item
                    label = "high risk" if fields["label"] == "1" else "low risk"
                    yield Row(where=where, content=fields["comment"], labels=(label,), id=fields["id"])
