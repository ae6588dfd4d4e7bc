"""`python -m clarion.cli`: the same as `clarion`, for programs that start one."""

from __future__ import annotations

import sys

from clarion.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
