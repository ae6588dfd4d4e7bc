"""The name of the log is decided once. No later change of address may part a log from its past."""

from __future__ import annotations

import json

import pytest
from django.conf import settings

from clarion.settings import BadSetting, read
from clarion.store import health, keys, ledger
from tests import factories as make
from tests.living import Installation

SEAL = "from clarion.store import keys, ledger\nresult = ledger.seal(signer=keys.signer(), now=now)"
WRITE = "from clarion.store import ledger\nledger.append('a.b', actor='system', subject='a:b', at=now)"
TRY_SEAL = (
    "from clarion.store import keys, ledger\n"
    "try: ledger.seal(signer=keys.signer(), now=now)\n"
    "except ledger.SealConflict as error: pass\n"
    "else: raise AssertionError('sealed')"
)
NAMES = (
    "from clarion.store.models import Checkpoint\n"
    "result = [row.note.partition('\\n')[0] for row in Checkpoint.objects.order_by('size')]"
)


def found(here: Installation) -> dict[str, str]:
    said = json.loads(here.run("check", "--json", check=False).stdout)
    return {check["name"]: check["text"] for check in said["checks"] if not check["ok"]}


def test_a_new_address_does_not_rename_the_log(prepared: Installation) -> None:
    prepared.python(SEAL)
    prepared.extra = {"CLARION_BASE_URL": "https://status.example.com"}
    prepared.python(WRITE)
    prepared.run("init")
    prepared.python(SEAL)
    assert ["127.0.0.1/clarion"] * 2 == prepared.python(NAMES)
    assert "ledger" not in found(prepared)


def test_a_log_under_another_name_is_said_and_not_continued(prepared: Installation) -> None:
    """Checkpoints of two names in one log could never be told as one."""
    prepared.python(SEAL)
    prepared.python(WRITE)
    prepared.extra = {"CLARION_LOG_NAME": "status.example.com/clarion"}
    assert found(prepared)["ledger"] == (
        "The newest checkpoint is of the log 127.0.0.1/clarion, but this one is named "
        "status.example.com/clarion, so nothing is sealed. Set CLARION_LOG_NAME=127.0.0.1/clarion."
    )
    prepared.python(TRY_SEAL)
    assert ["127.0.0.1/clarion"] == prepared.python(NAMES)


def test_the_name_that_was_chosen_first_is_kept(bare: Installation) -> None:
    bare.extra = {"CLARION_LOG_NAME": "chosen.example/log"}
    bare.run("init")
    bare.extra = {}
    bare.run("init")
    assert "chosen.example/log\n" == (bare.home / "keys" / "log-name").read_text()
    bare.python(SEAL)
    assert ["chosen.example/log"] == bare.python(NAMES)


def test_an_empty_file_of_the_name_is_no_name(clarion_home: object) -> None:
    """To go on under the default would be the silent change that the file is there to prevent."""
    home = settings.CLARION.home
    make.keys(home)
    assert keys.keep_log_name(home, "status.example.com/clarion")
    assert not keys.keep_log_name(home, "other.example.com/clarion")
    assert "status.example.com/clarion" == read({"CLARION_HOME": str(home)}).log_name
    (home / "keys" / "log-name").write_text("\n")
    with pytest.raises(BadSetting, match="log-name is empty"):
        read({"CLARION_HOME": str(home)})
    assert "x.example" == read({"CLARION_HOME": str(home), "CLARION_LOG_NAME": "x.example"}).log_name


@pytest.mark.parametrize("name", ["", "two words", "plus+sign"])
def test_a_name_that_no_checkpoint_can_bear_is_refused_at_once(name: str) -> None:
    with pytest.raises(BadSetting, match="^CLARION_LOG_NAME is "):
        read({"CLARION_LOG_NAME": name})


@pytest.mark.django_db
def test_a_log_without_checkpoints_has_nothing_to_differ_from(clarion_home: object) -> None:
    make.keys(settings.CLARION.home)
    assert [] == [item.text for item in health.check(make.NOW) if item.name == "ledger" and not item.ok]
    ledger.append("a.b", actor="system", subject="a:b", at=make.NOW)
    ledger.seal(signer=keys.signer(), now=make.NOW)
    assert [] == [item.text for item in health.check(make.NOW) if item.name == "ledger" and not item.ok]
