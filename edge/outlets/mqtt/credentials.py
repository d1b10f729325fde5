"""The files that prove to the broker who this device is, and to this device who the broker is."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from edge.errors import OutletError

if TYPE_CHECKING:
    from pathlib import Path

    from edge.outlets.mqtt.settings import MqttSettings


def password(settings: MqttSettings) -> str | None:
    """The content of the password file without the line's end; None when there is none. Raises OutletError."""
    path = settings.password_file
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, error, field="password_file") from error


def tls_context(settings: MqttSettings) -> ssl.SSLContext | None:
    """The TLS context (1.2 or later, the broker's certificate and name are checked); None without TLS.

    Raises:
        OutletError: when a file is missing or is not what it should be.
    """
    if not settings.tls:
        return None
    try:
        context = ssl.create_default_context(cafile=settings.tls_ca)
    except OSError as error:  # SSLError is one
        raise _unusable(settings.tls_ca, error, field="tls_ca") from error
    context.sslsocket_class = _Socket
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.tls_cert is not None and settings.tls_key is not None:
        try:
            # an encrypted key would make OpenSSL ask at a terminal that a device does not have
            context.load_cert_chain(settings.tls_cert, settings.tls_key, password=b"")
        except OSError as error:
            path = f"{settings.tls_cert} with {settings.tls_key}"
            raise _unusable(path, error, field="tls_cert") from error
    return context


class _Socket(ssl.SSLSocket):
    """Closes itself when the handshake fails; paho would leave it open."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - ssl's own signature
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def _unusable(path: Path | str | None, error: Exception, *, field: str) -> OutletError:
    reason = getattr(error, "strerror", None) or str(error)
    problem = f"mqtt.{field} ({path}) cannot be used: {reason}"
    return OutletError(problem, "Correct the path, its rights or the file's content")
