"""Names of profiles: any script, nothing that could be a path."""

from __future__ import annotations

import hashlib
import unicodedata

LONGEST = 32
"""Characters, after composition (NFC)."""
BETWEEN = frozenset(" -_'’.")
"""What may stand between letters, marks and digits."""
ALLOWED = "1 to 32 letters, digits, spaces and - _ ' . of any script, a letter or digit first, no space last"


def checked(name: str) -> str:
    """``name`` composed (Unicode NFC): two ways to type it are one. Raises ValueError saying what is allowed."""
    composed = unicodedata.normalize("NFC", name)
    kinds = [unicodedata.category(character)[0] for character in composed]
    well = (
        0 < len(composed) <= LONGEST
        and kinds[0] in "LN"
        and composed[-1] != " "
        and all(kind in "LMN" or character in BETWEEN for kind, character in zip(kinds, composed, strict=True))
    )
    if not well:
        message = f"{name[: 2 * LONGEST]!r} is no name of a profile"
        raise ValueError(message)
    return composed


def file_stem(name: str) -> str:
    """What a profile's file is called: 32 hexadecimal digits, whatever the name is, and the name is not in it."""
    return hashlib.sha256(f"rapport profile {name}".encode()).hexdigest()[:32]
