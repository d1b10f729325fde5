from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from converters.__main__ import COMMANDS, Command, guarded, main
from edge.errors import InputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator


def _fails(error: BaseException) -> int:
    raise error


def _typed() -> Iterator[tuple[list[str], str]]:
    """The words of every command, and its module."""
    for name, entry in COMMANDS.items():
        if isinstance(entry, Command):
            yield [name], entry.module
        else:
            yield from (([name, part], command.module) for part, command in entry.items())


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [[], *(words for words, _ in _typed())], ids=" ".join)
def test_help_is_shown_without_loading_tensorflow_or_onnx(words: list[str]) -> None:
    code = (
        "import sys\n"
        "from converters.__main__ import main\n"
        "try:\n"
        f"    main({[*words, '--help']})\n"
        "except SystemExit as done:\n"
        "    heavy = {'tensorflow', 'tf_keras', 'keras', 'onnx', 'torch'} & set(sys.modules)\n"
        "    raise SystemExit(f'loaded {heavy}' if heavy else done.code) from None\n"
    )
    done = _python(code)
    if done.returncode == 1 and "this command needs the package" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    assert f"usage: python -m converters {' '.join(words)}".strip() in done.stdout


def test_help_lists_every_command() -> None:
    done = _python("from converters.__main__ import main; main(['--help'])")
    for name in COMMANDS:
        assert re.search(rf"^ +{name}\b", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("words", [[], ["nonsense"], ["train"], ["train", "smell"], ["quantise"]])
def test_wrong_use_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: python -m converters" in capsys.readouterr().err


def test_failed_work_ends_with_1_and_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path_factory.mktemp("empty")
    assert main(["quantise", str(empty)]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"converters: there is no run in {empty}")
    assert "Traceback" not in told


def test_exit_codes_tell_failed_work_from_wrong_settings() -> None:
    assert guarded(lambda: 0) == 0
    assert guarded(lambda: _fails(InputError("a", "b"))) == 1
    assert guarded(lambda: _fails(SettingsError("a", "b"))) == 2


def test_ctrl_c_ends_with_1_and_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: _fails(KeyboardInterrupt())) == 1
    assert capsys.readouterr().err == "converters: stopped by hand; nothing more is written.\n"
    assert guarded(lambda: _fails(KeyboardInterrupt("stopped in epoch 2."))) == 1
    assert capsys.readouterr().err == "converters: stopped in epoch 2.\n"


def test_a_missing_workstation_package_is_named_with_the_command_that_installs_it() -> None:
    code = (
        "import sys\n"
        "sys.modules['tensorflow_model_optimization'] = None\n"
        "from converters.__main__ import guarded\n"
        "def work():\n"
        "    from tensorflow_model_optimization import sparsity\n"
        "raise SystemExit(guarded(work))"
    )
    done = _python(code)
    assert done.returncode == 1
    assert "this command needs the package tensorflow-model-optimization" in done.stderr
    assert "pip install -c constraints-convert.txt" in done.stderr


def test_a_mistake_of_ours_is_not_taken_for_a_missing_package() -> None:
    with pytest.raises(ModuleNotFoundError):
        guarded(lambda: _fails(ModuleNotFoundError("no module named 'converters.nothing'", name="converters.nothing")))


@pytest.mark.skipif(find_spec("tf_keras") is not None, reason="tf_keras is installed")
def test_training_without_keras_says_what_to_install() -> None:
    code = "from converters.__main__ import guarded; from converters.train.loop import begin; guarded(lambda: begin(0))"
    assert "this command needs the package tensorflow-cpu" in _python(code).stderr


def test_a_full_disk_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: Path("/dev/full").write_bytes(b"x")) == 1
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "run the same command again" in said
