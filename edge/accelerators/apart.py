"""The check of a signature in a short process of its own: the library's 6.6 MiB are needed once, at the start."""

from __future__ import annotations

import logging
import subprocess
import sys

from edge.accelerators.keys import PublicKey, is_signed

log = logging.getLogger(__name__)

KEY_BYTES, SIGNATURE_BYTES = 32, 64
"""Of a raw public key and of a signature (RFC 8032, 5.1)."""
SECONDS = 20.0
"""How long the check may take, on the slowest board."""
YES, NO = b"signed", b"not signed"
LIBRARY = "cryptography.hazmat.bindings._rust"
"""What is large of it; where it is loaded already, nothing is saved."""


def is_signed_apart(content: bytes, signature: bytes, key: PublicKey) -> bool:
    """As ``is_signed``. Without one of two clear answers the check is made in this process, whatever it costs."""
    if not sys.executable or LIBRARY in sys.modules:
        return is_signed(content, signature, key)
    try:
        # -I: no environment variable and no folder decides which code is run
        command = [sys.executable, "-I", "-m", __name__]
        asked = key.raw + signature + content
        said = subprocess.run(command, input=asked, capture_output=True, timeout=SECONDS, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        log.info("the signature is checked in this process: %s", error)
        return is_signed(content, signature, key)
    return said == YES if said in {YES, NO} else is_signed(content, signature, key)


def answer(asked: bytes) -> bytes:
    """What is said of a key, a signature and a content, one behind the other."""
    key, rest = asked[:KEY_BYTES], asked[KEY_BYTES:]
    return YES if is_signed(rest[SIGNATURE_BYTES:], rest[:SIGNATURE_BYTES], PublicKey(key, "")) else NO


if __name__ == "__main__":
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))
