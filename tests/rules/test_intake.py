"""Reports of tools become incidents: once, in whatever order and however often they arrive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.rules.intake import (
    Attach,
    Choice,
    Nothing,
    OpenIncident,
    OpenNew,
    Signal,
    all_quiet,
    choose_incident,
    merge_status,
)

START = datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
PROM = "prometheus"


def signal(
    key: str = "a", group: str = "g", status: str = "firing", minute: int = 0, severity: str = ""
) -> Signal:
    started = START + timedelta(minutes=minute)
    return Signal(key=key, group=group, status=status, title=key, started_at=started, severity=severity)


SAME_GROUP = OpenIncident("same-group", groups=frozenset({(PROM, "g"), (PROM, "h")}))
OTHER_TOOL = OpenIncident("other-tool", groups=frozenset({("pagerduty", "g")}))
SAME_PART = OpenIncident("same-part", component_ids=frozenset({"checkout", "api"}))
SAME_PART_TOO = OpenIncident("same-part-too", component_ids=frozenset({"api"}))

BOTH_PARTS = [SAME_PART, SAME_PART_TOO]
NONE_OPEN = "no_open_incident"
CHOICES = [
    ("the first alert ever", "firing", "", [], set(), OpenNew, NONE_OPEN),
    ("of a group that an incident holds", "firing", "", [SAME_GROUP], set(), "same-group", "same_group"),
    ("of an equally named group of another tool", "firing", "", [OTHER_TOOL], set(), OpenNew, NONE_OPEN),
    (
        "on a component that is affected",
        "firing",
        "",
        [SAME_PART],
        {"api", "x"},
        "same-part",
        "same_component",
    ),
    ("on another component", "firing", "", [SAME_PART], {"x"}, OpenNew, NONE_OPEN),
    ("on no component", "firing", "", [SAME_PART], set(), OpenNew, NONE_OPEN),
    ("on one of two, the oldest", "firing", "", BOTH_PARTS, {"api"}, "same-part", "same_component"),
    ("group before component", "firing", "", [SAME_PART, SAME_GROUP], {"api"}, "same-group", "same_group"),
    ("repeated", "firing", "firing", [SAME_GROUP], set(), Nothing, "already_firing"),
    ("repeated after the incident was closed", "firing", "firing", [], set(), Nothing, "already_firing"),
    ("late, after it was resolved", "firing", "resolved", [SAME_GROUP], {"api"}, Nothing, "already_resolved"),
    ("resolved in time", "resolved", "firing", [SAME_GROUP], set(), "same-group", "now_resolved"),
    ("resolved after the incident was closed", "resolved", "firing", [], set(), Nothing, NONE_OPEN),
    ("resolved, and only the component fits", "resolved", "firing", [SAME_PART], {"api"}, Nothing, NONE_OPEN),
    ("resolved before it was seen firing", "resolved", "", [SAME_GROUP], {"api"}, Nothing, "never_firing"),
    ("resolved twice", "resolved", "resolved", [SAME_GROUP], set(), Nothing, "already_resolved"),
]


@pytest.mark.parametrize(
    ("status", "seen", "incidents", "parts", "expected", "code"),
    [row[1:] for row in CHOICES],
    ids=[row[0] for row in CHOICES],
)
def test_an_alert_comes_to(
    status: str,
    seen: str,
    incidents: list[OpenIncident],
    parts: set[str],
    expected: type[Choice] | str,
    code: str,
) -> None:
    """Every choice is one of three, and says why."""
    choice = choose_incident(
        signal(status=status), incidents, source=PROM, seen=seen, component_ids=frozenset(parts)
    )
    assert expected == (choice.incident_id if isinstance(choice, Attach) else type(choice))
    assert code == choice.reason.code
    assert choice.reason.text.endswith(".")


@pytest.mark.parametrize(("alert", "comes_to"), [("public", "open"), ("private", "hush")])
def test_on_one_component_an_alert_comes_to_an_incident_that_is_as_private(alert: str, comes_to: str) -> None:
    """A private incident swallows no ordinary alert, and a public one shows no private alert around."""
    both = [
        OpenIncident("hush", component_ids=frozenset({"api"}), visibility="private"),
        OpenIncident("open", component_ids=frozenset({"api"})),
    ]
    for order in (both, both[::-1]):
        choice = choose_incident(
            signal(), order, source=PROM, component_ids=frozenset({"api"}), visibility=alert
        )
        assert comes_to == choice.incident_id
    (other,) = (found for found in both if found.visibility != alert)
    choice = choose_incident(
        signal(), [other], source=PROM, component_ids=frozenset({"api"}), visibility=alert
    )
    assert isinstance(choice, OpenNew)


@dataclass
class Desk:
    """The least that a caller of the rules must remember."""

    seen: dict[tuple[str, datetime], Signal] = field(default_factory=dict)
    holder: dict[tuple[str, datetime], str] = field(default_factory=dict)
    incidents: list[OpenIncident] = field(default_factory=list)

    def take(self, report: Signal) -> None:
        name = (report.key, report.started_at)
        known = self.seen.get(name)
        choice = choose_incident(report, self.incidents, source=PROM, seen=known.status if known else "")
        status = merge_status(known.status if known else "firing", report.status)
        self.seen[name] = replace(report, status=status)
        if isinstance(choice, OpenNew):
            group = frozenset({(PROM, report.group)})
            self.incidents.append(OpenIncident(f"i{len(self.incidents)}", groups=group))
            self.holder[name] = self.incidents[-1].id
        elif isinstance(choice, Attach):
            self.holder[name] = choice.incident_id

    def final_state(self) -> dict[str, object]:
        """All that may not depend on the order: states, whose alert still fires, and what is quiet."""
        groups = {incident.id: incident.groups for incident in self.incidents}
        return {
            "states": {name: found.status for name, found in self.seen.items()},
            "held": {
                name: groups[self.holder[name]]
                for name, found in self.seen.items()
                if found.status == "firing"
            },
            "loud": {incident.groups for incident in self.incidents if not self.quiet(incident)},
        }

    def quiet(self, incident: OpenIncident) -> bool:
        held = [found for name, found in self.seen.items() if self.holder.get(name) == incident.id]
        return all_quiet(held).allowed


def after(reports: Iterable[Signal]) -> Desk:
    desk = Desk()
    for report in reports:
        desk.take(report)
    return desk


#: Few keys, groups and starts, so that reports often speak of the same occurrence.
REPORTS = st.builds(
    lambda key, status, minute: signal(key, "g" + key[0], status, minute),
    st.sampled_from(["ax", "ay", "bx"]),
    st.sampled_from(["firing", "resolved"]),
    st.integers(0, 2),
)


@given(st.lists(REPORTS, max_size=12), st.data())
def test_order_and_repetition_change_nothing_in_the_end(reports: list[Signal], data: st.DataObject) -> None:
    """Reports shuffled and each up to three times lead to the same states and the same loud incidents."""
    in_order = after(reports).final_state()
    repeated = [report for report in reports for _ in range(data.draw(st.integers(1, 3)))]
    assert in_order == after(data.draw(st.permutations(repeated))).final_state()


@given(st.lists(REPORTS, max_size=12))
def test_no_alert_is_lost_and_no_group_is_opened_twice(reports: list[Signal]) -> None:
    """Whatever still fires belongs to an incident, and one open group has one incident."""
    desk = after(reports)
    for name, found in desk.seen.items():
        assert found.status == "resolved" or name in desk.holder
    groups = [incident.groups for incident in desk.incidents]
    assert len(set(groups)) == len(groups)


def test_resolved_before_triggered_opens_nothing_even_when_the_trigger_comes_late() -> None:
    """An alert that is over by the time it is heard of is remembered, and nobody is called."""
    desk = after([signal(status="resolved"), signal(status="firing")])
    assert desk.incidents == []
    assert {"resolved"} == {found.status for found in desk.seen.values()}


def test_the_same_alert_starting_again_is_news() -> None:
    """A new start is a new occurrence, though the key is the same."""
    desk = after([signal(status="resolved"), signal(status="firing", minute=30)])
    assert len(desk.incidents) == 1


QUIET = [
    ("no alert at all", [], False, "No alert belongs to this incident, so none can tell that it is over."),
    ("one still firing", [signal("a"), signal("b", status="resolved")], False, 'Still firing: "a".'),
    ("five still firing", [signal(k) for k in "abcde"], False, 'Still firing: "a", "b", "c" and 2 more.'),
    (
        "all resolved",
        [signal(k, status="resolved") for k in "ab"],
        True,
        "Every alert of this incident is resolved; resolution can be proposed.",
    ),
]


@pytest.mark.parametrize(
    ("held", "may", "because"), [row[1:] for row in QUIET], ids=[row[0] for row in QUIET]
)
def test_resolution_is_proposed_when_all_is_quiet(held: list[Signal], may: bool, because: str) -> None:
    """Only when every alert is over, and the answer names what is not."""
    verdict = all_quiet(held)
    assert (may, because) == (verdict.allowed, verdict.because)
