from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Wiring: settings, addresses, system checks and the production server."""

    name = "config"
