"""Records what the API server's authorizer answers.

python -m tests.analysis.access.rbac_oracle.record ORACLE
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.analysis.access.rbac_oracle.clusters import clusters

ANSWERS = Path(__file__).parent / "answers.txt"


def main() -> None:
    told = subprocess.run([sys.argv[1]], input=json.dumps(clusters()), capture_output=True, text=True, check=True)
    rows = json.loads(told.stdout)
    ANSWERS.write_text("".join("".join("01"[each] for each in row) + "\n" for row in rows), encoding="ascii")


if __name__ == "__main__":
    main()
