"""What the walls promise, proved in fresh interpreters."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("cv2", "ai_edge_litert", "tflite_runtime", "numpy", "paho", "pyaudio", "soundfile")
NOT_FOR_SETTINGS = ("cv2", "ai_edge_litert", "tflite_runtime", "pyaudio", "soundfile")


def loaded_after(statement: str, names: tuple[str, ...]) -> set[str]:
    code = f"import sys; {statement}; print([n for n in {names!r} if n in sys.modules])"
    return set(eval(subprocess.check_output([sys.executable, "-c", code], text=True)))  # noqa: S307 - our own list


def test_import_edge_loads_nothing_heavy() -> None:
    assert loaded_after("import edge", HEAVY) == set()


def test_settings_load_without_interpreter_and_opencv() -> None:
    assert loaded_after("import edge.settings; edge.settings.load(None, {})", NOT_FOR_SETTINGS) == set()


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "demo",
        "sense",
        "doctor",
        "explain",
        "bench",
        "models",
        "consent",
        "wellbeing",
        "profile",
        "settings",
        "avatar",
        "feedback",
        "learned",
        "privacy",
        "report",
    ],
)
def test_the_help_of_a_command_needs_no_interpreter(command: str) -> None:
    code = (
        "import sys\nfrom edge.cli import main\n"
        f"try:\n    main([{command!r}, '-h'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"print('LOADED', [n for n in {NOT_FOR_SETTINGS!r} if n in sys.modules])"
    )
    printed = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert printed.rstrip().endswith("LOADED []")
    assert f"rapport {command}" in printed
