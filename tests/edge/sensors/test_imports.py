from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CODE = """
import sys
import edge.sensors.camera, edge.sensors.microphone, edge.sensors.words, edge.sensors.session.build
from edge.sensors.settings import CameraSettings, MicrophoneSettings, WordsSettings
edge.sensors.camera.open_camera(CameraSettings(source="0"))
edge.sensors.microphone.open_microphone(MicrophoneSettings(source="default"))
edge.sensors.words.open_words(WordsSettings(source="wyoming://127.0.0.1:1", open="wake"))
print(sorted({"cv2", "pyaudio", "soundfile", "pymicro_wakeword", "wyoming"} & set(sys.modules)))
"""


def test_choosing_sensors_loads_no_driver() -> None:
    ran = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, timeout=50, check=True)
    assert ran.stdout == "[]\n"


def test_settings_of_sensors_load_no_numpy() -> None:
    code = "import sys, edge.sensors.settings; print('numpy' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=50, check=True)
    assert ran.stdout == "False\n"
