"""Settings of what may leave the device, and how much it may tell."""

from __future__ import annotations

from pydantic import Field

from edge.privacy.limits import LEAST_DELTA, MOST_DELTA, MOST_EPSILON_RELEASE, MOST_EPSILON_YEAR, Limits
from edge.section import Section

_NAMES = r"\{device\}|\{pseudonym\}"
_LEVEL = rf"([^#+/{{}}\x00-\x1f\x7f]|{_NAMES})"
"""What stands between two slashes of a topic, character by character."""


class PrivacySettings(Section):
    """Counts with noise that may leave, and the budget of all that leaves. Also needs a grant for "aggregates"."""

    topic: str = Field(
        default="",
        pattern=rf"^$|^([^$#+/{{}}\x00-\x1f\x7f]|{_NAMES}){_LEVEL}*(/{_LEVEL}+)*$",
        max_length=200,
        title="Topic",
        description="topic that aggregates are sent to, such as fleet/{device}/aggregate; {device} and {pseudonym} are "
        "filled in; empty: none are made, whatever is granted",
    )
    report_every_hours: int = Field(
        default=24,
        ge=1,
        le=744,
        title="Report every",
        description="hours in which the device runs; one of them, drawn by lot, is reported",
    )
    aggregates_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        allow_inf_nan=False,
        title="Share of aggregates",
        description="of the year's budget that reports are planned with; the rest is for learning together",
    )
    epsilon_year: float = Field(
        default=MOST_EPSILON_YEAR,
        gt=0,
        le=MOST_EPSILON_YEAR,
        allow_inf_nan=False,
        title="Epsilon a year",
        description=f"of all that leaves in any year; up to {MOST_EPSILON_YEAR:g}: smaller is stricter, larger refused",
    )
    epsilon_release: float = Field(
        default=MOST_EPSILON_RELEASE,
        gt=0,
        le=MOST_EPSILON_RELEASE,
        allow_inf_nan=False,
        title="Epsilon a release",
        description=f"of one message; up to {MOST_EPSILON_RELEASE:g}: smaller is stricter, larger refused",
    )
    delta: float = Field(
        default=MOST_DELTA,
        ge=LEAST_DELTA,
        le=MOST_DELTA,
        allow_inf_nan=False,
        title="Delta",
        description="the chance that epsilon does not hold in a year; up to 1e-6: smaller is stricter, larger refused",
    )

    @property
    def limits(self) -> Limits:
        """The budget that is set."""
        return Limits(self.epsilon_year, self.epsilon_release, self.delta)
