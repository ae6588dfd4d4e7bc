"""A setting that cannot be understood stops the program with one sentence that names it."""

from __future__ import annotations

import pytest

from clarion.channels.webhook import Config
from clarion.settings import BadSetting, options, read


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999", "many", ""])
@pytest.mark.parametrize("name", ["CLARION_HOOK_LIMIT_BYTES", "CLARION_SWEEP_SECONDS"])
def test_a_number_that_is_none_is_named(name: str, value: str) -> None:
    """A limit of NaN would be no limit: every comparison with it is false."""
    with pytest.raises(BadSetting, match=f"^{name} is '{value}'; write a number.$"):
        read({name: value})


def test_a_number_of_a_channel_is_one_too() -> None:
    with pytest.raises(BadSetting, match="^CLARION_CHANNEL_WEBHOOK_TIMEOUT is 'nan'; write a number.$"):
        options("CLARION_CHANNEL_WEBHOOK", Config, {"CLARION_CHANNEL_WEBHOOK_TIMEOUT": "nan"}, {})


@pytest.mark.parametrize("value", ["https", "443, https", "443;8443", "4.5"])
def test_a_list_of_ports_that_are_no_numbers_is_named(value: str) -> None:
    sentence = f"^CLARION_CHANNEL_WEBHOOK_PORTS is '{value}'; write whole numbers separated by commas.$"
    with pytest.raises(BadSetting, match=sentence):
        options("CLARION_CHANNEL_WEBHOOK", Config, {"CLARION_CHANNEL_WEBHOOK_PORTS": value}, {})


def test_a_list_of_ports_is_read() -> None:
    read_in = options("CLARION_CHANNEL_WEBHOOK", Config, {"CLARION_CHANNEL_WEBHOOK_PORTS": "443, 8443"}, {})
    assert (443, 8443) == read_in.ports
