"""Settings of the face sense: when it would rather say nothing."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from edge.perception.settings import DomainSettings
from edge.section import Section


class FaceSettings(Section):
    """Limits beyond which a face is not read. Close to a limit a Reading's quality falls towards 0."""

    LIVE: ClassVar[frozenset[str]] = frozenset(
        {
            "least_presence",
            "least_size",
            "darkest",
            "brightest",
            "most_burnt",
            "least_sharpness",
            "least_texture",
            "most_yaw",
            "most_pitch",
            "most_roll",
        }
    )

    least_detection: float = Field(
        default=0.5,
        ge=0.05,
        le=0.95,
        title="Least detection score",
        description="probability that the detector must give a face; lower finds more faces and more mistakes",
    )
    redetect_s: float = Field(
        default=1.0,
        ge=0,
        le=60,
        title="Redetect",
        description="seconds for which a face is followed by its landmarks before the detector, which alone sees who "
        "else is there, looks again; it looks at once when the face is lost; 0 detects in every frame",
    )
    least_presence: float = Field(
        default=0.5,
        ge=0.0,
        le=0.99,
        title="Least presence",
        description="probability of a whole face that the landmark net must give; below it the face counts as covered",
    )
    least_size: float = Field(
        default=20.0, ge=8, le=1000, title="Least size", description="pixels of the longer side of the face's box"
    )
    darkest: float = Field(
        default=25.0,
        ge=0,
        le=255,
        title="Darkest",
        description="mean grey level of the face below which it is too dark",
    )
    brightest: float = Field(
        default=225.0, ge=0, le=255, title="Brightest", description="mean grey level above which it is over-exposed"
    )
    most_burnt: float = Field(
        default=0.4,
        ge=0,
        le=1,
        title="Most burnt",
        description="part of the face that may be at full white (250 and up)",
    )
    least_sharpness: float = Field(
        default=0.05,
        ge=0,
        le=2,
        title="Least sharpness",
        description="variance of the Laplacian over the variance of the aligned 48-pixel face; 0.5 is sharp, 0.05 is a "
        "face of 100 pixels behind a Gaussian blur of 4 pixels",
    )
    least_texture: float = Field(
        default=0.15,
        ge=0,
        le=1,
        title="Least texture",
        description="standard deviation of each eye and of the mouth over that of the face; a flat one is covered",
    )
    most_yaw: float = Field(default=40.0, gt=0, le=90, title="Most yaw", description="degrees to either side")
    most_pitch: float = Field(default=32.0, gt=0, le=90, title="Most pitch", description="degrees up or down")
    most_roll: float = Field(
        default=50.0, gt=0, le=180, title="Most roll", description="degrees of leaning to either side"
    )
    domain: DomainSettings = Field(
        default=DomainSettings(), title="Domain", description="what becomes of a picture that is no face"
    )
