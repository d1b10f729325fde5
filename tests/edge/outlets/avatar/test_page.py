"""The page as programs fetch it: what it gives, to whom, and what it is told while somebody looks."""

from __future__ import annotations

import http.client
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from edge.affect import Emotion, Language
from edge.cli.bench.broker import free_port
from edge.errors import OutletError
from edge.outlets.avatar import page as module
from edge.outlets.avatar.outlet import Avatar
from edge.outlets.avatar.page import WATCHERS, AvatarPage, changes
from edge.outlets.avatar.palette import palette
from edge.outlets.avatar.settings import AvatarSettings
from tests.broker import until
from tests.edge.outlets.avatar.samples import state

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(module.__file__).parent
NAME = "Hall <b>&"


@pytest.fixture
def face() -> Iterator[Avatar]:
    settings = AvatarSettings(enabled=True, port=free_port(), size=64, fps=60)
    avatar = Avatar(settings, name=NAME, language=Language.EN, words_per_minute=165)
    avatar.attach()
    yield avatar
    avatar.stop()


def ask(face: Avatar, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", face.settings.port, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return connection.getresponse()


class Watcher:
    """A page that looks, as far as the protocol goes."""

    def __init__(self, face: Avatar, query: str = "") -> None:
        self.answer = ask(face, f"/moves{query}")

    def event(self) -> dict[str, Any]:
        while True:
            line = self.answer.readline()
            assert line, "the stream has ended"
            if line.startswith(b"data: "):
                told: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return told

    def close(self) -> None:
        self.answer.close()


def test_the_page_comes_with_the_face_in_it_and_may_load_nothing_from_elsewhere(face: Avatar) -> None:
    answer = ask(face, "/")
    page = answer.read().decode()
    assert answer.status == 200
    assert 'lang="en"' in page
    assert 'role="img" aria-label="The face of Hall &lt;b&gt;&amp;: calm"' in page
    assert 'id="mouth"' in page
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    for name in ("face.html", "face.css", "face.js"):
        written = (HERE / name).read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "//" not in re.sub(r"^// .*$", "", written, flags=re.MULTILINE)
        assert not re.search(r"style=|onload=|<script>|@import|url\(", written)


@pytest.mark.parametrize(
    ("path", "kind", "begins"),
    [
        ("/face.css", "text/css", b"html"),
        ("/face.js", "text/javascript", b"//"),
        ("/face.svg", "image/svg+xml", b"<svg"),
        ("/face.png", "image/png", b"\x89PNG"),
    ],
)
def test_each_file_has_its_type(face: Avatar, path: str, kind: str, begins: bytes) -> None:
    answer = ask(face, path)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith(kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.read().startswith(begins)


def test_nothing_else_is_given_and_only_to_this_machine_and_this_page(face: Avatar) -> None:
    port = face.settings.port
    assert ask(face, "/../page.py").status == 404
    assert ask(face, "/face.svg", Host="rebound.example:80").status == 421
    assert ask(face, "/face.svg", Host=f"localhost:{port}").status == 200
    assert ask(face, "/moves", Host="rebound.example").status == 421
    for site, status in (("same-origin", 200), ("none", 200), ("cross-site", 403), ("same-site", 403)):
        assert ask(face, "/face.svg", Sec_Fetch_Site=site).status == status


def test_it_listens_on_loopback_only(face: Avatar) -> None:
    port = f":{face.settings.port:04X}"
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    assert [row[1] for row in rows if row[3] == "0A" and row[1].endswith(port)] == [f"0100007F{port}"]


def test_a_taken_port_is_named(face: Avatar) -> None:
    with pytest.raises(OutletError, match=rf"127\.0\.0\.1:{face.settings.port}.*avatar\.port"):
        AvatarPage(face).attach()


def test_without_the_extra_a_picture_is_refused_with_the_remedy_and_the_page_works(
    face: Avatar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "resvg_py", None)
    answer = ask(face, "/face.png")
    assert answer.status == 503
    assert "rapport-edge[avatar]" in answer.read().decode()
    assert ask(face, "/").status == 200


def test_who_looks_is_told_everything_once_and_then_what_moves(face: Avatar) -> None:
    watcher = Watcher(face, "?shade=dark")
    first = watcher.event()
    assert {"mouth", "eye-left", "skin-0", "head"} <= first["shapes"].keys()
    assert first["label"] == f"The face of {NAME}: calm"
    assert first["ground"] == "#130e0a"
    while "head" not in (later := watcher.event())["shapes"]:
        assert "skin-0" not in later["shapes"]
        assert "label" not in later
    face.offer(state(Emotion.HAPPY))
    mouths = set()
    while "label" not in watcher.event():
        pass
    for _ in range(8):
        mouths.add(watcher.event()["shapes"].get("mouth", {}).get("d"))
    assert len(mouths) > 2, "it glides, and does not jump"
    watcher.close()


def test_who_wants_no_movement_is_told_of_another_look_only(face: Avatar) -> None:
    watcher = Watcher(face, "?still=1")
    watcher.event()
    face.offer(state(Emotion.HAPPY))
    told = watcher.event()
    assert told["label"].endswith("smiling")
    assert "head" not in told["shapes"]
    watcher.close()


def test_another_theme_and_colour_are_seen_at_once_by_who_looks(face: Avatar) -> None:
    watcher = Watcher(face, "?shade=dark&still=1")
    assert watcher.event()["ground"] == palette("dark", "amber", 0, 0).background
    face.adopt(face.settings.model_copy(update={"theme": "light", "colour": "sky"}), 165)
    assert watcher.event()["ground"] == palette("light", "sky", 0, 0).background
    watcher.close()


def test_only_so_many_pages_may_look_and_one_that_goes_makes_room(face: Avatar) -> None:
    watchers = [Watcher(face) for _ in range(WATCHERS)]
    for watcher in watchers:
        watcher.event()
    assert ask(face, "/moves").status == 503
    watchers.pop().close()

    def admitted() -> bool:
        another = Watcher(face)
        watchers.append(another)
        return another.answer.status == 200

    until(admitted)
    for watcher in watchers:
        watcher.close()


def test_when_the_device_stops_the_stream_ends(face: Avatar) -> None:
    watcher = Watcher(face, "?still=1")
    watcher.event()
    face.stop()
    assert watcher.answer.read().strip() == b""


def test_the_theme_of_the_settings_is_stronger_than_the_browser() -> None:
    face = Avatar(AvatarSettings(theme="light", port=1), name="x", language=Language.EN, words_per_minute=165)
    assert AvatarPage(face).shade("dark") == "light"
    face.adopt(AvatarSettings(theme="auto"), 165)
    assert AvatarPage(face).shade("dark") == "dark"
    assert AvatarPage(face).shade("<script>") == "light"


def test_the_page_has_the_background_of_the_face_before_it_is_told_of_it() -> None:
    written = (HERE / "face.css").read_text(encoding="utf-8")
    assert set(re.findall(r"#[0-9a-f]{6}", written)) == {
        palette("light", "amber", 0, 0).background,
        palette("dark", "amber", 0, 0).background,
    }


def test_changes_are_those_attributes_that_differ() -> None:
    before = {"a": {"d": "1", "fill": "red"}, "b": {"r": "2"}}
    after = {"a": {"d": "1", "fill": "blue"}, "b": {"r": "2"}, "c": {"x": "0"}}
    assert changes(before, after) == {"a": {"fill": "blue"}, "c": {"x": "0"}}
    assert changes(after, after) == {}
