"""The page about the models, made from their cards: ``docs/models.md`` never says what a card does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.accelerators.card import Card, Metric, read_card

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

INTRODUCTION = """# Models

Made by `python -m converters table` from the cards in `models/`; every figure is a card's.

These are models of the first generation: small, and often wrong. A face model tells what people would say of a picture,
a voice model knows ten German actors, the text model reads Chinese far worse than English. What a sense is worth on
people it has never met is the figure on data from elsewhere; believe that one.

The weights of `face-detect` and `face-landmarks` are Google MediaPipe's. They are not in this repository: set-up takes
them out of a pinned package and compares them with the sha256 in their cards.
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
    if card.metrics:
        parts += ["", "| figure | value | 95 % interval | n | on |", "| --- | --- | --- | --- | --- |"]
        parts += [_row(metric) for metric in card.metrics]
    parts += ["", *(f"- Data: {line}" for line in card.data), *(f"- {note}" for note in card.notes)]
    return "\n".join(parts).rstrip() + "\n"


def _row(metric: Metric) -> str:
    interval = "" if metric.low is None or metric.high is None else f"{metric.low:.3f} to {metric.high:.3f}"
    return f"| {metric.name} | {metric.value:.3f} | {interval} | {metric.n or ''} | {metric.on} |"
