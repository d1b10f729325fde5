"""The drawing as pixels, by resvg (extra ``avatar``), which is loaded when the first picture is asked for."""

from __future__ import annotations

from importlib.util import find_spec

from edge.errors import OutletError

LARGEST = 4096
"""Pixels of a side: 64 MiB of memory while it is drawn."""
PROBLEM = "the face cannot be drawn as PNG: resvg-py is not installed"
REMEDY = "Type: pip install 'rapport-edge[avatar]'; the page and SVG work without it"


def available() -> bool:
    """Whether there is anything to draw with."""
    return find_spec("resvg_py") is not None


def png(svg: str, size: int, *, captions: bool = False) -> bytes:
    """``svg`` as a PNG.

    Args:
        svg: a whole SVG file.
        size: pixels of the width; the height follows.
        captions: whether there is text in it, for which the fonts of the system are loaded.

    Raises:
        OutletError: resvg-py is not installed, or ``size`` is no size.
    """
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise OutletError(PROBLEM, REMEDY) from error
    if not 0 < size <= LARGEST:
        problem = f"a picture of {size} pixels cannot be drawn, 1 to {LARGEST} are allowed"
        raise OutletError(problem, "Choose another size")
    return svg_to_bytes(svg_string=svg, width=size, skip_system_fonts=not captions)
