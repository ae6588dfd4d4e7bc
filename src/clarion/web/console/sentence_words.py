"""What each kind of ledger entry is as the rest of a sentence that begins with who did it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from clarion.rules.documents import KINDS
from clarion.rules.facts import DETERMINATIONS
from clarion.rules.policy.facts import NAMES
from clarion.web.console.labels import DELIVERY_LABELS, channel_labels, label
from clarion.web.console.sentence_names import Names

Say = Callable[[Mapping[str, Any], Mapping[str, str | None], Names], str]


def _title(texts: Mapping[str, str | None], name: str) -> str:
    return f"“{texts.get(name)}”" if texts.get(name) else "(erased)"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _opened(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    how = "from an alert" if data["signal"] else "by hand"
    return f"opened the incident {how} as {data['severity']}, {label('category', data['category']).lower()}"


def _attached(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    return f"attached the {data['status']} alert {_title(texts, 'signal_title')}"


def _quiet(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    return f"noted that {_title(texts, 'signal_title')} is resolved, and with it every alert of this incident"


def _changed(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    parts = [f"{name} from {data['before'][name]} to {after}" for name, after in data["after"].items()]
    told = f"changed {' and '.join(parts)}" if parts else "changed the internal title"
    if data.get("drafts_returned"):
        told += "; what was in review must be approved anew"
    if data.get("drafts_approved"):
        told += "; a draft in review lacks nothing any more"
    return told


def _assessed(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    new = data["after"]
    parts = [f"{NAMES[name].lower()}: {_fact(name, new[name])}" for name in NAMES if name in new]
    told = f"assessed the incident ({'; '.join(parts)})"
    if data["drafts_returned"]:
        told += "; what was in review must be approved anew"
    if data["drafts_approved"]:
        told += "; a draft in review lacks nothing any more"
    return told


def _reevaluated(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    parts = [
        f"{each['name'].replace('_', ' ')}: {each['before']} → {each['after']}" for each in data["changes"]
    ]
    differs = "; ".join(parts) or "nothing follows otherwise"
    told = f"re-evaluated the incident under policy version {data['policy_version']} ({differs})"
    return told + ("; what was in review must be approved anew" if data["drafts_returned"] else "")


def _policy(what: str) -> Say:
    def say(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
        # Entries of the time when there was nothing but the policy say nothing of it.
        changed = [kind.label for name, kind in KINDS.items() if name in data.get("changed", ["document"])]
        told = f"{what} a change of the {' and the '.join(changed)}"
        return told + (f": version {data['number']} is in force" if "number" in data else "")

    return say


def _fact(name: str, value: Any) -> str:
    """A fact as it stands in a sentence."""
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if value is None or isinstance(value, int):
        return "unknown" if value is None else f"{value:,}"
    return label(name, value).lower()


def _closed(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    return f"closed the incident as {label('state', data['state']).lower()}, since readers never heard of it"


def _created(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    told = f"wrote a draft from the template: {label('phase', data['phase']).lower()}"
    return " ".join([told, *(f"({reason['text']})" for reason in data.get("promise_reasons", ()))])


def _edited(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    voided = data["approvals_voided"]
    also = f", which voided {_count(voided, 'approval')}" if voided else ""
    return f"wrote version {data['version']} of the draft{also}"


def _composed(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    voided = data["approvals_voided"]
    also = f", which voided {_count(voided, 'approval')}" if voided else ""
    return f"composed version {data['version']} again from version {data['facts_version']} of the facts{also}"


def _submitted(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    missing = " ".join(reason["text"] for reason in data.get("entered_although", ()))
    return f"asked for review of version {data['version']}{'. ' if missing else ''}{missing}"


def _decided(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    verb = "asked for changes to" if data["decision"] == "changes_requested" else "approved"
    missing = [label("role", role).lower() for role in data["still_missing"]]
    then = f"; still missing: {' and '.join(missing)}" if missing and verb == "approved" else ""
    role = label("role", data["role"]).lower()
    return f"{verb} version {data['version']} as {role}{then}"


def _completed(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    return f"{_decided(data, texts, names)}, which completed the review"


def _translated(verb: str) -> Say:
    def say(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
        also = ", which readers see since then" if data.get("shown") else ""
        return f"{verb} the translation of version {data['version']} into {data['language']}{also}"

    return say


def _lapsed(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    # Entries from before the sentences stood beside the chain hold them.
    lapsed = [each.get("text") or texts.get(f"lapsed.{n}") for n, each in enumerate(data["lapsed"])]
    why = "".join(f" {text or 'A reason that was erased.'}" for text in lapsed)
    for each in data.get("missing", ()):
        because = texts.get(f"missing.{each['role']}") or "for a reason that was erased."
        why += f" {label('role', each['role'])} is missing: {because}"
    return f"did not publish version {data['version']}, since its review no longer holds.{why}"


def _published(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    channels = ", ".join(channel_labels().get(name, name).lower() for name in data["channels"])
    where = f" on {channels}" if channels else " inside the organisation"
    late = ", after the promised time" if data["promise"]["kept_late"] else ""
    way = ", and so opened the incident again" if data.get("move") == "reopened" else ""
    return f"published update {data['number']} ({label('state', data['state']).lower()}){where}{late}{way}"


def _fanned_out(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    parts = [f"{count} by {label('channel', name).lower()}" for name, count in data["counts"].items()]
    said = f"prepared the deliveries: {' and '.join(parts)}" if parts else "found no subscriber to deliver to"
    overtaken = len(data.get("overtaken", ()))  # older entries do not say
    return f"{said}; {overtaken} of older updates were overtaken" if overtaken else said


def _recorded(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    counts: dict[str, int] = {}
    for item in data["deliveries"]:
        counts[item["state"]] = counts.get(item["state"], 0) + 1
    parts = [
        f"{count} {DELIVERY_LABELS.get(state, state).lower()}" for state, count in sorted(counts.items())
    ]
    return f"recorded deliveries by {label('channel', data['channel']).lower()}: {', '.join(parts)}"


def _noticed(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    states = Counter(item["state"] for item in data["notices"])
    parts = [f"{count} {label('delivery', state).lower()}" for state, count in sorted(states.items())]
    return f"recorded mail to the owner of a deadline: {', '.join(parts)}"


def _deadline(verb: str) -> Say:
    def say(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
        what, owner = label("deadline", data["kind"]).lower(), label("role", data["owner_role"]).lower()
        return f"{verb} ({what}, owned by the {owner})"

    return say


def _said(sentence: str) -> Say:
    def say(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
        said = {name: text or "(erased)" for name, text in texts.items()}
        return sentence.format_map(defaultdict(lambda: "?", {**data, **said}))

    return say


def _facts(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    parts = [
        f"{label('fact', item['fact']).lower()}{':' if item['fact'] in DETERMINATIONS else ''} {item['what']}"
        for item in data["changes"]
    ]
    return f"recorded version {data['version']} of the facts: {'; '.join(parts)}"


def _disclosed(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    told = " and ".join(label("audience", name).lower() for name in data["audiences"])
    role = label("role", data["role"]).lower()
    return f"decided as {role} that {told} may read of the cause before it is confirmed"


def _source_changed(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
    if data["settings_replaced"]:
        return "replaced the settings of the source" + ("" if data["enabled"] else ", which is switched off")
    return f"switched the source {'on' if data['enabled'] else 'off'}"


def _name(verb: str) -> Say:
    """Never the name itself: not everybody who reads the ledger may read the register."""

    def say(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
        return f"{verb} ({label('name_kind', data['kind']).lower()})"

    return say


def _role(verb: str) -> Say:
    def say(data: Mapping[str, Any], texts: Mapping[str, str | None], names: Names) -> str:
        return f"{verb} {label('role', data['role']).lower()}"

    return say


SENTENCES: Mapping[str, Say] = {
    "hook.received": _said("took in a report"),
    "hook.quarantined": _said("sent a report that could not be read; it is kept in quarantine"),
    "hook.read": _said("read the report"),
    "hook.discarded": _said("discarded a report from quarantine"),
    "signal.ignored": _said("noted an alert that changes nothing"),
    "incident.opened": _opened,
    "incident.signal_attached": _attached,
    "incident.quiet": _quiet,
    "incident.changed": _changed,
    "incident.assessed": _assessed,
    "incident.closed": _closed,
    "incident.exported": _said("took the record of the incident out ({entries} entries)"),
    "draft.created": _created,
    "draft.edited": _edited,
    "draft.composed": _composed,
    "draft.submitted": _submitted,
    "draft.commented": _said("commented on version {version}"),
    "draft.withdrawn": _said("withdrew the draft at version {version}"),
    "draft.approval_given": _decided,
    "draft.changes_requested": _decided,
    "draft.approved": _completed,
    "draft.approval_lapsed": _lapsed,
    "draft.review_completed": _said("completed the review of version {version}, which waits for nobody now"),
    "finding.waived": _said("overrode the finding {rule} in the text for {audience}"),
    "translation.written": _translated("wrote"),
    "translation.approved": _translated("approved"),
    "translation.changes_requested": _translated("asked for changes to"),
    "facts.recorded": _facts,
    "disclosure.decided": _disclosed,
    "disclosure.withdrawn": _said("took back the decision to tell the cause before it is confirmed"),
    "update.published": _published,
    "deliveries.created": _fanned_out,
    "deliveries.recorded": _recorded,
    "delivery.retried": _said("asked for a delivery to be tried again"),
    "deadline.warned": _deadline("warned that a deadline is near"),
    "deadline.missed": _deadline("noted that a deadline was missed"),
    "deadline.reminded": _deadline("reminded again of a missed deadline"),
    "notices.recorded": _noticed,
    "site.written": _said("wrote {files} page files ({changed} changed)"),
    "site.failed": _said("could not write the page: {problem}"),
    "site.added": _said("added a publishing target of kind {kind}"),
    "policy.installed": _said("put the first policy in force"),
    "policy.proposed": _policy("proposed"),
    "policy.approved": _policy("approved"),
    "policy.rejected": _said("rejected a change of the policy"),
    "incident.reevaluated": _reevaluated,
    "component.added": _said("added the component “{name}”"),
    "source.added": _said("added a source of kind {kind}"),
    "source.changed": _source_changed,
    "subscriber.added": _said("added a subscriber by {channel}"),
    "subscriber.unsubscribed": _said("ended a subscription by {channel}"),
    "name.added": _name("put a name on the register"),
    "name.changed": _name("changed a name on the register"),
    "name.retired": _name("took a name off the register"),
    "name.imported": _said("put {count} names on the register"),
    "person.created": _said("created an account for {name}"),
    "person.deactivated": _said("switched an account off"),
    "role.granted": _role("gave a person the role"),
    "role.revoked": _role("took back the role"),
    "api_key.created": _said("made the API key “{label}”"),
    "api_key.revoked": _said("revoked an API key"),
}
