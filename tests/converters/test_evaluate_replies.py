"""Replies beside what people answered: sets are read with care, figures are right, the device's own way is measured."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from converters import evaluate_replies
from converters import replies_metrics as metrics
from converters.__main__ import main
from converters.evaluate_replies import Answered
from converters.replies_sets import ESCONV, XDAILY, Exchange, esconv, xdaily
from edge.affect import Language, Reply
from edge.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

EN, ZH = Language.EN, Language.ZH
SUPPORT = (
    "1.0 0 0 I lost my job.  EOS 1.0 1 1 [Questions] How long were you there?",
    "0.0 0 0 I lost my job.  EOS 0.0 1 1 [Questions] How long were you there? EOS 1.0 1 2 [Other] Hm.",
    "0.0 0 0 I lost my job.  EOS 0.0 1 1 [Other] Hm. EOS 0.0 0 2 Ten years.  EOS 1.0 1 3 [Information] [sic] So long.",
    "0.0 1 3 [Information] [sic] So long. EOS 0.0 0 4 Yes.  EOS 1.0 1 5 [Other] I see.",
    "1.0 0 0 Hello.  EOS 1.0 1 1 [Other] Hello.",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, lines in {
        ESCONV: SUPPORT,
        XDAILY[EN]: ("Hi . __eou__ Hello ! __eou__ How are you ? __eou__ Fine . __eou__ Bye . __eou__\t1\t2 2\t0 0",),
        XDAILY[ZH]: ("你会用筷子吗？__eou__怎么不会？看。__eou__\t1\t2 1\t0 0", ""),
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, text in {
        "goemotions/ekman/train.tsv": "[NAME] lost her job .\t3\tx\nI lost my keys .\t3\tx\n",
        "xed/en-annotated.tsv": "I lost it .\t1\n",
        "xed/neu_en.txt": "9\tYes .\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "smilechat_short").mkdir()
    with gzip.open(tmp_path / "smilechat_short/pairs.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps({"person": "我很累", "reply": "听起来很累"}) + "\n")
    return tmp_path


def test_an_answer_to_the_seeker_is_an_exchange_and_a_supporter_who_goes_on_is_none(folder: Path) -> None:
    assert esconv(folder) == [
        Exchange((), "I lost my job.", "How long were you there?", "Questions", EN),
        Exchange(("I lost my job.",), "Ten years.", "[sic] So long.", "Information", EN),
        Exchange(("I lost my job.", "Ten years."), "Yes.", "I see.", "Other", EN),
        Exchange((), "Hello.", "Hello.", "Other", EN),
    ]


def test_every_second_turn_of_a_dialogue_is_an_answer(folder: Path) -> None:
    assert xdaily(folder, EN) == [
        Exchange((), "Hi .", "Hello !", None, EN),
        Exchange(("Hi .",), "How are you ?", "Fine .", None, EN),
    ]
    assert xdaily(folder, ZH) == [Exchange((), "你会用筷子吗？", "怎么不会？看。", None, ZH)]


def test_a_set_that_is_missing_or_of_another_form_is_refused(folder: Path) -> None:
    (folder / ESCONV).write_text("I lost my job.\tHow long?\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1 is not of the form"):
        esconv(folder)
    (folder / ESCONV).write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="cannot be read"):
        esconv(folder)
    (folder / XDAILY[ZH]).unlink()
    with pytest.raises(InputError, match="cannot be read"):
        xdaily(folder, ZH)


def test_distinct_is_the_share_of_different_n_grams() -> None:
    assert metrics.distinct(["a b a b"], EN, 1) == pytest.approx(50)
    assert metrics.distinct(["a b a b"], EN, 2) == pytest.approx(100 * 2 / 3)
    assert metrics.distinct(["你好你好"], ZH, 1) == pytest.approx(50)
    assert metrics.distinct(["", "a"], EN, 2) == 0


def test_the_same_words_are_all_alike_and_others_are_not() -> None:
    pytest.importorskip("sacrebleu", reason="the workstation's")
    pytest.importorskip("rouge_score", reason="the workstation's")
    for language, one, other in (
        (EN, "It was a long day for you.", "Nobody called."),
        (ZH, "今天真不容易啊", "没人打电话"),
    ):
        assert metrics.bleu([one], [one], language, 4) == pytest.approx(100)
        assert metrics.bleu([one], [other], language, 2) < 15
        assert metrics.rouge_l([one], [one], language) == pytest.approx(100)
        assert metrics.self_bleu([one, one], language) == pytest.approx(100)
        assert metrics.self_bleu([one, other], language) < 20
    assert metrics.self_bleu(["alone"], EN) == 0


def test_silence_crisis_and_the_other_language_are_counted_apart() -> None:
    exchange = Exchange((), "x", "y", None, EN)
    replies = (None, Reply("help", EN, "crisis", 0, crisis=True), Reply("好", ZH, "affirm", 0))
    found = evaluate_replies.figures([Answered(exchange, reply) for reply in replies])
    assert found == {"n": 3, "answered": 0, "silent": 1, "crisis": 1, "other_language": 1}


def test_the_devices_own_answers_are_measured(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sacrebleu", reason="the workstation's")
    pytest.importorskip("rouge_score", reason="the workstation's")
    assert main(["evaluate", "replies", "--data", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ESConv dev"]["n"] == 2
    assert found["ESConv dev"]["answered"] >= 1
    assert "accuracy" in found["ESConv dev"]["strategy"]
    assert found["ESConv dev"]["usual"]["perplexity"] > 1
    assert found["ESConv dev"]["emotion"]["n"] >= 0
    assert found["XDailyDialog dev, zh"]["n"] == 1
    assert main(["evaluate", "replies", "--data", str(folder), "--most", "1"]) == 0
    out = capsys.readouterr().out
    assert "ESConv dev: 1 exchanges" in out
    assert "people, below; device, right" in out


def test_errors_are_the_replies_by_another_strategy(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sacrebleu", reason="the workstation's")
    (folder / ESCONV).write_text(SUPPORT[0].replace("[Questions]", "[Self-disclosure]") + "\n", encoding="utf-8")
    assert main(["evaluate", "replies", "--data", str(folder), "--errors"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("[first] Self-disclosure | ")
    assert lines[0].endswith(" || How long were you there?")


def test_an_option_for_replies_is_refused_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "text", "--data", "x", "--most", "3"]) == 1
    assert "--most" in capsys.readouterr().err
