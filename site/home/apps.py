from django.apps import AppConfig


class HomeConfig(AppConfig):
    """Pages that sell nothing, and the demo shop."""

    name = "home"
