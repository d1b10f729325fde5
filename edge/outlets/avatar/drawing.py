"""The shapes of a face put together: an SVG file, or the inside of one."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from edge.outlets.avatar.face import SIDES, colours, shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge.outlets.avatar.face import Face, Shapes
    from edge.outlets.avatar.palette import Colour, Shade

HEAD = "M0 -82C52 -82 84 -50 84 1C84 50 52 82 0 82C-52 82 -84 50 -84 1C-84 -50 -52 -82 0 -82Z"
"""Nearly round: a lamp, not a skull."""
VIEW = "-120 -120 240 240"
SIZE = 480
ROUND = 'stroke-linejoin="round"'


def svg(
    face: Face,
    shade: Shade = "light",
    colour: Colour = "amber",
    *,
    size: int = SIZE,
    ground: bool = True,
    label: str = "",
) -> str:
    """The drawing as an SVG file.

    Args:
        face: what is drawn.
        shade: of the room.
        colour: of the head.
        size: width and height in pixels where nobody asks for another.
        ground: whether the background is painted, or can be seen through.
        label: what a screen reader says of it.
    """
    paint = colours(face, shade, colour)
    behind = f'<rect x="-120" y="-120" width="240" height="240" fill="{paint.background}"/>' if ground else ""
    spoken = f' role="img" aria-label="{escape(label)}"' if label else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{VIEW}" width="{size}" height="{size}"{spoken}>'
        f"{behind}{inside(shapes(face, paint))}</svg>\n"
    )


def inside(found: Shapes, prefix: str = "", motions: Mapping[str, str] | None = None) -> str:
    """What stands within the svg element.

    Args:
        found: the shapes and their attributes.
        prefix: set before each name, to keep several faces in one file apart.
        motions: name of a shape → what stands within its element, for a drawing that moves by itself.
    """
    moved = motions or {}

    def put(tag: str, name: str, fixed: str = "", within: str = "") -> str:
        attributes = "".join(f' {key}="{value}"' for key, value in found.get(name, {}).items())
        content = moved.get(name, "") + within
        start = f'<{tag} id="{prefix}{name}"{" " + fixed if fixed else ""}{attributes}'
        return f"{start}>{content}</{tag}>" if content else f"{start}/>"

    def gradient(name: str, fixed: str, *stops: str) -> str:
        within = "".join(put("stop", f"{name}-{index}", stop) for index, stop in enumerate(stops))
        return put("radialGradient", f"{name}-paint", fixed, within)

    def by(name: str) -> str:
        return f'"url(#{prefix}{name})"'

    cheeks = eyes = brows = ""
    for side, name in SIDES:
        cheeks += put("ellipse", f"cheek-{name}", f'cx="{54 * side}" rx="19" ry="13" fill={by("blush-paint")}')
        eyes += put("path", f"eye-{name}", f'stroke-width="4.6" {ROUND}') + put("circle", f"light-{name}")
        brows += put("path", f"brow-{name}", f'stroke-width="3.4" {ROUND}')
    tongue = put("ellipse", "tongue", 'cx="0" rx="12" ry="10"')
    mouth = put("path", "mouth", f'stroke-width="4.6" {ROUND}') + f"<g clip-path={by('mouth-clip')}>{tongue}</g>"
    features = put("g", "features", within=eyes + brows + mouth)
    skin = f'<path d="{HEAD}" fill={by("skin-paint")}/>'
    return (
        "<defs>"
        + gradient(
            "halo",
            "",
            'offset="0.7" stop-opacity="0.5"',
            'offset="0.83" stop-opacity="0.17"',
            'offset="1" stop-opacity="0"',
        )
        + gradient("skin", 'cx="0.5" cy="0.44" r="0.6"', 'offset="0.15"', 'offset="1"')
        + gradient("blush", "", 'offset="0.1"', 'offset="1" stop-opacity="0"')
        + put("clipPath", "mouth-clip", within=put("path", "mouth-shape"))
        + "</defs>"
        + put("circle", "halo", f"fill={by('halo-paint')}")
        + put("g", "head", within=skin + cheeks + features)
    )
