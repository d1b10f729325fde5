"""How the page of the face answers a browser: only on this machine, and only to itself."""

from __future__ import annotations

import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from urllib.parse import parse_qs, urlsplit

from edge.errors import OutletError

if TYPE_CHECKING:
    from threading import BoundedSemaphore

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
SILENT_S = 5.0
"""A browser that takes or sends nothing for so long is left."""
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Page(Protocol):
    """What there is to answer."""

    seats: BoundedSemaphore

    def answer(self, path: str, wanted: str) -> tuple[bytes, str] | None:
        """Content and type; None where there is no such thing. ``wanted``: the browser's shade. Raises OutletError."""
        ...

    def moves(self, out: Any, wanted: str, *, still: bool) -> None:  # noqa: ANN401 - a socket's file
        """Write what changes until somebody goes. Raises OSError."""
        ...


class Handler(BaseHTTPRequestHandler):
    """One request; a subclass has the page."""

    page: ClassVar[Page]
    timeout = SILENT_S

    def do_GET(self) -> None:
        """Refuse whoever may not ask; give a file, or go on telling what moves."""
        refusal = self._refusal()
        if refusal is not None:
            self.send_error(refusal)
            return
        asked = urlsplit(self.path)
        wishes = parse_qs(asked.query)
        wanted = wishes.get("shade", [""])[0]
        if asked.path == "/moves":
            self._watch(wanted, still=wishes.get("still") == ["1"])
        else:
            self._give(asked.path, wanted)

    def _refusal(self) -> HTTPStatus | None:
        """A web page that has its own name lead to this address, or draws from it, would see how somebody feels."""
        if self.headers.get("Host", "").rpartition(":")[0] not in {LOOPBACK, "localhost"}:
            return HTTPStatus.MISDIRECTED_REQUEST
        if self.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
            return HTTPStatus.FORBIDDEN
        return None

    def _give(self, path: str, wanted: str) -> None:
        try:
            answer = self.page.answer(path, wanted)
        except OutletError as error:
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE, explain=str(error))
            return
        if answer is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        content, kind = answer
        self._begin(kind, {"Content-Length": str(len(content))})
        self.wfile.write(content)

    def _watch(self, wanted: str, *, still: bool) -> None:
        seats = self.page.seats
        if not seats.acquire(blocking=False):
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE, explain="as many pages as may look do so already")
            return
        try:
            self._begin("text/event-stream; charset=utf-8", {})
            self.page.moves(self.wfile, wanted, still=still)
        except OSError:
            self.close_connection = True  # the page was closed
        finally:
            seats.release()

    def _begin(self, kind: str, more: dict[str, str]) -> None:
        self.send_response(HTTPStatus.OK)
        for key, value in {"Content-Type": kind, **GUARDS, **more}.items():
            self.send_header(key, value)
        self.end_headers()

    def version_string(self) -> str:
        """What the server calls itself; no version of anything."""
        return "rapport"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class calls it so
        """For whoever debugs."""
        log.debug("%s", format % args)
