"""The demo's rows, made by the same actions as everything else."""

from __future__ import annotations

from datetime import datetime

from clarion.cli.demo.home import Demo
from clarion.cli.trouble import Trouble
from clarion.rules.access import ROLE_LABELS
from clarion.rules.errors import Conflict

SOURCE = "alertmanager"
READER = "reader@example.com"
COMPONENTS = {
    "API": "What programs of our customers call.",
    "Website": "Pages and sign-in.",
    "Payments": "Cards and invoices.",
}
#: What a program may do that walks the line in each of these roles.
KEY_SCOPES = {
    "communications_lead": (
        "incidents:read",
        "incidents:write",
        "drafts:read",
        "drafts:write",
        "deliveries:read",
        "ledger:read",
    ),
    "accuracy": ("incidents:read", "drafts:read", "reviews:write"),
    "clarity": ("incidents:read", "drafts:read", "reviews:write"),
}


def address_of(role: str) -> str:
    """``accuracy-reviewer@example.com`` for the accuracy reviewer."""
    return f"{ROLE_LABELS[role].lower().replace(' ', '-')}@example.com"


def create(demo: Demo, now: datetime) -> None:
    """People, one a role, with keys for three; components, source and mail reader. Into an empty database."""
    from clarion import pipeline
    from clarion.actions import setup, subscriber
    from clarion.rules.access import SYSTEM
    from clarion.store.queries import people as queries

    if queries.people().exists():
        raise Trouble("This database holds people already. Give the demo an empty one with --database.")
    for role in ROLE_LABELS:
        _create_person(demo, role, now)
    for position, (name, description) in enumerate(COMPONENTS.items(), start=1):
        pipeline.run(
            setup.add_component,
            name=name,
            description=description,
            position=position,
            actor=SYSTEM,
            now=now,
        )
    pipeline.run(
        setup.add_source,
        slug=SOURCE,
        kind="alertmanager",
        config={"tokens": [demo.source_token]},
        actor=SYSTEM,
        now=now,
    )
    pipeline.run(subscriber.add_subscriber, channel="email", address=READER, actor=SYSTEM, now=now)


def _create_person(demo: Demo, role: str, now: datetime) -> None:
    from clarion import pipeline
    from clarion.actions import people
    from clarion.rules.access import SYSTEM
    from clarion.store.ids import new_api_key

    entry = pipeline.run(
        people.create_person,
        email=address_of(role),
        name=ROLE_LABELS[role],
        password=demo.password,
        roles=[role],
        actor=SYSTEM,
        now=now,
    )
    if role not in KEY_SCOPES:
        return
    secret = new_api_key()
    pipeline.run(
        people.create_api_key,
        owner_id=entry.subject.partition(":")[2],
        label="Demo",
        scopes=KEY_SCOPES[role],
        secret=secret,
        actor=SYSTEM,
        now=now,
    )
    demo.api_keys[role] = secret


def subscribe_endpoint(demo: Demo, now: datetime) -> None:
    """Subscribes the demo's endpoint, and unsubscribes where it listened in an earlier run."""
    from clarion import pipeline
    from clarion.actions import subscriber
    from clarion.rules.access import SYSTEM
    from clarion.store.queries import delivery

    address = endpoint(demo)
    for earlier in delivery.subscribers(state="active").filter(channel="webhook"):
        if earlier.address.startswith("http://127.0.0.1:") and earlier.address != address:
            pipeline.run(subscriber.unsubscribe, subscriber_id=earlier.id, actor=SYSTEM, now=now)
    try:
        pipeline.run(
            subscriber.add_subscriber,
            channel="webhook",
            address=address,
            secret=demo.webhook_secret,
            actor=SYSTEM,
            now=now,
        )
    except Conflict:
        return  # subscribed in an earlier run


def endpoint(demo: Demo) -> str:
    return f"http://127.0.0.1:{demo.webhook_port}/status-updates"
