from __future__ import annotations

import pytest

from edge.accelerators.cpu import Cpu
from edge.accelerators.model import Models, default_directory
from edge.perception.text.perceiver import TextPerceiver
from edge.perception.text.settings import TextSettings
from edge.sensors.signals import Utterance

SENTENCES = (
    "I am so very happy about the garden, really!",
    "I am not happy about the neighbours.",
    "我真的太难过了，花园没有了！",
    "我一点都不开心。",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_cue_that_repeats_what_was_said_is_marked(sentence: str) -> None:
    perceiver = TextPerceiver(TextSettings(), Models(default_directory(), Cpu()))
    perceiver.attach()
    reading = perceiver.perceive(Utterance(sentence, 0))
    assert reading.cues
    told = [cue for cue in reading.cues if '"' in cue.phrase]
    assert all(cue.quotes for cue in told)
    for cue in reading.cues:
        if not cue.quotes:
            assert not any(len(word) > 3 and word in sentence.lower() for word in cue.phrase.split())
