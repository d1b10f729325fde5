"""How the board itself is doing: its heat and its battery, from sysfs.

Sources: the kernel's Documentation/ABI/testing/sysfs-class-thermal (temp, in thousandths of a degree Celsius) and
sysfs-class-power (type, status, capacity in percent, scope).
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSFS = Path("/sys/class")
KEPT_S = 10.0
"""Heat and charge change slowly, and some drivers take milliseconds to answer."""
COLDEST, HOTTEST = -40.0, 150.0
"""°C. What is beyond is no temperature but a sensor that is absent or broken."""


@dataclass(frozen=True, slots=True)
class Condition:
    """None where the board does not tell.

    Attributes:
        celsius: of its hottest zone.
        battery: percent left, while it runs on battery; None while it is fed.
    """

    celsius: float | None = None
    battery: float | None = None


class Board:
    """Reads the condition at most every KEPT_S seconds.

    Args:
        sysfs: where the kernel shows its classes of devices.
    """

    def __init__(self, sysfs: Path = SYSFS) -> None:
        self._sysfs = sysfs
        self._condition = Condition()
        self._read_at = float("-inf")

    def condition(self) -> Condition:
        """The condition, not older than KEPT_S seconds."""
        now = time.monotonic()
        if now - self._read_at >= KEPT_S:
            self._read_at = now
            self._condition = Condition(self._heat(), self._charge())
        return self._condition

    def _heat(self) -> float | None:
        degrees = [number / 1000 for number in self._numbers("thermal/thermal_zone*/temp")]
        return max((degree for degree in degrees if COLDEST < degree < HOTTEST), default=None)

    def _charge(self) -> float | None:
        """Percent of the emptiest battery that feeds this board; a mouse's own (scope Device) does not count."""
        charges = [
            number
            for supply in sorted(self._sysfs.glob("power_supply/*"))
            if _text(supply / "type") == "Battery"
            and _text(supply / "status") == "Discharging"
            and _text(supply / "scope") != "Device"
            for number in self._numbers(f"power_supply/{supply.name}/capacity")
        ]
        return min((charge for charge in charges if 0 <= charge <= 100), default=None)  # noqa: PLR2004 - percent

    def _numbers(self, pattern: str) -> Iterator[float]:
        for path in self._sysfs.glob(pattern):
            with suppress(ValueError):
                yield float(_text(path))


def _text(path: Path) -> str:
    """The content of a sysfs file, "" where it is not there or its driver fails."""
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
