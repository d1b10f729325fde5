"""``python -m fleet``."""

from __future__ import annotations

import sys

from fleet.cli import main

if __name__ == "__main__":  # not in the processes that a simulation starts from this one
    sys.exit(main())
