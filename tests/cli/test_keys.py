"""A key is never half there, and one that is damaged is said in a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings

from clarion.store import health, keys
from tests import factories as make


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["", "\n", "c2hvcnQ=\n", "not a key\n", "\xe9\n"])
def test_a_damaged_signing_key_is_a_finding(content: str, clarion_home: Path) -> None:
    """Empty, short or no key at all: a sentence that names the file, never an exception."""
    make.keys(settings.CLARION.home)
    keys.signing_key_path().write_text(content, encoding="latin-1")
    found = {item.name: item.text for item in health.check(make.NOW) if not item.ok}
    assert found["keys"].startswith(f"{keys.signing_key_path()} cannot be read as a key")


def test_a_key_appears_only_once_it_is_whole_and_on_disk(
    monkeypatch: pytest.MonkeyPatch, clarion_home: Path
) -> None:
    """A power cut while keys are made leaves no empty key that the next run would take for one."""

    def power_cut(file: int) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", power_cut)
        with pytest.raises(OSError, match="power cut"):
            keys.create_keys(settings.CLARION.home)
    assert not keys.signing_key_path().exists()
    made = keys.create_keys(settings.CLARION.home)
    assert ["ledger", "secret"] == [path.name for path in made]
    assert ["ledger", "secret"] == sorted(path.name for path in keys.signing_key_path().parent.iterdir())
    assert {0o600} == {path.stat().st_mode & 0o777 for path in made}
