"""The only places on disk that ./run writes to."""

import hashlib
import os
import socket
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE = "recouvrement_b2b"

# What several checkouts share and can fetch again: Odoo, the Python environments.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / MODULE

# What belongs to this checkout alone: databases, files, logs.
STATE = ROOT / ".state"
LOGS = STATE / "logs"

# What it hands to the user: letters, worklist, wheel.
OUT = ROOT / "out"
DIST = ROOT / "dist"

# Where checkouts meet, in the cache or in a PostgreSQL server of the user's, each keeps
# to names with this in them.
_PLACE = f"{socket.gethostname()}:{ROOT}".encode()
CHECKOUT_ID = hashlib.sha256(_PLACE).hexdigest()[:6]
