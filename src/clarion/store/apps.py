from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The one Django app that holds Clarion's rows."""

    name = "clarion.store"
    label = "store"
