"""Where the repository lies, and the data sets that lie beside it."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("ESPLADE_DATA", ROOT / "../shared/data"))
"""A folder of data sets, which need not be there."""
