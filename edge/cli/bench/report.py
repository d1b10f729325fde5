"""The figures for a person, as aligned tables."""

from __future__ import annotations

from typing import Any

RANKS = ("p50", "p95", "p99", "max")


def told(figures: dict[str, Any]) -> str:
    """All figures as text."""
    lines = _table(
        [
            "stage",
            *(f"CPU {rank}" for rank in RANKS),
            *(f"wall {rank}" for rank in RANKS),
            "p99/p50",
            "KiB",
            "kept",
            "RSS",
        ],
        [_stage(name, row) for name, row in figures["stages"].items()],
    )
    lines += ["CPU and wall in ms; KiB: most memory held during a call; kept: blocks left behind; RSS in MiB so far"]
    if "whole" in figures:
        lines += ["", *_whole(figures["whole"])]
    lines += ["", f"import edge {figures['import_s']} s", _where(figures["machine"])]
    return "\n".join(lines)


def _stage(name: str, row: dict[str, float]) -> list[str]:
    times = [f"{row[f'{clock}_ms_{rank}']:.3f}" for clock in ("cpu", "wall") for rank in RANKS]
    return [
        name,
        *times,
        _ratio(row["wall_ms_p99"], row["wall_ms_p50"]),
        f"{row['alloc_kib']:g}",
        f"{row['blocks_kept']:g}",
        f"{row['rss_mib']:g}",
    ]


def _whole(whole: dict[str, Any]) -> list[str]:
    shares = whole["outside"]
    rows = [
        [
            "capture → " + {"first_sound": "first sound"}.get(kind, f"State ({kind})"),
            *(f"{row[rank]:.2f}" for rank in ("p50", "p95", "p99")),
            _ratio(row["p99"], row["p50"]),
            f"{shares[kind]:.1%}" if kind in shares else "",
        ]
        for kind, row in whole["latency_ms"].items()
    ]
    lines = _table([f"whole runtime, {whole['seconds']:g} s", "p50", "p95", "p99", "p99/p50", "outside"], rows)
    speech = f" (and {whole['speech_cpu_share']:.1%} by espeak-ng)"
    memory = f"RSS {whole['rss_mib']} MiB ({whole['rss_slope_mib_h']:+g} MiB/h)"
    start = f"process start → first State {whole['first_state_s']} s"
    everywhere = f", {shares['all']:.1%} over all" if "all" in shares else ""
    lines.append(f"ms; outside: part of the time that is neither models nor signal processing{everywhere}")
    lines.append(f"CPU {whole['cpu_share']:.1%} of one core{speech}, {memory}, {start}")
    for name in ("dropped", "restarts"):
        lines.append(f"{name:<9} " + ", ".join(f"{key} {value}" for key, value in whole[name].items()))
    return lines + [f"without   {what}" for what in whole["without"]]


def _where(machine: dict[str, Any]) -> str:
    core = "any core" if machine["core"] is None else f"core {machine['core']}"
    busy = f", cores {machine['busy_cores']} kept busy" if machine.get("busy_cores") else ""
    which = f"{machine['version']} at {machine['commit']}" if machine["commit"] else machine["version"]
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {core}{busy}, {machine['system']}, Python {machine['python']}, "
        f"load {machine['load1']}, {machine['date']}, rapport {which}"
    )


def _ratio(high: float, low: float) -> str:
    return f"{high / low:.1f}" if low else ""


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    """Rows of cells in columns: the first to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    return [
        "  ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [head, *rows]
    ]
