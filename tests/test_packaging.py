"""What goes into a wheel, read from pyproject.toml: a build would need the network."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

from edge.accelerators.card import read_card

ROOT = Path(__file__).resolve().parents[1]
SHARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
    "wheel"
]
FOLDERS = sorted(path.parent for path in (ROOT / "models").glob("*/card.toml"))


def test_every_model_is_shipped_and_of_others_weights_only_card_and_golden_vector() -> None:
    wanted = {"firmware_configs", "models/manifest.toml", "models/manifest.sig"}
    for folder in FOLDERS:
        place = f"models/{folder.name}"
        wanted |= {f"{place}/card.toml", f"{place}/golden.npz"} if read_card(folder).origin else {place}
    assert set(SHARED["shared-data"]) == wanted
    assert all(target == f"share/rapport/{source}" for source, target in SHARED["shared-data"].items())


def test_weights_of_others_are_not_committed() -> None:
    tracked = subprocess.check_output(["git", "ls-files", "models"], cwd=ROOT, text=True).split()
    for folder in FOLDERS:
        card = read_card(folder)
        assert (f"models/{folder.name}/{card.file}" in tracked) == (card.origin is None)
