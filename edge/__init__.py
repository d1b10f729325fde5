"""Rapport's runtime: everything that is flashed onto a device."""

from __future__ import annotations

__version__ = "0.1.0"
