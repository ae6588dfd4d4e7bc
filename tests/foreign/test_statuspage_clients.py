"""Programs written for Statuspage pages read ours, unmodified."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clarion.pages.site import render
from clarion.pages.view import PageView
from tests.foreign.clients import Metrics, metrics_of, widgets_of
from tests.pages import sample
from tests.pages.serving import serve


def metrics(view: PageView, tmp_path: Path) -> Metrics:
    with serve(render(view), tmp_path / "site") as base:
        return metrics_of(base, tmp_path)


def test_the_prometheus_exporter_sees_the_outage_its_incidents_and_components(tmp_path: Path) -> None:
    found = metrics(sample.rich(), tmp_path)
    assert [0.0] == [value for _, value in found["statuspage_service_status"]]
    incidents = {labels["incident_id"]: labels for labels, _ in found["statuspage_incident_info"]}
    assert {"9tpgqq1h4bs7", "m2f7k1z0qa8d"} == set(incidents)
    payments = incidents["9tpgqq1h4bs7"]
    assert "Card payments are declined for some customers" == payments["incident_name"]
    assert "major" == payments["impact"]
    assert "https://status.larkspur.example/incidents/9tpgqq1h4bs7" == payments["shortlink"]
    assert "Card payments, Bank transfers" == payments["affected_components"]
    unwell = {labels["component_name"] for labels, value in found["statuspage_component_status"] if not value}
    assert {"Card payments", "Bank transfers", "Webhooks", "Search"} <= unwell
    assert [1.0] == [value for _, value in found["statuspage_probe_check"]]


def test_the_prometheus_exporter_sees_that_all_is_well(tmp_path: Path) -> None:
    found = metrics(sample.quiet(), tmp_path)
    assert [1.0] == [value for _, value in found["statuspage_service_status"]]
    assert {"none": 0.0} == {
        labels["incident_id"]: value for labels, value in found["statuspage_incident_info"]
    }


def widgets(view: PageView, folder: Path) -> Any:
    with serve(render(view), folder) as base:
        return widgets_of(base)


@pytest.mark.service("npm")
@pytest.mark.parametrize(
    ("view", "indicator", "sentence"),
    [
        (sample.rich(), "minor", "Minor Service Outage"),
        (sample.quiet(), "none", "All Systems Operational"),
    ],
    ids=["a bad night", "a calm day"],
)
def test_atlassians_own_widget_shows_the_page(
    view: PageView, indicator: str, sentence: str, tmp_path: Path
) -> None:
    plain, badge = widgets(view, tmp_path)
    assert [indicator, indicator] == [plain["indicator"], badge["indicator"]]
    assert sentence in plain["text"]
    assert sentence in badge["text"]
    assert "larkspur" in badge["text"]
