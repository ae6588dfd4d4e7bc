"""Which jurisdictions an incident touches, and why each is taken."""

from __future__ import annotations

from importlib import resources

import pytest

from clarion.rules import jurisdictions
from clarion.rules.lint._apology import load_apology
from clarion.rules.policy.facts import REGION_FORM

#: a region of an incident, and where it lies
REGIONS = [
    ("EU", ["EU-civil-law"]),
    ("DE", ["EU-civil-law"]),
    ("DE-BY", ["EU-civil-law"]),
    ("US-CA", ["US"]),
    ("US", ["US"]),
    ("CA", ["CA"]),
    ("CA-BC", ["CA-BC"]),
    ("CA-QC", ["CA"]),
    ("UK", ["GB-EAW", "GB-SCT"]),
    ("GB-SCT", ["GB-SCT"]),
    ("APAC", []),
    ("NO", ["NO"]),
]


@pytest.mark.parametrize(("region", "lies_in"), REGIONS)
def test_a_region_names_a_jurisdiction_or_none(region: str, lies_in: list[str]) -> None:
    assert lies_in == list(jurisdictions.of_region(region))


def test_the_union_is_taken_and_each_says_why() -> None:
    found = jurisdictions.taken(organisation=["HK", "US"], readers=["US"], regions=["US-CA", "EU", "APAC"])
    assert ["EU-civil-law", "US", "HK"] == [each.code for each in found]
    assert (
        "The organisation answers there, says the policy.",
        "Affected readers are there, says the fact sheet.",
        "The incident's region US-CA lies there.",
    ) == found[1].reasons
    assert () == jurisdictions.taken(organisation=[], readers=[], regions=[])


def test_a_code_that_is_gone_still_counts() -> None:
    """A sheet of an older installation may name it; lint then takes the strictest posture."""
    (found,) = jurisdictions.taken(organisation=["XX"], readers=[], regions=[])
    assert ("XX", "XX") == (found.code, found.label)


def test_what_does_not_exist_is_named_with_what_does() -> None:
    assert "" == jurisdictions.unknown(["GB-EAW", "US"])
    assert jurisdictions.unknown(["US", "GB"]).startswith("There is no jurisdiction 'GB'. Use GB-EAW, ")


def test_every_apology_profile_can_be_named_and_regions_have_the_form_of_policy() -> None:
    text = (resources.files("clarion.data") / "apology.yaml").read_text(encoding="utf-8")
    known = jurisdictions.jurisdictions()
    assert {profile.jurisdiction for profile in load_apology(text).profiles} <= set(known)
    assert all(REGION_FORM.fullmatch(region) for each in known.values() for region in each.regions)
