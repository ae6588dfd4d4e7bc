"""Clarion's rows, one noun per file."""

from clarion.store.models.access import ApiKey, IdempotentReply, RoleGrant, User
from clarion.store.models.component import Component
from clarion.store.models.deadline import Deadline
from clarion.store.models.delivery import Delivery
from clarion.store.models.draft import Approval, Comment, Draft, DraftVersion
from clarion.store.models.facts import Disclosure, FactSheetVersion
from clarion.store.models.finding import Waiver
from clarion.store.models.incident import Incident, IncidentComponent
from clarion.store.models.intake import Hook, Signal, Source
from clarion.store.models.ledger import Checkpoint, LedgerEntry, LedgerText
from clarion.store.models.name import ProtectedName
from clarion.store.models.notice import Notice
from clarion.store.models.policy import PolicyProposal, PolicyVersion
from clarion.store.models.site import SiteState
from clarion.store.models.subscriber import Subscriber
from clarion.store.models.translation import Translation, UpdateTranslation
from clarion.store.models.update import Update, UpdateText
from clarion.store.models.worker import Heartbeat

__all__ = [
    "ApiKey",
    "Approval",
    "Checkpoint",
    "Comment",
    "Component",
    "Deadline",
    "Delivery",
    "Disclosure",
    "Draft",
    "DraftVersion",
    "FactSheetVersion",
    "Heartbeat",
    "Hook",
    "IdempotentReply",
    "Incident",
    "IncidentComponent",
    "LedgerEntry",
    "LedgerText",
    "Notice",
    "PolicyProposal",
    "PolicyVersion",
    "ProtectedName",
    "RoleGrant",
    "Signal",
    "SiteState",
    "Source",
    "Subscriber",
    "Translation",
    "Update",
    "UpdateText",
    "UpdateTranslation",
    "User",
    "Waiver",
]
