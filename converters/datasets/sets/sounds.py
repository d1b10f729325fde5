"""Decoding a recording that may be damaged, and the sets whose labels stand in the names of their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from converters.datasets.sets.files import beneath
from converters.datasets.sets.row import Broken, Clip, Row, emotions

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LONGEST_S = 600.0
"""Seconds. Clips of all sets here have under 30 s; a longer file is not decoded."""
MOST_SAMPLES = 1 << 26
"""Of all channels; a header can promise any rate, so that the length in seconds says too little."""
_ENDLESS = 0xFFFFFFFF
"""What a program that streams writes as the size of a WAV."""


def clip(path: Path) -> Clip | Broken:
    """The recording in ``path``, at its own rate."""
    import soundfile

    if not path.is_file():
        return Broken(str(path), "a folder, not a recording" if path.is_dir() else "there is no such file")
    try:
        about = soundfile.info(path)
        if about.duration > LONGEST_S or about.frames * about.channels > MOST_SAMPLES:
            length = f"{about.duration:.0f} s, {about.channels} channels of {about.frames} samples"
            return Broken(str(path), f"{length}: a clip has at most {LONGEST_S:.0f} s, and {MOST_SAMPLES} samples")
        samples, rate = soundfile.read(path, dtype="int16")
    except (soundfile.LibsndfileError, OSError) as error:
        return Broken(str(path), f"not a recording that can be decoded: {error}")
    fault = _fault(path, len(samples), about.frames)
    return Broken(str(path), fault) if fault else Clip(path, samples, rate)


def _fault(path: Path, read: int, promised: int) -> str | None:
    if not read:
        return "the recording is empty"
    if missing := _missing(path):
        return f"cut off: {missing} bytes of its end are missing"
    return f"cut off: {promised - read} samples of its end are missing" if read < promised else None


def _missing(path: Path) -> int:
    """Bytes that a WAV file lacks by its own header; libsndfile reads such a file without a word."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return 0
    size = int.from_bytes(head[4:8], "little")
    return 0 if size == _ENDLESS else max(0, size + 8 - path.stat().st_size)


def named(
    path: Path,
    pattern: re.Pattern[str],
    codes: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    table: Mapping[str, str] | None = None,
) -> Iterator[Row | Broken]:
    """Rows of a set whose file names say all.

    Args:
        path: the folder, whose files or files in direct subfolders fit ``pattern``.
        pattern: with the groups ``emotion`` and ``speaker``; loose in the emotion, so that a wrong one is reported.
        codes: what ``emotion`` means in our words, if it is a code; others are Broken.
        words: what ``emotion`` means in the set's own words, where ours do not say it.
        table: what those words are in ours, where they are no synonyms.
    """
    known = {**(codes or {}), **(words or {})}
    for file, match in beneath(path, pattern):
        code = match["emotion"]
        if known and code not in known:
            yield Broken(str(file), f"the emotion {code!r} in the name is none of {' '.join(known)}")
            continue
        sound = clip(file)
        if isinstance(sound, Broken):
            yield sound
            continue
        label = (words or {}).get(code) or known.get(code, code)
        yield Row(
            where=str(file),
            content=sound,
            labels=(label,),
            emotions=emotions((label,), table),
            speaker=match["speaker"],
            id=f"{file.parent.name}/{file.name}",
        )


def any_named(path: Path, pattern: re.Pattern[str]) -> bool:
    """Whether a file in ``path`` or a direct subfolder fits ``pattern``."""
    return next(beneath(path, pattern), None) is not None
