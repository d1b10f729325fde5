from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.first_sound import TEXTS, first_sounds
from tests.edge.outlets.sound import needs_aplay, needs_espeak

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


@needs_espeak
@needs_aplay
def test_every_reply_has_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "restored-after-the-test"))
    took = first_sounds(len(TEXTS))
    assert len(took) == len(TEXTS)
    assert all(milliseconds > 0 for milliseconds in took)
