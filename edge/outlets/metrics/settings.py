"""Settings of the metrics page."""

from __future__ import annotations

from pydantic import Field

from edge.section import Section


class MetricsSettings(Section):
    """OpenMetrics at http://127.0.0.1:PORT/metrics; no other machine reaches it."""

    port: int = Field(
        default=0,
        ge=0,
        le=65535,
        title="Port",
        description="on 127.0.0.1 only; 0: off. Needs the extra: pip install 'rapport-edge[metrics]'",
    )
