from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from converters import metrics, plot
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_picture_has_a_dark_diagonal_where_the_model_is_right(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="drawing is the workstation's")
    truth = np.arange(60) % 3
    found = metrics.result(np.eye(3)[truth] * 0.7 + 0.1, truth, ("angry", "happy", "sad")) | {"ece_before": 0.2}
    plot.draw(found, "a model", tmp_path / "plot.png")
    picture = cv2.imread(str(tmp_path / "plot.png"))
    assert picture is not None
    assert picture.shape[0] > 300
    assert (picture.min(axis=2) < 120).mean() > 0.02
    with pytest.raises(InputError, match="cannot be written: No such file"):
        plot.draw(found, "a model", tmp_path / "nowhere" / "plot.png")


def test_without_matplotlib_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(InputError, match="pip install matplotlib"):
        plot.require()
    with pytest.raises(InputError, match="pip install matplotlib"):
        plot.svg_figure(2, 1, "a salt")


def test_the_same_figures_give_the_same_svg(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="drawing is the workstation's")
    for name in ("one.svg", "other.svg"):
        figure = plot.svg_figure(2, 1, "a salt")
        figure.subplots().plot([1, 2])
        plot.save_svg(figure, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()
