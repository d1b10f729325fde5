"""Environments of the peers under ``var/peers``, made once. Nothing of a peer comes into ours."""

from __future__ import annotations

import subprocess
import sys
import venv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = {
    "vader": ["vaderSentiment==3.3.2"],
    "opensmile": ["opensmile==2.6.0"],
    "librosa": ["librosa==0.11.0"],
    # fer asks for torch, several GB, for a detector that is not used here: its own package comes without dependencies.
    "fer": [
        *("tensorflow", "opencv-contrib-python==4.11.0.86", "numpy<2", "moviepy==1.0.3", "ffmpeg-python", "requests"),
        *("tqdm", "pandas", "matplotlib", "pillow", "setuptools<81"),
    ],
}
ALONE = {"fer": ["fer==25.10.3"]}
NODE = ["@vladmandic/human@3.3.6", "@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-wasm@4.22.0"]


def python_of(home: Path, name: str) -> Path:
    """The interpreter of a peer's environment, with the peer in it. Raises CalledProcessError."""
    folder = home / name
    done = folder / "installed"
    if not done.exists():
        print(f"== installing {name} into {folder} (once)", file=sys.stderr, flush=True)
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin" / "pip"), "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, *PYTHON[name]], check=True)
        if name in ALONE:
            subprocess.run([*pip, "--no-deps", *ALONE[name]], check=True)
        done.touch()
    return folder / "bin" / "python"


def modules_of(home: Path) -> Path:
    """The folder of the Node packages. Raises CalledProcessError, or OSError where npm is missing."""
    folder = home / "node"
    done = folder / "installed"
    if not done.exists():
        print(f"== installing {NODE[0]} into {folder} (once)", file=sys.stderr, flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *NODE], cwd=folder, check=True)
        done.touch()
    return folder
