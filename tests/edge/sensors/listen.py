"""Run by test_device_microphone in a process of its own, whose ALSA plays a file as the microphone.

Arguments: the source, the number of chunks, where the samples go. Prints a JSON object: the files that were open
before attach, while reading and after stop, and whether PyAudio was loaded before attach.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from edge.sensors.microphone import open_microphone
from edge.sensors.settings import MicrophoneSettings
from tests.edge.sensors.support import open_paths


def _sources() -> list[str]:
    return [path for path in open_paths() if path.endswith("mic.raw") or path.startswith("/dev/snd")]


def main(source: str, count: int, target: str) -> None:
    microphone = open_microphone(MicrophoneSettings(source=source))
    assert microphone is not None
    before, loaded = _sources(), "pyaudio" in sys.modules
    microphone.attach()
    chunks = [microphone.read() for _ in range(count)]
    during = _sources()
    microphone.stop()
    np.save(target, np.concatenate([chunk.samples for chunk in chunks if chunk is not None]))
    print(json.dumps({"before": before, "loaded": loaded, "during": during, "after": _sources()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
