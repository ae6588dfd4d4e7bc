"""The published JSON Schema of the policy document, made from the typed model."""

from __future__ import annotations

import json
from typing import Any

from clarion.rules.policy.document import FORMAT, Policy

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) for editors and pipelines. What it cannot say, ``clarion policy check`` does."""
    made = Policy.model_json_schema(by_alias=True)
    return {"$schema": DIALECT, **made, "title": f"Clarion communication policy, format {FORMAT}"}


def as_text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False, sort_keys=True)
