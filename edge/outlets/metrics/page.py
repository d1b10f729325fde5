"""The page itself: a small HTTP server on the loopback address, on a thread of its own."""

from __future__ import annotations

import logging
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from edge.errors import OutletError

if TYPE_CHECKING:
    from collections.abc import Callable

    from edge.outlets.metrics.figures import Figures
    from edge.outlets.metrics.settings import MetricsSettings

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
PATH = "/metrics"
SILENT_S = 5.0
"""A client that sends nothing for so long is left."""


class MetricsPage:
    """``attach → stop``. ``figures`` is called once a scrape, on the server's thread; it must not wait for anything."""

    name = "metrics"

    def __init__(self, settings: MetricsSettings, figures: Callable[[], Figures]) -> None:
        self._settings = settings
        self._figures = figures
        self._server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int | None:
        """Where it listens; None while it does not."""
        return None if self._server is None else int(self._server.server_address[1])

    def attach(self) -> None:
        """Listen. Raises OutletError when the extra is not installed or the port is taken."""
        try:
            from prometheus_client import CollectorRegistry
            from prometheus_client.exposition import choose_encoder

            from edge.outlets.metrics.families import Families
        except ImportError as error:
            problem = f"metrics.port is {self._settings.port}, and prometheus-client cannot be imported: {error}"
            raise OutletError(problem, "Type: pip install 'rapport-edge[metrics]'; or set metrics.port = 0") from error
        registry = CollectorRegistry(auto_describe=False)
        registry.register(Families(self._figures))

        def page(accept: str) -> tuple[bytes, str]:
            encode, kind = choose_encoder(accept)
            return encode(registry), kind

        try:
            self._server = ThreadingHTTPServer((LOOPBACK, self._settings.port), _handler(page))
        except OSError as error:
            problem = f"the metrics page cannot listen at {LOOPBACK}:{self._settings.port}: {error.strerror}"
            raise OutletError(problem, "Set metrics.port to a free port, or to 0") from error
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()
        log.info("metrics at http://%s:%d%s", LOOPBACK, self.port, PATH)

    def stop(self) -> None:
        """Close the port; safe to call twice."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()


def _handler(page: Callable[[str], tuple[bytes, str]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = SILENT_S

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != PATH:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            if self.headers.get("Host", "").rpartition(":")[0] not in {LOOPBACK, "localhost"}:
                # A web page that has its own name lead to this address would otherwise read what it may not.
                self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
                return
            content, kind = page(self.headers.get("Accept", ""))
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class calls it so
            log.debug("%s", format % args)

    return Handler
