"""Settings and constants of watching a driver, each with its unit and where it comes from.

Sources:
    Euro NCAP: Assessment Protocol, Safety Assist, Safe Driving (v10.x, from 2023), Occupant Status Monitoring.
    DDAW: Commission Delegated Regulation (EU) 2021/1341, driver drowsiness and attention warning.
    PERCLOS: Wierwille et al., Research on Vehicle-Based Driver Status/Performance Monitoring, DOT HS 808 247, 1994;
        Dinges & Grace, PERCLOS: A Valid Psychophysiological Measure of Alertness, FHWA tech brief, 1998.
    Blinks: Stern, Walrath & Goldstein, The endogenous eyeblink, Psychophysiology 21, 1984;
        Caffier, Erdmann & Ullsperger, Eur. J. Applied Physiology 89, 2003.
"Ours" marks what no source gives.
"""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from edge.affect import Stage
from edge.section import Section

SHUT = 0.2
"""Openness, as a part of this driver's own open eye, up to which an eye is shut: 80 % closed (PERCLOS, P80)."""
REOPENED = 0.35
"""Openness from which a shut eye is open again; between the two it stays what it was (ours)."""
SHUT_SHOWS = 0.3
"""What the net shows of a shut eye, as a part of what it shows of the same eye open: 0.09 of 0.29, the 1st percentile
and the median of FER2013 training faces (``python -m converters evaluate driver --data NPZ``); 0.35 on the portrait
with its lids drawn shut in the picture."""
PERCLOS_S = 60.0
"""Seconds over which PERCLOS is taken (PERCLOS: one minute)."""
PERCLOS_LEAST_S = 30.0
"""Seconds of these in which the eyes must have been seen (ours)."""
BLINK_FROM, BLINK_ARMED = 0.6, 0.75
"""Openness below which a blink begins and above which it ends, and above which the next one may begin (ours)."""
BLINK_MOST_S = 0.5
"""Longest blink: closing 0.1 s, shut up to 0.3 s, opening 0.1 s (Blinks: Stern 1984). What is longer is a long one, a
sign of drowsiness (Caffier 2003)."""
BLINK_LEAST_S = 0.03
"""Shorter dips are noise of a single picture (ours)."""
BLINK_LEAST_FPS = 14.0
"""Pictures a second below which no rate of blinks is told: blinks fall between the pictures (measured by
``python -m converters evaluate driver``)."""
LONG_BLINKS = 4
"""Long blinks in a minute that make tired (ours)."""
YAWN_OPENING = 0.35
"""Height over width of the inner mouth from which it is wide open: of 1,418 FER2013 training faces 5 % show more, most
of them scream or laugh (ours)."""
YAWNS_S = 600.0
"""Seconds over which yawns are counted (ours)."""
TURNED_EYES = 45.0
"""Degrees of yaw towards the camera from which no eye is measured, and from half of it only the nearer (ours)."""
BACK_S = 2.0
"""Seconds of looking at the road after which glances away are counted anew (Euro NCAP), and of open eyes after which
somebody who slept counts as awake (ours)."""
SHARED_WINDOW_S = 30.0
"""Seconds in which short glances add up (Euro NCAP, visual attention time sharing)."""
TURNING = 0.6
"""Part of the angle that counts as away beyond which a face that is then lost was turning away (ours)."""
GAP_S = 1.0
"""Longest time between two pictures over which what both show is believed of the time between (ours)."""
HELD_S = 0.5
"""Eyes shut for this long, longer than a blink, before the face is lost stay shut: a head that sinks."""
CALIBRATED_S = 10.0
"""Seconds that a driver must have been seen before anything is said (ours)."""
HALF_LIFE_S = 300.0
"""Half-life, in seconds of seeing, of what is natural for this driver (ours)."""
MOST_SINKING = 0.8
"""The open eye is never taken to be smaller than this part of what was found at first: lids that droop for an hour must
not become natural (ours)."""
LEAST_OPEN = 0.13
"""Height over width below which an eye that is open most of the time cannot be told from a shut one: of FER2013's
faces 5 % show 0.15 or less, most of them with shut or screwed-up eyes; shut ones show about 0.1 (ours)."""
FORGET_S = 60.0
"""Seconds without a face after which another driver may sit there: everything is learnt anew (ours)."""
REPORT_S = 10.0
"""Seconds between two reports while nothing changes."""
EASED = 0.8
"""Part of a threshold below which a measure must fall before its stage is left (ours)."""

WARNINGS: dict[Stage, tuple[int, float]] = {
    Stage.ALERT: (0, 0.0),
    Stage.UNKNOWN: (1, 600.0),
    Stage.TIRED: (1, 600.0),
    Stage.DROWSY: (2, 180.0),
    Stage.DISTRACTED: (2, 10.0),
    Stage.MICROSLEEP: (3, 10.0),
    Stage.ASLEEP: (3, 6.0),
    Stage.UNRESPONSIVE: (3, 6.0),
}
"""Level of the warning of each stage, and the least seconds between two warnings of the same stage (ours; DDAW wants a
warning at 8 on the Karolinska scale and leaves its repetition to the maker)."""


class DriverSettings(Section):
    """When a driver counts as tired, asleep or looking away. Used only with a grant for drowsiness."""

    LIVE: ClassVar[frozenset[str]] = frozenset(
        {
            "spoken",
            "away_yaw",
            "away_pitch",
            "long_away_s",
            "shared_away_s",
            "microsleep_s",
            "sleep_s",
            "unresponsive_s",
            "tired_perclos",
            "drowsy_perclos",
            "yawn_s",
            "tired_yawns",
            "recover_s",
            "unseen_s",
        }
    )

    spoken: bool = Field(default=True, title="Spoken", description="false: warnings are shown and sent, not spoken")
    away_yaw: float = Field(
        default=30.0,
        ge=10,
        le=60,
        title="Away to the side",
        description="degrees that the head is turned from its natural pose to either side from which it looks away",
    )
    away_pitch: float = Field(
        default=22.0, ge=8, le=45, title="Away up or down", description="degrees up or down from which it looks away"
    )
    long_away_s: float = Field(
        default=3.0, ge=1, le=10, title="Long glance", description="seconds of one look away (Euro NCAP: 3 to 4)"
    )
    shared_away_s: float = Field(
        default=10.0,
        ge=3,
        le=30,
        title="Shared attention",
        description="seconds of looks away within 30 s, without 2 s at the road in a row (Euro NCAP: 10)",
    )
    microsleep_s: float = Field(
        default=1.0, ge=0.6, le=2, title="Microsleep", description="seconds of shut eyes (Euro NCAP: 1 to 2)"
    )
    sleep_s: float = Field(default=3.0, ge=2, le=6, title="Sleep", description="seconds of shut eyes (Euro NCAP: 3)")
    unresponsive_s: float = Field(
        default=6.0,
        ge=4,
        le=20,
        title="Unresponsive",
        description="seconds of shut eyes, or of one look away (Euro NCAP: 6)",
    )
    tired_perclos: float = Field(
        default=0.10,
        ge=0.03,
        le=0.5,
        title="Tired",
        description="part of the last minute with shut eyes; 0.105 was found at the first microsleep of drivers on a "
        "closed road, 0.061 at the start (J. Vision, VSS 2012, article 2141193)",
    )
    drowsy_perclos: float = Field(
        default=0.15,
        ge=0.05,
        le=0.8,
        title="Drowsy",
        description="part of the last minute with shut eyes; more than the 0.122 at which the same drivers left their "
        "lane",
    )
    yawn_s: float = Field(
        default=2.5, ge=1, le=10, title="Yawn", description="seconds of a wide open mouth; a yawn takes about 6"
    )
    tired_yawns: int = Field(
        default=3, ge=1, le=20, title="Yawns", description="yawns within 10 minutes that make tired"
    )
    recover_s: float = Field(
        default=60.0,
        ge=5,
        le=900,
        title="Recovery",
        description="seconds of being more awake after which the stage falls, one step at a time",
    )
    unseen_s: float = Field(
        default=10.0,
        ge=2,
        le=60,
        title="Unseen",
        description="seconds without face or eyes after which that is told (Euro NCAP: 10)",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for name, less, more in (
            ("seconds of shut eyes", self.microsleep_s, self.sleep_s),
            ("seconds of shut eyes", self.sleep_s, self.unresponsive_s),
            ("seconds of a look away", self.long_away_s, self.unresponsive_s),
            ("parts of a minute", self.tired_perclos, self.drowsy_perclos),
        ):
            if less >= more:
                message = f"the stages need growing {name}, found {less:g} and then {more:g}"
                raise ValueError(message)
        return self
