"""How the days were: summaries, a weekly report, a tap for your own mood, and forgetting all of it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge.affect import EMOTIONS, Language
from edge.cli.opened import opened
from edge.errors import ConsentError, InputError
from edge.paths import state_directory
from edge.settings import load
from edge.understanding.wellbeing.book import Shelf, normalised
from edge.understanding.wellbeing.day import LEAST_MOOD, MOODS_A_DAY, MOST_MOOD

if TYPE_CHECKING:
    import argparse
    from datetime import date

    from edge.privacy.vault import Vault
    from edge.settings import Settings
    from edge.understanding.wellbeing.day import Day

BEGIN = "rapport consent grant face voice text --for wellbeing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``rapport wellbeing`` takes."""
    parser.add_argument("action", nargs="?", choices=("show", "report", "mood", "forget"), default="show")
    parser.add_argument("mood", nargs="?", metavar="MOOD", help="with `mood`: 1 (bad) to 5 (good)")
    parser.add_argument("--config", type=Path, help="the settings file of the device")
    parser.add_argument("--profile", metavar="NAME", help="whose days; as the settings say without it")
    parser.add_argument("--week", metavar="YYYY-Www", help="with `report`: which week; the last full one without it")
    parser.add_argument("--language", type=Language, choices=tuple(Language), help="of the report; the device's first")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="with `report`: also draw it into FILE")
    parser.add_argument("--json", action="store_true", help="print an object")


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was done; 1 without days or consent; 2 for what does not fit together."""
    wrong = _wrong(arguments)
    if wrong:
        print(f"rapport: {wrong}", file=sys.stderr)
        return 2
    settings = load(arguments.config)
    if arguments.action == "mood":
        _require_consent(settings)
    with opened(settings, make=arguments.action == "mood") as vault:
        desk = _Desk.of(arguments, settings, vault)
        {"show": _show, "report": _report, "mood": _mood, "forget": _forget}[arguments.action](arguments, desk)
    return 0


def _wrong(arguments: argparse.Namespace) -> str | None:
    """What does not fit, as sentences; None when all does."""
    action, mood = arguments.action, arguments.mood
    allowed = [str(number) for number in range(LEAST_MOOD, MOST_MOOD + 1)]
    if action == "mood" and mood not in allowed:
        given = "no mood was given" if mood is None else f"{mood!r} is no mood"
        return (
            f"{given}; a whole number from {LEAST_MOOD} (bad) to {MOST_MOOD} (good) is. Type: rapport wellbeing mood 4."
        )
    if action != "mood" and mood is not None:
        return f"{mood!r} was given, and `{action}` takes none. Leave it out."
    for option in ("week", "language", "svg"):
        if action != "report" and getattr(arguments, option) is not None:
            return f"--{option} is for `report`, not for `{action}`. Leave it out."
    return None


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every action needs."""

    settings: Settings
    shelf: Shelf
    profile: str
    today: date

    @classmethod
    def of(cls, arguments: argparse.Namespace, settings: Settings, vault: Vault) -> _Desk:
        from edge.outlets.calendar import Calendar

        wellbeing = settings.understanding.wellbeing
        profile = normalised(wellbeing.profile if arguments.profile is None else arguments.profile)
        if not 1 <= len(profile) <= 64 or not profile.isprintable():  # noqa: PLR2004 - as the settings have it
            problem = f"{profile[:80]!r} is no profile; 1 to 64 characters that can be printed are"
            raise InputError(problem, "Give another --profile")
        return cls(settings, Shelf(vault), profile, Calendar(wellbeing.timezone).today())

    def days(self) -> dict[date, Day]:
        book = self.shelf.read()
        return (
            {} if book is None else book.days(self.profile, self.today, self.settings.understanding.wellbeing.days_kept)
        )


def _show(arguments: argparse.Namespace, desk: _Desk) -> None:
    from edge.understanding.wellbeing.report import day_record

    days, least = desk.days(), desk.settings.understanding.wellbeing.least_minutes
    records = [day_record(day, entry, least) for day, entry in days.items()]
    if arguments.json:
        print(json.dumps({"profile": desk.profile, "days": records}, ensure_ascii=False))
    elif not records:
        print(f"No day is kept for the profile {desk.profile!r}. With consent it begins by itself: {BEGIN}")
    else:
        print("\n".join(_line(record) for record in records))


def _line(record: dict[str, Any]) -> str:
    """A day in a line."""
    parts = [f"{record['day']}  {record['minutes']:5.0f} min"]
    if record["valence"] is not None:
        parts.append(f"valence {record['valence']:+.2f} ±{record['valence_sd']:.2f}")
        parts.append(f"arousal {record['arousal']:+.2f} ±{record['arousal_sd']:.2f}")
        most = max(EMOTIONS, key=lambda emotion: record["shares"][emotion.value])
        parts.append(f"{most} {record['shares'][most.value]:.0%}, unsure {record['unsure']:.0%}")
        parts.append(f"{record['episodes']} episodes")
    if record["moods"]:
        parts.append("mood " + " ".join(map(str, record["moods"])))
    if not record["counts"]:
        parts.append("(too little to count)")
    return "  ".join(parts)


def _report(arguments: argparse.Namespace, desk: _Desk) -> None:
    from edge.understanding.wellbeing.report import monday_of, report, report_record, usual_week

    wellbeing = desk.settings.understanding.wellbeing
    days = desk.days()
    monday = usual_week(days, desk.today) if arguments.week is None else monday_of(arguments.week)
    if not days:
        problem = f"no day is kept for the profile {desk.profile!r}, so there is nothing to report"
        raise InputError(problem, f"Begin with: {BEGIN}")
    found = report(desk.profile, days, monday, wellbeing.least_minutes, wellbeing.weekend)
    language = arguments.language or desk.settings.device.languages[0]
    if arguments.svg is not None:
        _draw(arguments.svg, found, language)
    if arguments.json:
        print(json.dumps(report_record(found, wellbeing.least_minutes), ensure_ascii=False))
        return
    from edge.understanding.wellbeing.wording import text

    print(text(found, language, least_minutes=wellbeing.least_minutes, kept=wellbeing.days_kept))


def _draw(path: Path, found: Any, language: Language) -> None:  # noqa: ANN401 - a Report, which is imported late
    from edge.understanding.wellbeing.picture import svg

    try:
        with open(path, "w", encoding="utf-8", opener=_private) as file:
            file.write(svg(found, language))
    except OSError as error:
        problem = f"{path} cannot be written: {error.strerror}"
        raise InputError(problem, "Give a path in a directory that exists and has space") from error


def _private(path: str, flags: int) -> int:
    """A new file is for its owner's eyes only."""
    return os.open(path, flags, 0o600)


def _require_consent(settings: Settings) -> None:
    """Raises ConsentError where no sense may be kept of."""
    from edge.safety.consent import Consent
    from edge.safety.context import context
    from edge.safety.keeping import may_keep

    consent = Consent(settings.consent, state_directory(settings))
    if not any(may_keep(consent, context(settings.safety)).values()):
        if consent.problem is not None:
            raise consent.problem
        problem = "nothing may be kept over days: no sense has a grant for the purpose 'wellbeing' that counts here"
        raise ConsentError(problem, f"Type: {BEGIN}")


def _mood(arguments: argparse.Namespace, desk: _Desk) -> None:
    with desk.shelf.opened(desk.settings.understanding.wellbeing.days_kept) as book:
        page = book.page(desk.profile, desk.today)
        page.moods = [*page.moods, int(arguments.mood)][-MOODS_A_DAY:]
    if arguments.json:
        print(json.dumps({"profile": desk.profile, "day": desk.today.isoformat(), "mood": int(arguments.mood)}))
    else:
        print(f"Noted for {desk.today.isoformat()}: {arguments.mood} of {MOST_MOOD}.")


def _forget(arguments: argparse.Namespace, desk: _Desk) -> None:
    """One profile where it is named, else everything."""
    gone = desk.shelf.forget(desk.profile if arguments.profile is not None else None)
    if arguments.json:
        print(json.dumps({"forgotten": gone}))
    else:
        print("Forgotten." if gone else "There was nothing to forget.")
