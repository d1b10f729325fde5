"""Who a report is from, without saying who: a name for one month, made from a secret of the vault.

Two months' names cannot be told to be the same household's by whoever lacks the secret (HMAC-SHA-256, RFC 2104).
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from edge.privacy.vault import Vault

BYTES = 32
LENGTH = 32
"""Hexadecimal digits of a pseudonym, 128 bits: of ten thousand households no two share one by chance."""


class Pseudonyms:
    """Made from the vault's secret; a new vault has a new one."""

    def __init__(self, vault: Vault) -> None:
        """Read the secret, or make it. Raises VaultError."""
        with vault.transaction() as transaction:
            transaction.run("INSERT OR IGNORE INTO privacy_secret VALUES (1, ?)", secrets.token_bytes(BYTES))
            ((secret,),) = transaction.rows("SELECT secret FROM privacy_secret")
        self._secret = bytes(secret) if isinstance(secret, bytes) else b""

    def of_month(self, day: date) -> str:
        """The name that this household has in the calendar month of ``day``."""
        return self._made(f"pseudonym {day:%Y-%m}").hex()[:LENGTH]

    def chosen(self, period: int, choices: int) -> int:
        """Which of ``choices`` is this period's: the same whenever it is asked, and known to nobody beforehand.

        128 bits are reduced, so no choice is likelier than another by more than 10⁻³⁰.
        """
        return int.from_bytes(self._made(f"hour {period}")[:16], "big") % choices

    def _made(self, text: str) -> bytes:
        return hmac.digest(self._secret, text.encode("ascii"), "sha256")
