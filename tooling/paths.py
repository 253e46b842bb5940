"""The only places on disk that ./run writes to."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE = "recouvrement_b2b"

# What several checkouts share and can always be fetched again: Odoo, the Python environments.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / MODULE

# What belongs to this checkout alone: databases, files, logs.
STATE = ROOT / ".state"
LOGS = STATE / "logs"
OUT = ROOT / "out"
