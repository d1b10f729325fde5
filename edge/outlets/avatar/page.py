"""The face on a display: a page on the loopback address that is sent what moves, while somebody looks."""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass
from functools import cached_property
from html import escape
from http.server import ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Protocol

from edge.errors import OutletError
from edge.outlets.avatar.drawing import inside
from edge.outlets.avatar.server import LOOPBACK, Handler

if TYPE_CHECKING:
    from edge.outlets.avatar.face import Shapes
    from edge.outlets.avatar.palette import Shade
    from edge.outlets.avatar.settings import AvatarSettings

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
WATCHERS = 8
"""Pages that may look at the same time."""
STILL_S = 0.25
"""Between two looks for a page that wants no movement."""
ALIVE_S = 15.0
"""A page that nothing is sent to hears this often that the device is there, and the device that the page is."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The face at one moment, as a page needs it."""

    shapes: Shapes
    ground: str
    label: str
    language: str
    busy: bool


class Stage(Protocol):
    """Who has the face. All may be called from any thread."""

    settings: AvatarSettings

    def frame(self, shade: Shade, *, still: bool) -> Frame:
        """The face now."""
        ...

    def svg(self, shade: Shade) -> str:
        """The face now, as a file."""
        ...

    def png(self, shade: Shade) -> bytes:
        """The face now, as a picture. Raises OutletError."""
        ...


class AvatarPage:
    """``attach → stop``."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._port = stage.settings.port
        self._server: ThreadingHTTPServer | None = None
        self.seats = threading.BoundedSemaphore(WATCHERS)
        """One for each page that may look."""
        self._closing = threading.Event()

    @property
    def port(self) -> int | None:
        """Where it listens; None while it does not."""
        return None if self._server is None else int(self._server.server_address[1])

    def attach(self) -> None:
        """Listen. Raises OutletError when the port is taken."""
        try:
            self._server = ThreadingHTTPServer((LOOPBACK, self._port), type("PageHandler", (Handler,), {"page": self}))
        except OSError as error:
            problem = f"the page of the face cannot listen at {LOOPBACK}:{self._port}: {error.strerror}"
            raise OutletError(problem, "Set avatar.port to a free port, or to 0 for no page") from error
        self._server.daemon_threads = True
        self._closing.clear()
        threading.Thread(target=self._server.serve_forever, name="avatar-page", daemon=True).start()
        log.info("the face is at http://%s:%d/", LOOPBACK, self.port)

    def stop(self) -> None:
        """Close the port and leave whoever looks; safe to call twice."""
        self._closing.set()
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def shade(self, wanted: str) -> Shade:
        """The settings' theme, else what the display's system has."""
        theme = self._stage.settings.theme
        if theme != "auto":
            return theme
        return "dark" if wanted == "dark" else "light"

    def page(self) -> bytes:
        """The page itself, with the face as it is now."""
        frame = self._stage.frame(self.shade("light"), still=False)
        values = {"language": frame.language, "label": escape(frame.label), "face": inside(frame.shapes)}
        return self._template.substitute(values, theme=self._stage.settings.theme).encode()

    def answer(self, path: str, wanted: str) -> tuple[bytes, str] | None:
        """Content and type of what is asked for; None where there is no such thing. Raises OutletError."""
        shade = self.shade(wanted)
        match path:
            case "/":
                return self.page(), "text/html; charset=utf-8"
            case "/face.css":
                return (HERE / "face.css").read_bytes(), "text/css; charset=utf-8"
            case "/face.js":
                return (HERE / "face.js").read_bytes(), "text/javascript; charset=utf-8"
            case "/face.svg":
                return self._stage.svg(shade).encode(), "image/svg+xml"
            case "/face.png":
                return self._stage.png(shade), "image/png"
        return None

    def moves(self, out: Any, wanted: str, *, still: bool) -> None:  # noqa: ANN401 - a socket's file
        """Write what changes, until the page or the device goes. Raises OSError when the page has gone.

        Format: html.spec.whatwg.org, server-sent events.
        """
        sent: Shapes = {}
        told = ""
        at = 0.0
        while not self._closing.is_set():
            frame = self._stage.frame(self.shade(wanted), still=still)
            changed = changes(sent, frame.shapes)
            now = time.monotonic()
            if changed or frame.label != told:
                event: dict[str, Any] = {"shapes": changed, "ground": frame.ground}
                if frame.label != told:
                    event |= {"label": frame.label, "language": frame.language}
                out.write(b"data: " + json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n")
                sent, told, at = frame.shapes, frame.label, now
            elif now - at > ALIVE_S:
                out.write(b": still here\n\n")
                at = now
            fps = self._stage.settings.fps
            self._closing.wait(STILL_S if still else (1 if frame.busy else 2) / fps)

    @cached_property
    def _template(self) -> Template:
        return Template((HERE / "face.html").read_text(encoding="utf-8"))


def changes(before: Shapes, after: Shapes) -> Shapes:
    """Of ``after`` the attributes that have another value than in ``before``."""
    found: Shapes = {}
    for name, attributes in after.items():
        old = before.get(name, {})
        new = {key: value for key, value in attributes.items() if old.get(key) != value}
        if new:
            found[name] = new
    return found
