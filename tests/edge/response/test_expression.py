from __future__ import annotations

import logging
import math
from dataclasses import astuple, fields
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models
from edge.affect import EMOTIONS, Emotion, Language, Look, Style
from edge.answering import Answering
from edge.errors import ModelError
from edge.response.drawn import FACE, VOICE, Drawer
from edge.response.expression import Expression
from edge.response.responder import Responder
from edge.response.settings import ResponseSettings
from edge.response.stance import BEARINGS, stance_for
from edge.response.strategy import Strategy
from edge.response.style import TOWARDS, style_for
from edge.safety.context import context
from edge.safety.crisis import CALM
from edge.settings import load
from tests.edge.response.support import BOTH, SECOND, said, state_of

if TYPE_CHECKING:
    from edge.response.drawn import Drawn

MODELS = Models(Path(__file__).resolve().parents[3] / "models", Cpu())
LABELS = (*EMOTIONS, None)
REPLIES = 12


def expression(place: str = "home", seed: int = 3) -> Expression:
    made = Expression(place, MODELS, seed)
    assert made.missing is None
    return made


def voices(drawer: Drawer, emotion: Emotion, n: int = 150) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    found = []
    for _ in range(n):
        drawer.begin()
        drawn = drawer.draw(emotion)
        found.append(drawn.voice + drawn.face)
    return np.array(found)


@pytest.fixture(scope="module")
def means() -> dict[Emotion, dict[str, float]]:
    """Of each emotion the mean of every part that is drawn."""
    drawer = Drawer(MODELS, 0)
    return {
        emotion: dict(zip(VOICE + FACE, voices(drawer, emotion).mean(axis=0).tolist(), strict=True))
        for emotion in EMOTIONS
    }


def test_what_is_drawn_is_what_people_do(means: dict[Emotion, dict[str, float]]) -> None:
    angry, sad, happy, neutral = (means[e] for e in (Emotion.ANGRY, Emotion.SAD, Emotion.HAPPY, Emotion.NEUTRAL))
    assert angry["pitch"] > 0.5 > neutral["pitch"] + 0.3
    assert angry["effort"] > neutral["effort"] + 0.8
    assert sad["rate"] < neutral["rate"] - 0.5
    assert sad["pause"] > neutral["pause"] + 0.7
    assert happy["smile"] > neutral["smile"] + 0.3
    assert angry["brows"] < neutral["brows"] - 0.1
    assert means[Emotion.SURPRISE]["brows"] > neutral["brows"] + 0.2


def test_of_a_voice_that_was_never_heard_the_calm_one_is_drawn(means: dict[Emotion, dict[str, float]]) -> None:
    assert abs(means[Emotion.SURPRISE]["pitch"]) < 0.2 > abs(means[Emotion.NEUTRAL]["pitch"])


@pytest.mark.parametrize(("label", "place"), list(product(LABELS, ("home", "car", "service"))))
def test_no_reply_leaves_the_bounds_of_its_stance(label: Emotion | None, place: str) -> None:
    made = expression(place)
    for strategy in Strategy:
        bearing = BEARINGS[stance_for(strategy, label, place)]
        for _ in range(REPLIES):
            style, look = made.of(label, 1.0, strategy)
            assert all(math.isfinite(value) for value in astuple(style) + astuple(look))
            for name in (field.name for field in fields(Look)):
                assert getattr(bearing.least, name) <= getattr(look, name) <= getattr(bearing.most, name)
            for name in ("pitch", "melody", "pause"):
                low, high = getattr(bearing.lowest, name), getattr(bearing.highest, name)
                assert low - 0.005 <= getattr(style, name) <= high + 0.005
            assert 0.78 <= style.rate <= 1.1
            assert style.volume >= (1.0 if place == "car" else 0.8)


@pytest.mark.parametrize("label", LABELS)
def test_the_less_sure_the_nearer_to_rest(label: Emotion | None) -> None:
    sure, doubtful, lost = (expression(seed=5).of(label, c, Strategy.QUESTION) for c in (1.0, 0.3, 0.0))
    assert lost == (Style(), Look())
    for name in ("rate", "pitch", "volume", "melody", "pause"):
        rest = getattr(Style(), name)
        far = abs(getattr(sure[0], name) - rest)
        assert abs(getattr(doubtful[0], name) - rest) <= far + 0.005
    assert sum(map(abs, astuple(doubtful[1]))) <= sum(map(abs, astuple(sure[1])))


def test_anger_is_met_slowly_low_and_softly_with_no_smile_that_mocks() -> None:
    made = expression()
    for _ in range(REPLIES):
        style, look = made.of(Emotion.ANGRY, 0.9, Strategy.REFLECT)
        assert (style.rate < 0.98, style.pitch <= 0, style.volume < 0.97, style.pause >= 1) == (True,) * 4
        assert look.smile <= 0.2
        assert look.inner_brows > 0.03


def test_joy_is_met_with_a_smile_and_a_higher_voice() -> None:
    made = expression()
    found = [made.of(Emotion.HAPPY, 0.9, Strategy.AFFIRM) for _ in range(REPLIES)]
    assert np.mean([style.pitch for style, _ in found]) > 0.5
    assert np.mean([look.smile for _, look in found]) > 0.3


def test_the_same_seed_gives_the_same_replies_and_another_others() -> None:
    def some(seed: int) -> list[tuple[Style, Look]]:
        made = expression(seed=seed)
        return [made.of(label, 0.8, Strategy.REFLECT) for label in LABELS]

    assert some(1) == some(1)
    assert some(1) != some(2)


def test_no_reply_is_said_quite_like_the_last_and_none_is_far_from_it() -> None:
    drawer = Drawer(MODELS, 0)

    def steps(move: str, n: int = 200) -> float:
        drawn: list[Drawn] = []
        for _ in range(n):
            getattr(drawer, move)()
            drawn.append(drawer.draw(Emotion.HAPPY))
        rows = np.array([one.voice + one.face for one in drawn])
        return float(np.linalg.norm(np.diff(rows, axis=0), axis=1).mean())

    within, between = steps("step"), steps("begin")
    assert 0.1 * between < within < 0.6 * between


def test_a_conversation_drifts_over_all_that_an_emotion_can_be() -> None:
    drawer = Drawer(MODELS, 0)
    drifted = []
    for _ in range(1500):
        drawer.step()
        drifted.append(drawer.draw(Emotion.ANGRY).voice)
    anew = voices(drawer, Emotion.ANGRY, 600)[:, : len(VOICE)]
    assert np.allclose(np.std(drifted, axis=0) / anew.std(axis=0), 1, atol=0.3)


def test_without_the_model_the_tables_decide_and_that_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = Expression("home", Models(tmp_path, Cpu()), 0)
    with caplog.at_level(logging.WARNING):
        assert made.missing is not None
    assert "there is no model card" in made.missing
    assert "voice and face of replies are those of the tables" in caplog.text
    style, look = made.of(Emotion.HAPPY, 0.8, Strategy.AFFIRM)
    assert style == style_for(Emotion.HAPPY, 0.8, Strategy.AFFIRM, "home")
    assert look.smile > 0.4
    assert made.of(None, 0.8, Strategy.QUESTION) == (Style(), Look())


def test_a_model_that_fails_while_the_device_runs_is_done_without(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = expression()
    before = made.of(Emotion.SAD, 0.8, Strategy.REFLECT)

    def broken(*_: object) -> None:
        problem = "inference of expression on cpu failed: out of memory"
        raise ModelError(problem, "Restart the device")

    monkeypatch.setattr(Drawer, "draw", broken)
    with caplog.at_level(logging.WARNING):
        style, _ = made.of(Emotion.SAD, 0.8, Strategy.REFLECT)
        made.of(Emotion.SAD, 0.8, Strategy.REFLECT)
    assert style == style_for(Emotion.SAD, 0.8, Strategy.REFLECT, "home") != before[0]
    assert caplog.text.count("out of memory") == 1
    assert made.missing is not None


def test_a_model_for_other_emotions_is_refused(tmp_path: Path) -> None:
    made = Path(__file__).resolve().parents[3] / "models" / "expression"
    folder = tmp_path / "expression"
    folder.mkdir()
    for file in made.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    card = folder / "card.toml"
    card.write_text(card.read_text(encoding="utf-8").replace('"angry"', '"furious"', 1), encoding="utf-8")
    assert "labels" in (Expression("home", Models(tmp_path, Cpu())).missing or "")


def test_a_reply_has_the_drawn_voice_and_face() -> None:
    settings = ResponseSettings(seed=1, min_gap_s=0)
    speaks = Responder(settings, "home", BOTH, expression=expression(seed=1))
    reply = speaks.respond(
        state_of(Emotion.ANGRY), said("They changed my shift again.", emotion=Emotion.ANGRY), 9 * SECOND
    )
    assert reply is not None
    assert reply.style not in (Style(), TOWARDS[Emotion.ANGRY])
    assert reply.look != Look()
    twin = Responder(settings, "home", BOTH, expression=expression(seed=1))
    again = twin.respond(
        state_of(Emotion.ANGRY), said("They changed my shift again.", emotion=Emotion.ANGRY), 9 * SECOND
    )
    assert again == reply


def test_help_in_a_crisis_never_meets_the_generator() -> None:
    settings = load(None)
    answering = Answering(settings, context(settings.safety), models=MODELS)
    reading = said("I want to kill myself", Language.EN, emotion=Emotion.SAD)
    reply = answering.answer(state_of(Emotion.SAD), reading, SECOND)
    assert reply is not None
    assert reply.crisis
    assert (reply.style, reply.look) == (CALM, Look())
