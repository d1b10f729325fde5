from __future__ import annotations

import io

from edge.affect import Affect, Alertness, Cue, Emotion, Language, Reading, Reply, Sense, Stage
from edge.outlets.console import Console
from edge.outlets.outlet import Notice
from edge.outlets.settings import ConsoleSettings
from edge.response.proposal import Act, By, Proposal
from edge.understanding.settings import UnderstandingSettings
from edge.understanding.understanding import Understanding

HAPPY = Affect.of(tuple(0.94 if emotion is Emotion.HAPPY else 0.01 for emotion in Emotion))


def console() -> tuple[Console, io.StringIO]:
    stream = io.StringIO()
    return Console(ConsoleSettings(), stream), stream


def test_words_state_and_reply_are_told() -> None:
    view, stream = console()
    reading = Reading(Sense.TEXT, 0, HAPPY, 1.0, words="我升职了！", language=Language.ZH)
    view.deliver(reading)
    view.deliver(Understanding(UnderstandingSettings()).update(reading))
    view.deliver(Reply("真好。", Language.ZH, "affirm", 0))
    lines = stream.getvalue().splitlines()
    assert len(lines) == 3
    assert "reads" in lines[0]
    assert "我升职了！" in lines[0]
    assert "thinks" in lines[1]
    assert "happy" in lines[1]
    assert "says" in lines[2]
    assert "真好。" in lines[2]


def test_a_steady_face_is_told_once_with_its_signs() -> None:
    view, stream = console()
    smile = Cue("smile", 0.8, "", "a broad smile", 0.9)
    for n in range(20):
        view.deliver(Reading(Sense.FACE, n, HAPPY, 1.0, cues=(smile,)))
    assert stream.getvalue().count("sees") == 1
    assert "a broad smile" in stream.getvalue()


def test_an_abstention_is_told_with_its_reason() -> None:
    view, stream = console()
    view.deliver(Reading(Sense.FACE, 0, None, 0.0, reason="too dark"))
    assert "too dark" in stream.getvalue()


def test_a_driver_s_stage_is_told_once_and_each_warning_again() -> None:
    view, stream = console()
    for warn in (2, 0, 0, 2, 0):
        view.deliver(Alertness(0, Stage.DROWSY, "eyes shut for 16% of the last minute", warn=warn))
    assert stream.getvalue().count("drowsy: eyes shut for 16%") == 2


def test_a_file_gets_no_colour() -> None:
    view, stream = console()
    view.deliver(Reply("Hello.", Language.EN, "reflect", 0))
    assert "\x1b" not in stream.getvalue()


def test_what_the_device_says_of_itself_is_shown() -> None:
    view, stream = console()
    view.deliver(Notice("settings: needs a restart: camera.source"))
    assert "note    settings: needs a restart: camera.source" in stream.getvalue()


def test_colour_comes_and_goes_with_the_settings() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    view = Console(ConsoleSettings(), stream)
    view.adopt(ConsoleSettings(colour=False))
    view.deliver(Notice("plain"))
    assert "\x1b" not in stream.getvalue()
    view.adopt(ConsoleSettings())
    view.deliver(Notice("coloured"))
    assert "\x1b" in stream.getvalue()


def test_a_proposal_and_what_is_done_are_shown() -> None:
    view, stream = console()
    proposal = Proposal("0" * 32, "dim_light", "Dim the light", Language.EN, 0, 1, "light.turn_on", {})
    view.deliver(proposal)
    view.deliver(Act(proposal, By.TAP))
    assert "offers  Dim the light  [dim_light]" in stream.getvalue()
    assert "acts    Dim the light  [dim_light, by tap]" in stream.getvalue()
