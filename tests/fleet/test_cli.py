from __future__ import annotations

import subprocess
import sys

import pytest

from edge.errors import InputError, SettingsError
from fleet.cli import COMMANDS, guarded, main

HEAVY = ("flwr", "ray", "dp_accounting", "sqlalchemy", "matplotlib", "cv2", "ai_edge_litert")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_loads_nothing_heavy(command: str) -> None:
    code = (
        "import sys\nfrom fleet.cli import main\n"
        f"try:\n    main([{command!r}, '-h'])\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"print('LOADED', [n for n in {HEAVY!r} if n in sys.modules])"
    )
    printed = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert printed.rstrip().endswith("LOADED []")
    assert f"python -m fleet {command}" in printed


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["-h"])
    assert end.value.code == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in COMMANDS)


def test_an_unknown_command_is_wrong_use() -> None:
    with pytest.raises(SystemExit) as end:
        main(["dance"])
    assert end.value.code == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("a setting is wrong", "Mend it"), 2),
        (InputError("a file is wrong", "Mend it"), 1),
        (KeyboardInterrupt(), 130),
        (ModuleNotFoundError("No module named 'flwr.app'", name="flwr.app"), 1),
    ],
)
def test_what_stops_a_command_has_its_exit_code(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> int:
        raise error

    assert guarded(work) == code
    told = capsys.readouterr().err
    assert "Traceback" not in told
    if isinstance(error, ModuleNotFoundError):
        assert "constraints-fleet.txt" in told


def test_a_module_that_is_ours_to_mend_is_not_called_an_extra() -> None:
    def work() -> int:
        raise ModuleNotFoundError(name="fleet.nowhere")

    with pytest.raises(ModuleNotFoundError):
        guarded(work)
