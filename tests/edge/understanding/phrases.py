"""Every phrase that the code can put into a cue, a reason or an abstention, found in the code itself.

A phrase with slots is told by its skeleton: ``f"{turned} ({degrees:.0f}° up)"`` is ``"{} ({}° up)"``.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3] / "edge"
ROOMS = (ROOT / "perception", ROOT / "understanding", ROOT / "safety" / "listening.py")
PHRASES = {"Cue": (3,), "Scale": (5, 6, 7), "Words": (0, 1, 2), "Grade": (1,), "Reading": (5,), "Alertness": (2,)}
"""Where phrases stand among the arguments of what carries them."""
NAMED = {"phrase", "reason", "little", "plain", "much", "under", "within", "over"}
TELLS = {"str | None", "str"}
"""What a function returns that may tell a phrase."""


def phrases() -> dict[str, str]:
    """Skeleton of each phrase → where it stands (``file:line``)."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for path in sorted(room.rglob("*.py")) if room.is_dir() else [room]:
            if "wording" in path.parts or path.name == "explanation.py":
                continue
            for line, skeleton in _of_module(ast.parse(path.read_text(encoding="utf-8"))):
                if re.search(r"[A-Za-z]{2}|\{\}.*\{\}", skeleton):
                    found.setdefault(skeleton, f"{path.relative_to(ROOT.parent)}:{line}")
    return found


def skeleton(pattern: str) -> str:
    """A phrase of the phrasebook as phrases are told here: names of slots do not matter."""
    return re.sub(r"\{\w+\}", "{}", pattern)


def _of_module(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in tree.body:  # constants that are named, such as NO_FACE
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                if name.isupper() and name != "UNIT" and " " in text:
                    yield node.lineno, text
            case _:
                pass
    for inner in ast.walk(tree):
        if isinstance(inner, ast.Call):
            yield from _of_call(inner)
        elif isinstance(inner, ast.FunctionDef) and inner.returns is not None and ast.unparse(inner.returns) in TELLS:
            for statement in inner.body:
                if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
                    yield from _texts(statement)


def _of_call(call: ast.Call) -> Iterator[tuple[int, str]]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    places = PHRASES.get(name, ())
    for index, argument in enumerate(call.args):
        if index in places:
            yield from _texts(argument)
    for keyword in call.keywords:
        if keyword.arg in NAMED:
            yield from _texts(keyword.value)


def _texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Texts in an expression; of one with slots its skeleton, and then what may stand in the slots."""
    match node:
        case ast.Constant(value=str(text)):
            yield node.lineno, text
        case ast.JoinedStr():
            parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            yield node.lineno, "".join(map(str, parts))
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _texts(part.value)
        case ast.BinOp(op=ast.Add()):
            yield from _of_sum(node)
        case _ if not isinstance(node, ast.Compare | ast.Subscript | ast.Raise):
            for child in ast.iter_child_nodes(node):
                yield from _texts(child)
        case _:
            pass


def _of_sum(node: ast.BinOp) -> Iterator[tuple[int, str]]:
    """A text and something: its skeleton, and then what may stand for something."""
    sides = (node.left, node.right)
    yield node.lineno, "".join(next(_texts(side), (0, "{}"))[1] if _literal(side) else "{}" for side in sides)
    for side in sides:
        if not _literal(side):
            yield from _texts(side)


def _literal(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
