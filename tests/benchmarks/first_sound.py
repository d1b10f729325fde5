"""Times a reply to its first sound: ``python -m tests.benchmarks.first_sound [--replies N] [--core N] [--json]``.

espeak-ng and aplay are the real ones, ALSA's file device stands in for the sound card: what a card's own buffer adds is
not in it. The clock starts where the reply is handed to the speaker and stops where the device takes the first sound.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from pathlib import Path

from edge.affect import Language, Reply, Style
from edge.cli.bench.load import pinned
from edge.loop.latency import percentile
from edge.outlets.settings import SpeechSettings
from edge.outlets.speaker import Speaker

TEXTS = (
    (Language.EN, "That sounds heavy. Do you want to tell me more about it?"),
    (Language.ZH, "听起来很不容易。想多说一点吗？"),
    (Language.EN, "It sounds as if the meeting went on without you, and nobody asked. What would you have said?"),
    (Language.ZH, "忙了一整天，还没坐下来歇过。先喝口水，慢慢说。"),
)
STYLES = (Style(), Style(rate=0.9, pitch=-1.0, volume=0.85, melody=0.8, pause=1.3))
ALSA = """
pcm.!default {{ type file slave.pcm {{ type null }} file "{0}" format "wav" }}
ctl.!default {{ type hw card 0 }}
"""
WITHIN_S = 20.0


def first_sounds(replies: int) -> list[float]:
    """Milliseconds of each reply, in the order in which they were said."""
    found: list[float] = []
    sounded = threading.Event()

    def heard(reply: Reply, at_ns: int) -> None:
        found.append((at_ns - reply.captured_ns) / 1e6)
        sounded.set()

    with tempfile.TemporaryDirectory(prefix="rapport-first-sound-") as folder:
        config = Path(folder) / "asound.conf"
        config.write_text(ALSA.format(Path(folder) / "out.wav"), encoding="utf-8")
        os.environ["ALSA_CONFIG_PATH"] = str(config)
        speaker = Speaker(SpeechSettings(), heard)
        speaker.attach()
        for number in range(replies):
            language, text = TEXTS[number % len(TEXTS)]
            sounded.clear()
            style = STYLES[number // len(TEXTS) % len(STYLES)]
            speaker.offer(Reply(text, language, "reflect", time.monotonic_ns(), style))
            if not sounded.wait(WITHIN_S):
                break
            while speaker.speaking.is_set():
                time.sleep(0.01)
        speaker.stop()
    return found


def main() -> None:
    """Print p50, p95 and the largest, or with --json an object."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.first_sound", description="Reply to first sound.")
    parser.add_argument("--replies", type=int, default=40, help="how many (default 40)")
    parser.add_argument("--core", type=int, help="run on this core only, with the engine and the player")
    parser.add_argument("--json", action="store_true", help="print one object")
    arguments = parser.parse_args()
    with pinned(arguments.core):
        took = sorted(first_sounds(arguments.replies))
    figures = {"replies": len(took), "p50_ms": percentile(took, 50), "p95_ms": percentile(took, 95), "max_ms": took[-1]}
    if arguments.json:
        print(json.dumps(figures))
    else:
        print("  ".join(f"{name} {value:.1f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
