"""The vault is forgotten, replaced or lost while a device has it open."""

from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING

import pytest

from edge.errors import VaultError
from edge.privacy.clerk import Clerk
from edge.privacy.forget import forget
from edge.privacy.vault import open_vault
from edge.privacy.vault_files import FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edge.privacy.vault import Vault


def put(vault: Vault, name: str) -> None:
    with vault.transaction() as transaction:
        transaction.run("INSERT INTO counter VALUES (?, 1)", name)


def names(vault: Vault) -> list[str]:
    return [str(name) for (name,) in vault.rows("SELECT name FROM counter ORDER BY name")]


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def test_what_is_written_after_forgetting_goes_into_a_new_vault(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    put(vault, "before")
    forget(tmp_path)
    put(vault, "after")
    assert names(vault) == ["after"]
    assert vault.renewals == 1
    vault.close()
    assert names(open_vault(tmp_path)) == ["after"]


def test_a_vault_whose_key_alone_is_gone_is_used_no_more_and_none_is_made_silently(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    put(vault, "before")
    (tmp_path / "vault.key").unlink()  # forgetting that was cut short
    for _ in range(2):
        with pytest.raises(VaultError, match=r"key of the vault .* is gone.*privacy forget"):
            put(vault, "after")
    forget(tmp_path)
    put(vault, "after")
    assert names(vault) == ["after"]


def test_another_vault_put_in_its_place_is_the_one_that_is_used(tmp_path: Path) -> None:
    other = open_vault(tmp_path / "other")
    put(other, "theirs")
    other.close()
    vault = open_vault(tmp_path / "mine")
    put(vault, "mine")
    forget(tmp_path / "mine")
    for name in (FILE, "vault.key"):
        shutil.copy2(tmp_path / "other" / name, tmp_path / "mine" / name)
    assert names(vault) == ["theirs"]
    (tmp_path / "mine" / "vault.key").write_text("ab" * 32)
    with pytest.raises(VaultError, match="of another key"):
        names(vault)


def test_the_clerk_sees_it_without_anybody_asking(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    clerk = Clerk(vault)
    clerk.start()
    forget(tmp_path)
    until(lambda: clerk.changes == 1)
    assert vault.renewals == 1
    clerk.stop(5)


def test_forgetting_among_writers_leaves_a_whole_vault_and_nothing_of_before(tmp_path: Path) -> None:
    vaults = [open_vault(tmp_path) for _ in range(2)]
    forgotten, done, flaws = threading.Event(), threading.Event(), []

    def write(vault: Vault) -> None:
        number = 0
        while not done.is_set():
            name = f"{id(vault)} {number} {'after' if forgotten.is_set() else 'before'}"
            try:
                put(vault, name)
            except VaultError as error:
                flaws.append(str(error))
            number += 1

    threads = [threading.Thread(target=write, args=(vault,)) for vault in vaults]
    for thread in threads:
        thread.start()
    for _ in range(3):
        time.sleep(0.05)
        forget(tmp_path)
    forgotten.set()
    time.sleep(0.1)
    forget(tmp_path)
    until(lambda: all(vault.renewals > 0 for vault in vaults))
    time.sleep(0.1)
    done.set()
    for thread in threads:
        thread.join()
    found = names(vaults[0])
    assert found
    assert not any(name.endswith("before") for name in found)
    assert {flaw.partition(":")[0] for flaw in flaws} <= {f"the vault {tmp_path / FILE} cannot be used"}
