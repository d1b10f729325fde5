"""The key that a device signs its updates with: made once, and kept in the vault."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from edge.privacy.vault import Vault


def device_key(vault: Vault) -> Ed25519PrivateKey:
    """The device's own Ed25519 key. Raises VaultError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    fresh = Ed25519PrivateKey.generate().private_bytes_raw()
    with vault.transaction() as transaction:
        transaction.run("INSERT OR IGNORE INTO fleet_key VALUES (1, ?)", fresh)
        ((raw,),) = transaction.rows("SELECT private FROM fleet_key")
    return Ed25519PrivateKey.from_private_bytes(cast("bytes", raw))
