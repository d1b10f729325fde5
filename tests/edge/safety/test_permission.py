from __future__ import annotations

from typing import TYPE_CHECKING

from edge.affect import Sense
from edge.safety.consent import Consent
from edge.safety.context import context
from edge.safety.grants import Purpose
from edge.safety.permission import Permission
from edge.safety.settings import ConsentSettings, SafetySettings

if TYPE_CHECKING:
    from pathlib import Path


def permission(consent: Consent, place: str) -> Permission:
    return Permission(consent, context(SafetySettings.model_validate({"context": place})))


def test_a_sense_is_open_for_what_was_granted_and_for_no_longer(tmp_path: Path) -> None:
    consent = Consent(ConsentSettings(grants=(Sense.FACE,)), tmp_path)
    here = permission(consent, "home")
    assert here.purposes(Sense.FACE) == (Purpose.EMOTION,)
    assert here.purposes(Sense.VOICE) == ()
    consent.grant(Sense.VOICE)
    assert here.purposes(Sense.VOICE) == (Purpose.EMOTION,)
    consent.withdraw(Sense.FACE)
    assert here.purposes(Sense.FACE) == ()
    assert here.purposes(Sense.VOICE) == (Purpose.EMOTION,)


def test_a_grant_opens_nothing_that_the_place_forbids(tmp_path: Path) -> None:
    consent = Consent(ConsentSettings(grants=(Sense.FACE, Sense.TEXT)), tmp_path)
    assert permission(consent, "work").purposes(Sense.FACE) == ()
    consent.grant(Sense.FACE, Purpose.DROWSINESS)
    assert permission(consent, "work").purposes(Sense.FACE) == (Purpose.DROWSINESS,)
    assert permission(consent, "work").purposes(Sense.TEXT) == ()


def test_what_opens_no_sensor_is_no_reason_to_open_one(tmp_path: Path) -> None:
    consent = Consent(ConsentSettings(), tmp_path)
    here = permission(consent, "home")
    consent.grant(Sense.FACE, Purpose.RECORDING)
    assert here.purposes(Sense.FACE) == ()
