"""Every phrase that the code can put into a cue, a reason or an abstention, found in the code itself.

A phrase with slots is told by its skeleton: ``f"{turned} ({degrees:.0f}° up)"`` is ``"{} ({}° up)"``. The search looks
where phrases stand: in the arguments of what carries them, in what is named so, and in functions that return text. What
it finds beside phrases has to be named in ELSEWHERE.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3] / "edge"
ROOMS = ("perception", "understanding", "safety/listening.py")
ELSEWHERE = (
    "understanding/wording/",  # translates
    "understanding/explanation.py",  # its sentences are messages, and have a test of their own
    "understanding/wellbeing/",  # reports in words of its own, in both languages
    "understanding/person/names.py",  # errors, and what `rapport profile` prints
    "understanding/person/profiles.py",
    "understanding/person/report.py",
    "understanding/pooled.py",
    "understanding/graph/load.py",  # errors in data files
    "understanding/graph/pattern.py",
    "understanding/graph/speech.py",  # what is said to a person, from data in both languages
)
PHRASES = {
    "Cue": (3,),
    "Scale": (5, 6, 7),
    "Words": (0, 1, 2),
    "Grade": (1,),
    "Reading": (5,),
    "Alertness": (2,),
    "Held": (1,),
}
"""Where phrases stand among the arguments of what carries them."""
NAMED = {"phrase", "reason", "told", "numbers", "little", "plain", "much", "under", "within", "over"}
"""What phrases are called where they are arguments, fields or variables."""
SUBJECTS = {"SUBJECT"}
"""Tables whose texts become parts of phrases."""
RETURNS_TEXT = re.compile(r"\bstr\b|\bFinding\b")
LETTERS = re.compile(r"[A-Za-z]{2}|\{\}.*\{\}")


def phrases(root: Path = ROOT) -> dict[str, str]:
    """Skeleton of each phrase → where it stands (``file:line``)."""
    found: dict[str, str] = {}
    for room in ROOMS:
        place = root / room
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            name = path.relative_to(root).as_posix()
            if name.startswith(ELSEWHERE):
                continue
            for line, text in _of_module(ast.parse(path.read_text(encoding="utf-8"))):
                if LETTERS.search(skeleton(text)):
                    found.setdefault(skeleton(text), f"edge/{name}:{line}")
    return found


def skeleton(pattern: str) -> str:
    """A phrase as phrases are told here: names of slots do not matter, nor how many stand side by side."""
    return re.sub(r"(\{\w*\})+", "{}", pattern)


def _of_module(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in tree.body:  # constants that are named, such as NO_FACE
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                if name.isupper() and name != "UNIT" and " " in text:
                    yield node.lineno, text
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if name in SUBJECTS and node.value is not None:
                    yield from _texts(node.value)
            case _:
                pass
    for inner in ast.walk(tree):
        yield from _of_node(inner)


def _of_node(node: ast.AST) -> Iterator[tuple[int, str]]:
    match node:
        case ast.Call():
            yield from _of_call(node)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMED:
            yield from _texts(value)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name in NAMED:
            yield from _texts(value)
        case ast.FunctionDef():
            yield from _of_function(node)
        case _:
            pass


def _of_function(function: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    """Of one that returns text all texts; of one that makes cues those of several words, wherever they stand."""
    returned = "" if function.returns is None else ast.unparse(function.returns)
    makes = any(isinstance(node, ast.Call) and _called(node) == "Cue" for node in ast.walk(function))
    texts = [text for statement in function.body if not _is_docstring(statement) for text in _texts(statement)]
    if returned in {"str", "str | None"}:
        yield from texts
    elif RETURNS_TEXT.search(returned) or makes:
        yield from ((line, text) for line, text in texts if " " in text)


def _of_call(call: ast.Call) -> Iterator[tuple[int, str]]:
    places = PHRASES.get(_called(call), ())
    for index, argument in enumerate(call.args):
        if index in places:
            yield from _texts(argument)
    for keyword in call.keywords:
        if keyword.arg in NAMED:
            yield from _texts(keyword.value)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


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
        case _ if not isinstance(node, ast.Compare | ast.Subscript | ast.Raise | ast.Attribute):
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
