"""Kills a writer of the vault again and again: ``python -m tests.faults.vault --kills 200``. By hand, not in the tests.

A writer stores pairs of rows, and what a profile learned, and says each number once its transaction has ended. It is
killed (SIGKILL) at a random moment, its start included. Then the vault is opened and must have every pair that was said
to be stored, no half one, and the learned rows of one and the same save. After each kill a copy of the vault is cut or
gets one bit changed, and must be refused.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from edge.errors import VaultError
from edge.learning.store import Store
from edge.privacy.vault import open_vault
from edge.privacy.vault_files import FILE

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from edge.learning.store import Store
from edge.privacy.vault import open_vault
from tests.edge.learning.support import answer
vault = open_vault(Path(sys.argv[1]))
number = vault.rows("SELECT count(*) FROM counter")[0][0] // 2
store = Store(vault)
while True:
    with vault.transaction() as transaction:
        for half in "ab":
            transaction.run("INSERT INTO counter VALUES (?, ?)", f"{number} {half}", number)
    one = answer(after=(number % 100) / 100)
    store.save("Anna", enumerate([one] * 20), 90, store.revision("Anna"))
    print(number, flush=True)
    number += 1
"""


def main() -> int:
    """Exit 0 when nothing was lost and nothing damaged was opened, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.vault", description="Kill a writer of the vault.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument(
        "--longest", type=float, default=0.6, metavar="S", help="a writer lives at most so long at work"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    chance, seen = random.Random(arguments.seed), Counter[str]()  # noqa: S311 - draws moments
    with tempfile.TemporaryDirectory(prefix="rapport-vault-") as folder:
        state, said = Path(folder) / "state", -1
        for _ in range(arguments.kills):
            told = _killed(state, chance, arguments.longest)
            seen["kills"] += 1
            seen["killed before it wrote"] += not told
            said = max([said, *told])
            _look(state, said, seen)
            _harm(state, Path(folder) / "copy", chance, seen)
            if not arguments.json and sys.stderr.isatty():
                print(f"\r{seen['kills']} of {arguments.kills}", end="", file=sys.stderr)
    seen["acknowledged"] = said + 1
    wrong = ("lost", "half", "torn", "refused", "damaged and opened")
    figures = {name: seen[name] for name in ("kills", "killed before it wrote", "acknowledged", "harmed", *wrong)}
    print(json.dumps(figures) if arguments.json else "\n".join(f"{count:>8} {name}" for name, count in figures.items()))
    return int(any(seen[name] for name in wrong))


def _killed(state: Path, chance: random.Random, longest_s: float) -> list[int]:
    """The numbers that a writer said were stored before it was killed."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(state)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = []
        if chance.random() < 0.2:
            time.sleep(chance.random() * 1.5)
        elif line := process.stdout.readline():
            told.append(int(line))
            time.sleep(chance.random() * longest_s)
        process.kill()
        lines = process.stdout.read().split("\n")
    return told + [int(line) for line in lines[:-1]]


def _look(state: Path, said: int, seen: Counter[str]) -> None:
    """Count what is missing of what was said, and what is there by half."""
    try:
        vault = open_vault(state)
    except VaultError as error:
        print(error, file=sys.stderr)
        seen["refused"] += 1
        return
    halves = Counter(int(str(value)) for (value,) in vault.rows("SELECT value FROM counter"))
    learned = Store(vault).read("Anna") or ()
    ((whole,),) = vault.rows("PRAGMA integrity_check(1)")
    vault.close()
    seen["lost"] += sum(number not in halves for number in range(said + 1))
    seen["half"] += sum(count != 2 for count in halves.values())
    seen["torn"] += len({one.after for one in learned}) > 1 or len(learned) not in {0, 20} or whole != "ok"


def _harm(state: Path, copy: Path, chance: random.Random, seen: Counter[str]) -> None:
    """Spoil a copy, and count it when it opens."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(state, copy)
    path = copy / FILE
    content = bytearray(path.read_bytes())
    at = chance.randrange(len(content))
    if chance.random() < 0.5:
        content[at] ^= 1 << chance.randrange(8)
    else:
        del content[at:]
    path.write_bytes(content)
    seen["harmed"] += 1
    try:
        open_vault(copy).close()
    except VaultError:
        return
    seen["damaged and opened"] += 1


if __name__ == "__main__":
    sys.exit(main())
