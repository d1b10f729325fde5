from __future__ import annotations

import shutil
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.errors import InputError, SensorError
from edge.sensors.microphone import read_audio
from edge.sensors.session import speech
from edge.sensors.session.build import build
from edge.sensors.session.lids import shut_lids
from edge.sensors.session.pictures import frames
from edge.sensors.session.script import SCRIPT, read_script
from edge.sensors.text_file import read_score

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from edge.sensors.session.build import Session

SHORT = """
seconds = 6.0
seed = 1
[portrait]
face_x = 60
face_y = 60
face_width = 40
[video]
width = 160
height = 120
fps = 5
face_width = 50
zoom = 0.1
zoom_s = 3.0
pan = 4
pan_s = 2.0
[sound]
room_dbfs = -60.0
"""
SCENES = """
[[scene]]
at = 0.0
kind = "bright"
[[scene]]
at = 1.0
kind = "dark"
gain = 0.05
noise = 4.0
[[scene]]
at = 2.0
kind = "turned"
yaw = 60.0
roll = 30.0
[[scene]]
at = 3.0
kind = "covered"
covered = 0.8
[[scene]]
at = 4.0
kind = "empty"
[[scene]]
at = 5.0
kind = "bright"
[[words]]
at = 1.5
mood = "happy"
text = "Good morning!"
[[words]]
at = 4.0
mood = "unclear"
text = "嗯。"
"""
SPEECH = """
[[speech]]
at = 0.5
voice = "en"
rate = 240
pitch = 90
dbfs = -11.0
text = "Stop it now!"
[[speech]]
at = 3.0
voice = "cmn"
rate = 180
pitch = 20
dbfs = -30.0
text = "你好。"
"""
has_speech = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A red board with a green face, so that each pixel tells what it is."""
    path = tmp_path_factory.mktemp("portrait") / "portrait.png"
    picture = np.full((120, 120, 3), (40, 40, 220), np.uint8)
    cv2.circle(picture, (60, 60), 20, (40, 220, 40), cv2.FILLED)
    cv2.imwrite(str(path), picture)
    return path


def _script(folder: Path, body: str = SCENES + SPEECH) -> Path:
    path = folder / "script.toml"
    path.write_text(SHORT + body, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def pictures(portrait: Path, tmp_path_factory: pytest.TempPathFactory) -> list[NDArray[np.uint8]]:
    return list(frames(read_script(_script(tmp_path_factory.mktemp("script"))), portrait))


def _green(picture: NDArray[np.uint8]) -> int:
    """Pixels of the face."""
    blue, green, red = (picture[..., channel].astype(int) for channel in range(3))
    return int(((green > 150) & (red < 100) & (blue < 100)).sum())


def _red(picture: NDArray[np.uint8]) -> int:
    """Pixels of the board."""
    return int(((picture[..., 2] > 150) & (picture[..., 1] < 100)).sum())


def _mtimes(session: Session) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in session.camera.parent.iterdir()}


def test_there_are_as_many_pictures_as_the_script_says(pictures: list[NDArray[np.uint8]]) -> None:
    assert len(pictures) == 30
    assert {picture.shape for picture in pictures} == {(120, 160, 3)}


def test_the_bright_face_has_the_size_of_the_script_and_moves(pictures: list[NDArray[np.uint8]]) -> None:
    widths = [np.flatnonzero((picture[..., 1] > 150).any(axis=0)) for picture in pictures[:5]]
    assert all(44 <= columns[-1] - columns[0] <= 56 for columns in widths)
    assert len({int(columns[0]) for columns in widths}) > 1


def test_dark_pictures_are_dark(pictures: list[NDArray[np.uint8]]) -> None:
    assert all(picture.mean() < 12 for picture in pictures[5:10])
    assert pictures[5].std() > 1


def test_the_turned_face_is_narrow(pictures: list[NDArray[np.uint8]]) -> None:
    assert 0 < _green(pictures[12]) < 0.7 * _green(pictures[0])


def test_the_covered_face_is_mostly_hidden(pictures: list[NDArray[np.uint8]]) -> None:
    assert all(_green(picture) < 0.4 * _green(pictures[0]) for picture in pictures[15:20])
    assert all(_red(picture) > 1000 for picture in pictures[15:20])


def test_empty_pictures_have_no_portrait(pictures: list[NDArray[np.uint8]]) -> None:
    assert all(_green(picture) == 0 and _red(picture) == 0 for picture in pictures[20:25])
    assert _green(pictures[25]) > 1000


def test_pictures_are_the_same_on_every_run(pictures: list[NDArray[np.uint8]], portrait: Path, tmp_path: Path) -> None:
    again = frames(read_script(_script(tmp_path)), portrait)
    assert all(np.array_equal(old, new) for old, new in zip(pictures, again, strict=True))


@has_speech
def test_a_session_is_a_video_a_sound_and_a_text(portrait: Path, tmp_path: Path) -> None:
    session = build(tmp_path / "session", portrait, _script(tmp_path))
    assert session.missing == ()
    video = cv2.VideoCapture(str(session.camera))
    assert (video.get(cv2.CAP_PROP_FRAME_COUNT), video.get(cv2.CAP_PROP_FPS)) == (30, 5)
    assert session.microphone is not None
    assert len(read_audio(session.microphone)) == 6 * 16_000
    score = read_score(session.words.read_bytes(), 100, 1.0)
    assert [(line.at_s, line.words) for line in score.lines] == [(1.5, "Good morning!"), (4.0, "嗯。")]
    assert score.length_s == 6.0


@has_speech
def test_speech_is_where_and_as_loud_as_the_script_says(tmp_path: Path) -> None:
    script = read_script(_script(tmp_path))
    loud, quiet = (speech.spoken(line) for line in script.speech)
    levels = [20 * np.log10(np.sqrt(np.mean(np.square(said)))) for said in (loud, quiet)]
    assert np.allclose(levels, [-11.0, -30.0], atol=0.2)
    heard = speech.sound(script) / 32768
    assert np.abs(heard[:7500]).max() < 0.01
    assert np.abs(heard[8000 : 8000 + len(loud)] - loud).max() < 0.01


@has_speech
def test_an_unknown_voice_is_named(tmp_path: Path) -> None:
    path = _script(tmp_path, SCENES + SPEECH.replace('"cmn"', '"atlantean"'))
    with pytest.raises(SensorError, match="cannot speak with voice 'atlantean'"):
        speech.sound(read_script(path))


def test_a_second_build_makes_nothing(portrait: Path, tmp_path: Path) -> None:
    script = _script(tmp_path, SCENES)
    first = build(tmp_path / "session", portrait, script)
    before = _mtimes(first)
    assert build(tmp_path / "session", portrait, script) == first
    assert _mtimes(first) == before


def test_another_script_or_a_lost_file_is_built_anew(portrait: Path, tmp_path: Path) -> None:
    first = build(tmp_path / "session", portrait, _script(tmp_path, SCENES))
    before = _mtimes(first)
    first.words.unlink()
    build(tmp_path / "session", portrait, _script(tmp_path, SCENES))
    assert first.words.is_file()
    build(tmp_path / "session", portrait, _script(tmp_path, SCENES.replace("Good morning!", "Good evening!")))
    assert "Good evening!" in first.words.read_text(encoding="utf-8")
    assert _mtimes(first)["camera.avi"] > before["camera.avi"]
    assert sorted(_mtimes(first)) == sorted(before)


def test_without_espeak_the_speech_is_left_out_aloud(
    portrait: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    session = build(tmp_path / "session", portrait, _script(tmp_path))
    assert session.microphone is None
    assert session.camera.is_file()
    assert session.words.is_file()
    (missing,) = session.missing
    assert missing.endswith("type: sudo apt install espeak-ng")


def test_without_a_portrait_the_set_up_is_named(tmp_path: Path) -> None:
    with pytest.raises(SensorError, match=r"is made of .*none\.png.*Run the set-up again"):
        build(tmp_path / "session", tmp_path / "none.png", _script(tmp_path))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("[[scene", "is not valid TOML"),
        ("", r"wrong at scene: Field required"),
        ('[[scene]]\nat = 0.0\nkind = "upside-down"\n', r"wrong at scene\.0\.kind: .*'bright'.* found 'upside-down'"),
        ('[[scene]]\nat = 1.0\nkind = "bright"\n', r"scenes start at \[1\.0\], wanted ascending times from 0"),
        (
            SCENES.replace("at = 4.0\nmood", "at = 44.0\nmood"),
            r"something starts at 44\.0 s, and the session has 6\.0 s",
        ),
        (SCENES + "[[speech]]\nat = 1.0\n", r"wrong at speech\.0\.voice: Field required"),
    ],
)
def test_a_wrong_script_names_file_and_field(tmp_path: Path, body: str, says: str) -> None:
    with pytest.raises(InputError, match=rf"script\.toml .*{says}"):
        read_script(_script(tmp_path, body))


def test_a_scene_that_shuts_eyes_must_know_where_they_are(tmp_path: Path) -> None:
    scenes = SCENES.replace('kind = "covered"', 'kind = "asleep"\nshut = 1.0')
    with pytest.raises(InputError, match=r"\[\[portrait\.eye\]\] does not say where they are"):
        read_script(_script(tmp_path, scenes))


def test_lids_that_are_drawn_shut_hide_the_eye_and_change_nothing_else() -> None:
    skin, white = 120, 250
    picture = np.full((80, 120, 3), skin, np.uint8)
    cv2.ellipse(picture, (60, 40), (20, 8), 0, 0, 360, (white,) * 3, cv2.FILLED)
    across = np.linspace(39, 81, 9)
    bow = 9.5 * np.sqrt(np.clip(1 - ((across - 60) / 21) ** 2, 0, 1))
    eye = (np.stack([across, 40 - bow], axis=1), np.stack([across, 40 + bow], axis=1))
    shown = [int((shut_lids(picture, [eye], part) > 200).sum()) for part in (0.0, 0.5, 1.0)]
    assert shown[0] == (picture > 200).sum()
    assert shown[1] == pytest.approx(shown[0] / 2, rel=0.15)
    assert shown[2] <= 0.01 * shown[0], "but for the corners"
    shut = shut_lids(picture, [eye], 1.0)
    assert (shut[:, :38] == skin).all()
    assert (shut[52:] == skin).all()


def test_the_bundled_script_is_as_it_is_described() -> None:
    script = read_script(SCRIPT)
    assert {scene.kind for scene in script.scene} == {"bright", "dark", "turned", "covered", "empty"}
    chinese = [line for line in script.words if any("\u4e00" <= letter <= "\u9fff" for letter in line.text)]
    assert len(chinese) == len(script.words) - len(chinese) == 6
    assert [line.mood for line in script.words].count("unclear") == 2
    starts = [line.at for line in script.words]
    assert all(3.0 <= b - a <= 4.0 for a, b in pairwise(starts))
    assert {line.voice.split("-")[0] for line in script.speech} == {"en", "cmn"}
