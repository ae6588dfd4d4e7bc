"""What the texts of an incident may not tell, from its rows."""

from __future__ import annotations

from clarion.rules.withheld import Known
from clarion.store import fact_sheets
from clarion.store.models import Incident
from clarion.store.policies import templates_of


def known_of(incident: Incident) -> Known:
    """Everything of this incident that can have to stay inside, whoever reads."""
    affected = incident.affected.filter(component__public=True)
    return Known(
        sheet=fact_sheets.newest(incident).sheet,
        causes=fact_sheets.causes(incident),
        disclosures=fact_sheets.decisions(incident),
        requirements=incident.requirements,
        counted=incident.customers_affected,
        regions=incident.regions or (),
        components=list(affected.values_list("component__name", flat=True)),
        never_say=templates_of(incident.policy_version).phrases[incident.requirements["template"]].never_say,
    )
