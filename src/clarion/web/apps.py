from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates and static files of the console. No models."""

    name = "clarion.web"
    label = "web"
