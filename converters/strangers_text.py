"""Texts that are no sentence of a person in English or Chinese: made here, or written for this project."""

from __future__ import annotations

import string
from pathlib import Path

import numpy as np

LANGUAGES = Path(__file__).resolve().parent / "corpora" / "strangers" / "languages.txt"
EACH = 200
"""Texts of each kind; of other languages there are as many as the file has."""
MASHED = "asdfghjkl;qwertyuiop"
HAN = (0x4E00, 0x9FA5)
"""Code points of the common Chinese characters (Unicode 1.0)."""


def strangers(seed: int = 0) -> dict[str, list[str]]:
    """Kinds of strangers, each a list of texts."""
    chance = np.random.default_rng(seed)
    return {
        "other languages in Latin letters": languages(),
        "letters at random": [_letters(chance) for _ in range(EACH)],
        "hands on the keyboard": [_mashed(chance) for _ in range(EACH)],
        "Chinese characters at random": [_han(chance) for _ in range(EACH)],
        "program code": _code(chance),
        "numbers, dates and addresses": [_numbers(chance) for _ in range(EACH)],
    }


def languages() -> list[str]:
    """Sentences in eleven languages."""
    lines = LANGUAGES.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _letters(chance: np.random.Generator) -> str:
    letters = list(string.ascii_lowercase)
    return " ".join("".join(chance.choice(letters, chance.integers(2, 11))) for _ in range(chance.integers(2, 12)))


def _mashed(chance: np.random.Generator) -> str:
    start, length = int(chance.integers(0, 10)), int(chance.integers(3, 10))
    keys = MASHED[start : start + length]
    return " ".join(keys[: int(chance.integers(2, length + 1))] * int(chance.integers(1, 4)) for _ in range(3))


def _han(chance: np.random.Generator) -> str:
    return "".join(chr(code) for code in chance.integers(*HAN, int(chance.integers(4, 20))))


def _code(chance: np.random.Generator) -> list[str]:
    """Lines of this package's own source."""
    sources = sorted(Path(__file__).resolve().parent.glob("*.py"))
    lines = [line.strip() for path in sources for line in path.read_text(encoding="utf-8").splitlines()]
    signs = [line for line in lines if any(sign in line for sign in "=([{") and not line.startswith(("#", '"'))]
    return [signs[i] for i in chance.permutation(len(signs))[:EACH]]


def _numbers(chance: np.random.Generator) -> str:
    a, b, c, d = (int(number) for number in chance.integers(1, 99, 4))
    forms = (
        f"{a}.{b}.{1950 + c} {d}:{a:02}",
        f"IBAN GB{a}{b}{c}{d}{a * 7919}",
        f"192.168.{a}.{b}:{c}{d} id={a * b * c:x}",
        f"{a} kg {b} cm {c} kWh {d} %",
        f"node{a}.example.org/{b}/{c:x}{d:x}",
        f"{a}/{b} rev{c} sku-{d}{a}{b}",
    )
    return forms[int(chance.integers(len(forms)))]
