"""Run by test_live_microphone in a process of its own: listens as a lane does, and prints what it meets, a line each.

Arguments: the source, and the table [microphone.health] as JSON. Ends when standard input does.
"""

from __future__ import annotations

import json
import sys
import threading

from edge.errors import SensorGone
from edge.sensors.device_microphone import DeviceMicrophone
from edge.sensors.settings import MicrophoneSettings


def main(source: str, health: str) -> None:
    settings = MicrophoneSettings.model_validate({"source": source, "hop_s": 0.1, "health": json.loads(health)})
    microphone = DeviceMicrophone(settings)
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    while not ended.is_set():
        try:
            microphone.attach()
            while not ended.is_set():
                chunk = microphone.read()
                if chunk is None:
                    break
                level = microphone.level
                _tell(
                    peak=int(abs(chunk.samples.astype(int)).max()),
                    condition=microphone.condition() or "",
                    dbfs=None if level is None else level.dbfs,
                    clipped=None if level is None else level.clipped,
                )
        except SensorGone as error:
            _tell(gone=error.problem)
            ended.wait(0.25)
        finally:
            microphone.stop()


def _wait_for_end(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


def _tell(**what: object) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
