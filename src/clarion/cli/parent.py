"""A server started by a demo ends with it, even when the demo is killed and can stop nobody."""

from __future__ import annotations

import os
import signal
import time
from threading import Thread

LOOK_SECONDS = 0.5


def stop_with_parent() -> None:
    """From now on, sends this process SIGTERM once its parent is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, name="parent", daemon=True).start()
