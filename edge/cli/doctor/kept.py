"""What may be sensed, and what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.cli.doctor.check import Check
from edge.errors import RapportError
from edge.paths import state_directory

if TYPE_CHECKING:
    from edge.settings import Settings


def consent(settings: Settings) -> list[Check]:
    """What may be sensed."""
    from edge.safety.consent import Consent
    from edge.safety.grants import Purpose

    consent = Consent(settings.consent, state_directory(settings))
    if consent.problem is not None:
        return [Check("consent", ok=False, found=consent.problem.problem, remedy=consent.problem.remedy)]
    checks = []
    for sense, source in (
        (Sense.FACE, settings.camera),
        (Sense.VOICE, settings.microphone),
        (Sense.TEXT, settings.words),
    ):
        granted = [purpose.value for purpose in Purpose if consent.granted(sense, purpose)]
        needed = source.source != "none" and not granted
        remedy = f"rapport consent grant {sense}" if needed else ""
        found = "granted" + ("" if granted == [Purpose.EMOTION] else f" for {' and '.join(granted)}")
        checks.append(Check(f"consent {sense}", not needed, found if granted else "not granted", remedy))
    return checks


def vault(settings: Settings) -> list[Check]:
    """Whether what is kept can be opened, and who else could."""
    from edge.cli.opened import opened
    from edge.kept import something_kept
    from edge.privacy.key import find_key

    directory = state_directory(settings)
    if not something_kept(directory):
        return [Check("vault", ok=True, found="nothing is kept yet; it is made when the device starts")]
    try:
        with opened(settings) as vault:
            key = find_key(directory)
            form = str(vault.rows("SELECT max(name) FROM migration")[0][0])
            size = sum(path.stat().st_size for path in directory.glob("vault.db*"))
    except RapportError as error:
        return [Check("vault", ok=False, found=f"nothing is kept: {error.problem}", remedy=error.remedy)]
    found = f"{vault.path}, form {form}, {size / 1024:.0f} KiB, encrypted; its key is in {vault.key_source}"
    if key is not None and key.sealed:
        return [Check("vault", ok=True, found=found)]
    remedy = "Let systemd keep the key sealed: docs/privacy/vault.md"
    return [
        Check("vault", ok=False, found=f"{found}, beside it: no help against whoever takes the disk", remedy=remedy)
    ]


def wellbeing(settings: Settings) -> list[Check]:
    """How many days are summed up, and whether their file can be used."""
    from edge.cli.opened import opened
    from edge.understanding.wellbeing.book import Shelf

    try:
        with opened(settings) as vault:
            book = Shelf(vault).read()
    except RapportError as error:
        return [Check("wellbeing", ok=False, found=error.problem, remedy=error.remedy)]
    if book is None:
        return [Check("wellbeing", ok=True, found="nothing is kept")]
    days = sum(len(pages) for pages in book.profiles.values())
    return [Check("wellbeing", ok=True, found=f"{days} days of {len(book.profiles)} profiles")]


def person(settings: Settings) -> list[Check]:
    """Whose profile is used, and whether anything is learned of them."""
    from edge.cli.profile import standing
    from edge.safety.consent import Consent
    from edge.safety.grants import Purpose

    told = standing(settings)
    if not told:
        return [Check("person", ok=True, found="nobody's profile is used: cues are told as of anybody")]
    consent = Consent(settings.consent, state_directory(settings))
    if any(consent.granted(sense, Purpose.PERSONAL) for sense in (Sense.FACE, Sense.VOICE)):
        return [Check("person", ok=True, found=told[0])]
    remedy = "rapport consent grant face voice --for personal, or rapport profile none"
    return [Check("person", ok=False, found=f"{told[0]} No grant: nothing is learned", remedy=remedy)]
