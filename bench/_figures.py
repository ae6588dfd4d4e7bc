"""How a bench says what it measured: one JSON object per figure, printed and kept."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

KEPT = Path(__file__).resolve().parents[1] / "var" / "bench.jsonl"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement beside the floor of the same run. ``better`` is ``higher`` or ``lower``."""

    name: str
    value: float
    unit: str
    floor_is: str
    floor: float
    goal: str
    ok: bool

    @property
    def ratio(self) -> float:
        return self.value / self.floor if self.floor else float("nan")


def report(*figures: Figure) -> int:
    """Prints and keeps the figures; returns the exit code: 0 when every goal is met."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as file:
        for figure in figures:
            value = asdict(figure)
            floor = {"is": value.pop("floor_is"), "value": round(value["floor"], 3)}
            line = json.dumps(
                {**value, "value": round(figure.value, 3), "floor": floor, "ratio": round(figure.ratio, 3)}
            )
            print(line, flush=True)
            file.write(line + "\n")
    return 0 if all(figure.ok for figure in figures) else 1


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies; the worst ones are not smoothed away."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
