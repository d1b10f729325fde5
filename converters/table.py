"""The page about the models, made from their cards: ``docs/models.md`` never says what a card does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.accelerators.card import Card, Metric, read_card

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

INTRODUCTION = """# Models

Made by `python -m converters table` from the cards in `models/`; every figure is a card's.

These are models of the first generation: small, and often wrong. A face model tells what people would say of a picture,
a voice model knows ten German actors, the text model reads Chinese far worse than English. What a sense is worth on
people it has never met is the figure on data from elsewhere; believe that one.

The weights of `face-detect`, `face-eyes` and `face-landmarks` are Google MediaPipe's. They are not in this repository:
set-up takes them out of a pinned package and compares them with the sha256 in their cards.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m converters table``."""
    from pathlib import Path

    parser.add_argument("--models", type=Path, default=Path("models"), help="the folder with one folder per model")


def run(arguments: argparse.Namespace) -> int:
    """Print the page."""
    print(page(arguments.models), end="")
    return 0


def page(directory: Path) -> str:
    """The whole page as Markdown."""
    cards = [read_card(path.parent) for path in sorted(directory.glob("*/card.toml"))]
    return "\n".join([INTRODUCTION, *(_section(card) for card in cards)])


def _section(card: Card) -> str:
    parts = [f"## {card.name}", ""]
    made = f"{card.origin.by}, from `{card.origin.package}`" if card.origin else f"`{card.command}`"
    size = f"{card.bytes / 1024:.0f} KiB, {card.parameters:,} parameters"
    work = f", {card.macs / 1e6:.1f} M multiply-accumulates" if card.macs else ""
    parts.append(f"{size}{work}; {card.licence}; {made}; {card.date}.")
    if card.labels:
        parts.append(f"Labels: {', '.join(card.labels)}.")
    parts += [line for part in (_arena, _quantised, _edge_tpu) if (line := part(card))]
    if card.metrics:
        parts += _table(("figure", "value", "95 % interval", "n", "on"), [_row(metric) for metric in card.metrics])
    parts += _families(card) + _tries(card)
    parts += ["", *(f"- Data: {line}" for line in card.data), *(f"- {note}" for note in card.notes)]
    return "\n".join(parts).rstrip() + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return ["", *("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))]


def _row(metric: Metric) -> list[str]:
    interval = "" if metric.low is None or metric.high is None else f"{metric.low:.3f} to {metric.high:.3f}"
    return [metric.name, f"{metric.value:.3f}", interval, str(metric.n or ""), metric.on]


def _arena(card: Card) -> str:
    return "" if card.arena_bytes is None else f"Tensor arena: {card.arena_bytes / 1024:.0f} KiB."


def _quantised(card: Card) -> str:
    if card.quantised is None:
        return ""
    of = card.quantised
    rows = f", {of.n} rows" if of.n else ""
    return (
        f"Quantised ({of.method}): {of.figure} {of.float_value:.3f} in float, {of.int8_value:.3f} in int8; both lead "
        f"with the same label in {of.agreement:.1%}, largest deviation {of.largest_deviation:.3g} ({of.on}{rows})."
    )


def _edge_tpu(card: Card) -> str:
    if card.edge_tpu is None:
        return ""
    refused = "; ".join(card.edge_tpu.refused)
    rest = f" On the CPU: {refused}." if refused else ""
    share = f"{card.edge_tpu.share_of_macs:.1%} of the multiply-accumulates"
    return f"Edge TPU, by our reading of Coral's list: {share}.{rest}"


def _families(card: Card) -> list[str]:
    if not card.families:
        return []
    names = list(card.families[0].figures)
    head = ["family", "parameters", "KiB", "M MACs", "ms", *names, "on"]
    rows = [
        [
            family.name,
            f"{family.parameters:,}",
            f"{family.bytes / 1024:.0f}",
            f"{family.macs / 1e6:.1f}",
            f"{family.ms:.2f}",
            *(f"{family.figures[name]:.3f}" if name in family.figures else "" for name in names),
            family.on,
        ]
        for family in card.families
    ]
    return ["", "Families, trained with the same budget at about the same size:", *_table(head, rows)]


def _tries(card: Card) -> list[str]:
    if not card.tries:
        return []
    rows = [
        [tried.idea, tried.figure, f"{tried.value:.3f}", tried.on, "kept" if tried.kept else "dropped", tried.why]
        for tried in card.tries
    ]
    return ["", "What was tried:", *_table(("idea", "figure", "value", "on", "", "why"), rows)]
