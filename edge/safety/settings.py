"""Settings of what may be sensed and said, and for whom help is named."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator

from edge.affect import Sense
from edge.section import Section

_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR "
    "GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO "
    "JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR "
    "MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO "
    "RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV "
    "TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_CODES.split())
"""ISO 3166-1 alpha-2. A mistyped country would name the wrong helpline, so the code is checked against the standard."""


class ConsentSettings(Section):
    """Grants that come from the settings file; the household's own grants and withdrawals are kept apart."""

    LIVE: ClassVar[frozenset[str]] = frozenset({"grants", "drowsiness"})

    def taken_live(self, key: str, wanted: Self) -> tuple[Sense, ...] | bool:
        """Reading a file anew may take a grant away, and never gives one."""
        if key == "drowsiness":
            return self.drowsiness and wanted.drowsiness
        return tuple(sense for sense in self.grants if sense in getattr(wanted, key))

    grants: tuple[Sense, ...] = Field(
        default=(),
        title="Grants",
        description="granted by this file, for demonstration and development; a withdrawal on the device wins; "
        "taken out while the device runs it acts at once, put in it needs a restart",
    )
    drowsiness: bool = Field(
        default=False,
        title="Drowsiness",
        description="true: the face may be watched for tiredness and looking away, where the context allows it; it "
        "tells no emotions, and is for demonstration and development as the grants are",
    )


class SafetySettings(Section):
    """The rules of the place, and the country whose helpline is named."""

    context: Literal["home", "car", "service", "wellbeing", "tutor", "game", "social", "work", "school"] = Field(
        default="home",
        title="Context",
        description="rule set of the place; at work a driver may be watched for drowsiness; anything else, "
        "and school, is refused at start, with the reason",
    )
    country: str | None = Field(
        default=None,
        title="Country",
        description="ISO 3166-1 alpha-2, e.g. GB: its helpline is named in a crisis; unset: findahelpline.com",
    )

    @field_validator("country")
    @classmethod
    def _in_the_standard(cls, value: str | None) -> str | None:
        if value is not None and value not in COUNTRIES:
            hint = " (the United Kingdom is GB)" if value == "UK" else ""
            message = f"{value!r} is not an ISO 3166-1 alpha-2 code such as DE, GB, CN{hint}"
            raise ValueError(message)
        return value
