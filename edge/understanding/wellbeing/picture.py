"""A report as a picture: four weeks of days, drawn as SVG by hand. No script, no link, no font of its own."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from math import ceil
from typing import TYPE_CHECKING

from edge.understanding.wellbeing.day import LEAST_MOOD, MOST_MOOD
from edge.understanding.wellbeing.report import SHOWN
from edge.understanding.wellbeing.wording import told_date, wording

if TYPE_CHECKING:
    from datetime import date

    from edge.affect import Language
    from edge.understanding.wellbeing.report import Report

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT = 92, 24
TOP, BOTTOM = 84, 270
"""The upper panel, valence, in pixels from above."""
MISSING = 285
"""Where crosses stand: between the panels, for a day that is missing has no value, not even 0."""
MOOD_TOP, MOOD_BOTTOM = 300, 352
"""The lower panel, mood."""
INK, SOFT, GRID, BAND, DOT, SPREAD, MOOD = "#3d4650", "#7c8894", "#e3e8ec", "#f1f6f4", "#3f7f79", "#a9cdc8", "#b98a4e"
FONTS = "'Noto Sans','DejaVu Sans','Noto Sans CJK SC','PingFang SC','Microsoft YaHei','WenQuanYi Zen Hei',sans-serif"
LEAST_REACH = 0.5
"""The valence axis reaches at least this far to either side: small differences are to look small."""


def svg(found: Report, language: Language) -> str:
    """The picture as one SVG document, 760 by 420 pixels."""
    words = wording(language)["words"]
    days = [found.sunday - timedelta(days=SHOWN - 1 - index) for index in range(SHOWN)]
    first, last = told_date(found.monday, language), told_date(found.sunday, language)
    title = words["title"].format(week=found.week, first=first, last=last)
    reach = _reach(found, days)
    parts = [
        _tag("title", title),
        _tag("rect", width=WIDTH, height=HEIGHT, fill="#ffffff"),
        _text(LEFT, 32, title, size=17),
        *_legend(words),
        *_grid(found, days, reach, words),
        *(part for index, day in enumerate(days) for part in _day(found, day, index, reach)),
        *_dates(days, language),
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return "\n".join([f'{head} role="img" font-family="{FONTS}">', *parts, "</svg>", ""])


def _reach(found: Report, days: list[date]) -> float:
    """How far the valence axis goes to either side of 0, a multiple of 0.25."""
    shown = [found.days[day] for day in days if day in found.counted]
    ends = [abs(entry.valence or 0) + (entry.valence_sd or 0) for entry in shown]
    return min(1.0, max(LEAST_REACH, ceil(max(ends, default=0) * 4) / 4))


def _x(index: int) -> float:
    return LEFT + (index + 0.5) * (WIDTH - LEFT - RIGHT) / SHOWN


def _y(valence: float, reach: float) -> float:
    clipped = max(-reach, min(reach, valence))
    return (TOP + BOTTOM) / 2 - clipped / reach * (BOTTOM - TOP) / 2


def _y_mood(mood: float) -> float:
    return MOOD_BOTTOM - (mood - LEAST_MOOD) / (MOST_MOOD - LEAST_MOOD) * (MOOD_BOTTOM - MOOD_TOP)


def _legend(words: dict[str, str]) -> list[str]:
    y = 54
    return [
        *_dot(LEFT + 5, y, y - 7, y + 7),
        _text(LEFT + 16, y + 4, words["valence"], SOFT),
        _square(LEFT + 261, y),
        _text(LEFT + 272, y + 4, words["mood"], SOFT),
        _cross(LEFT + 433, y),
        _text(LEFT + 444, y + 4, words["missing"], SOFT),
    ]


def _grid(found: Report, days: list[date], reach: float, words: dict[str, str]) -> list[str]:
    """The week's band, the axes and their words."""
    wide = (WIDTH - LEFT - RIGHT) / SHOWN
    start = _x(days.index(found.monday)) - wide / 2
    parts = [
        _tag("rect", x=start, y=TOP - 8, width=7 * wide, height=MOOD_BOTTOM - TOP + 20, rx=6, fill=BAND),
        _text(start + 3.5 * wide, MOOD_BOTTOM + 52, words["week"], SOFT, anchor="middle"),
        _text(LEFT - 8, TOP + 20, words["pleasant"], SOFT, anchor="end", size=11),
        _text(LEFT - 8, BOTTOM - 12, words["unpleasant"], SOFT, anchor="end", size=11),
    ]
    rows = [(_y(valence, reach), f"{valence:+.2g}".replace("-", "−")) for valence in (-reach, reach)]
    rows += [(_y(0, reach), "0"), (_y_mood(LEAST_MOOD), str(LEAST_MOOD)), (_y_mood(MOST_MOOD), str(MOST_MOOD))]
    for y, told in rows:
        parts.append(_tag("line", x1=LEFT, y1=y, x2=WIDTH - RIGHT, y2=y, stroke=GRID))
        parts.append(_text(LEFT - 8, y + 4, told, SOFT, anchor="end"))
    return parts


def _day(found: Report, day: date, index: int, reach: float) -> list[str]:
    """A dot with its spread, or a cross where too little was seen; and the mood, if one was tapped."""
    entry, x = found.days.get(day), _x(index)
    if entry is None or day not in found.counted or entry.valence is None:
        parts = [_cross(x, MISSING)]
    else:
        spread = entry.valence_sd or 0.0
        parts = _dot(x, *(_y(entry.valence + side * spread, reach) for side in (0, 1, -1)))
    if entry is not None and entry.mood is not None:
        parts.append(_square(x, _y_mood(entry.mood)))
    return parts


def _dates(days: list[date], language: Language) -> list[str]:
    """The date of each Monday, and a letter for every day."""
    weekdays = wording(language)["words"]["weekdays"]
    parts = []
    for index, day in enumerate(days):
        letter = weekdays[day.isoweekday() - 1]
        parts.append(_text(_x(index), MOOD_BOTTOM + 24, letter, SOFT, anchor="middle", size=9))
        if day.isoweekday() == 1:
            parts.append(_text(_x(index) - 8, MOOD_BOTTOM + 38, told_date(day, language), SOFT, size=11))
    return parts


def _dot(x: float, y: float, high: float, low: float) -> list[str]:
    line = _tag("line", x1=x, y1=low, x2=x, y2=high, stroke=SPREAD, stroke_width=3, stroke_linecap="round")
    return [line, _tag("circle", cx=x, cy=y, r=4, fill=DOT)]


def _square(x: float, y: float) -> str:
    return _tag("rect", x=x - 4, y=y - 4, width=8, height=8, rx=2, fill=MOOD)


def _cross(x: float, y: float) -> str:
    path = f"M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6"
    return _tag("path", d=path, stroke=SOFT, stroke_width=1.2, fill="none", opacity=0.6)


def _text(x: float, y: float, words: str, colour: str = INK, *, anchor: str = "start", size: int = 12) -> str:
    return _tag("text", words, x=x, y=y, text_anchor=anchor, font_size=size, fill=colour)


def _tag(name: str, words: str | None = None, **attributes: float | str) -> str:
    """One element; numbers get one decimal, ``_`` in a name becomes ``-``."""
    told = "".join(
        f' {key.replace("_", "-")}="{value if isinstance(value, int | str) else round(value, 1)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{told}/>" if words is None else f"<{name}{told}>{escape(words)}</{name}>"
