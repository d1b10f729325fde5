"""The page in a real Chromium: it is drawn, it moves, it is told to who cannot see it, and it needs nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.affect import Emotion, Language
from edge.cli.bench.broker import free_port
from edge.outlets.avatar.outlet import Avatar
from edge.outlets.avatar.settings import AvatarSettings
from tests.browser import Tab, running_browser
from tests.edge.outlets.avatar.samples import reply, state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

pytestmark = pytest.mark.timeout(120)
SIDE = 480
LABEL = "document.getElementById('face').getAttribute('aria-label')"
HEAD = "document.getElementById('head').getAttribute('transform')"
MOUTH = "document.getElementById('mouth').getAttribute('d')"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with running_browser(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def face() -> Iterator[Avatar]:
    settings = AvatarSettings(enabled=True, port=free_port())
    avatar = Avatar(settings, name="Hall", language=Language.EN, words_per_minute=165)
    avatar.attach()
    yield avatar
    avatar.stop()


def visit(tab: Tab, face: Avatar, **media: str) -> None:
    """Open the page, and wait until it is told what moves."""
    tab.events.clear()
    tab.media(**{"prefers_color_scheme": "light", "prefers_reduced_motion": "no-preference", **media})
    tab.call("Page.navigate", url=face.address)
    tab.until("document.readyState === 'complete' && moves !== null && moves.readyState === EventSource.OPEN")
    tab.until("document.body.style.backgroundColor !== ''")


def pixels(tab: Tab) -> NDArray[np.uint8]:
    drawn = cv2.imdecode(np.frombuffer(tab.screenshot(SIDE, SIDE), np.uint8), cv2.IMREAD_COLOR)
    assert drawn is not None
    return drawn.astype(np.uint8)


def test_it_is_drawn_and_asks_nobody_but_the_device(tab: Tab, face: Avatar) -> None:
    visit(tab, face)
    drawn = pixels(tab)
    blue, _, red = (int(value) for value in drawn[SIDE // 2, SIDE // 2])
    assert red > blue + 40, "an amber face"
    eye = drawn[SIDE // 2 - 24 : SIDE // 2 + 24, SIDE // 2 - 96 : SIDE // 2 - 36]
    assert (eye.max(axis=2) < 100).sum() > 500, "with eyes"
    assert tab.complaints() == []
    assert all(address.startswith(face.address or "-") for address in tab.requested())
    assert {address.rpartition("/")[2].partition("?")[0] for address in tab.requested()} >= {
        "face.css",
        "face.js",
        "moves",
    }


def test_it_breathes(tab: Tab, face: Avatar) -> None:
    visit(tab, face)
    before = tab.evaluate(HEAD)
    tab.until(f"{HEAD} !== {before!r}")


def test_it_follows_the_state_and_tells_it_to_who_cannot_see(tab: Tab, face: Avatar) -> None:
    visit(tab, face)
    tab.until(f"{LABEL} === 'The face of Hall: calm'")
    mouth = tab.evaluate(MOUTH)
    face.offer(state(Emotion.HAPPY))
    tab.until(f"{LABEL} === 'The face of Hall: smiling'")
    tab.until(f"{MOUTH} !== {mouth!r}")
    face.offer(reply("听起来很不容易。", language=Language.ZH))
    tab.until(f"{LABEL} === 'Hall的脸：微笑，正在说话'")
    assert tab.evaluate("document.documentElement.lang") == "zh"


def test_who_asks_for_less_movement_gets_none(tab: Tab, face: Avatar) -> None:
    visit(tab, face, prefers_reduced_motion="reduce")
    assert "still=1" in tab.evaluate("moves.url")
    before = tab.evaluate(HEAD)
    face.offer(state(Emotion.HAPPY))
    tab.until(f"{LABEL} === 'The face of Hall: smiling'")
    assert tab.evaluate(HEAD) == before
    tab.media(prefers_reduced_motion="no-preference")
    tab.until(f"{HEAD} !== {before!r}")


def test_in_a_dark_room_the_page_is_dark(tab: Tab, face: Avatar) -> None:
    visit(tab, face, prefers_color_scheme="dark")
    assert pixels(tab)[3, 3].max() < 40
    tab.media(prefers_color_scheme="light")
    tab.until("document.body.style.backgroundColor === 'rgb(250, 244, 236)'")


def test_a_device_that_has_stopped_fades(tab: Tab, face: Avatar) -> None:
    visit(tab, face)
    face.stop()
    tab.until("document.getElementById('face').classList.contains('away')")
