"""All looks on one sheet, for whoever draws, chooses or judges them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import EMOTIONS, Look
from edge.outlets.avatar.drawing import VIEW, inside
from edge.outlets.avatar.face import Face, colours, shapes
from edge.outlets.avatar.looks import ASLEEP, CARING, UNSURE, pose_of
from edge.outlets.avatar.motion import still

if TYPE_CHECKING:
    from edge.outlets.avatar.palette import Colour, Shade

CELL, CAPTION = 240, 24
LETTERS = 'text-anchor="middle" font-family="DejaVu Sans, sans-serif" font-size="15"'
ROWS: tuple[tuple[tuple[str, Face], ...], ...] = (
    tuple((f"calm {emotion}", still(pose_of(emotion, "calm"))) for emotion in EMOTIONS),
    tuple((f"mirror {emotion}", still(pose_of(emotion, "mirror"))) for emotion in EMOTIONS),
    (
        ("unsure", still(UNSURE)),
        ("in a crisis", still(CARING)),
        ("asleep", still(ASLEEP)),
        ("blink", Face(blink=1.0)),
        ("says “ah”", Face(Look(mouth=0.6))),
        ("says “oh”", Face(Look(mouth=0.5), rounded=0.8)),
        ("says “ee”", Face(Look(mouth=0.28, smile=0.2))),
    ),
)


def sheet(shade: Shade = "light", colour: Colour = "amber") -> str:
    """An SVG of every look in rows, each with its name below."""
    ground = colours(Face(), shade, colour).background
    wide, high = CELL * max(map(len, ROWS)), (CELL + CAPTION) * len(ROWS)
    cells = "".join(
        _cell(f"c{row}-{column}-", name, face, (column * CELL, row * (CELL + CAPTION)), (shade, colour))
        for row, faces in enumerate(ROWS)
        for column, (name, face) in enumerate(faces)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}">'
        f'<rect width="{wide}" height="{high}" fill="{ground}"/>{cells}</svg>\n'
    )


def _cell(prefix: str, name: str, face: Face, place: tuple[int, int], paint: tuple[Shade, Colour]) -> str:
    x, y = place
    ink = "#b9aea4" if paint[0] == "dark" else "#6d6259"
    drawn = inside(shapes(face, colours(face, *paint)), prefix)
    return (
        f'<svg x="{x}" y="{y}" width="{CELL}" height="{CELL}" viewBox="{VIEW}">{drawn}</svg>'
        f'<text x="{x + CELL // 2}" y="{y + CELL + 8}" {LETTERS} fill="{ink}">{name}</text>'
    )
