from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.conf import settings


class ConfigConfig(AppConfig):
    """Wiring: settings, addresses, system checks and the production server."""

    name = "config"

    def ready(self) -> None:
        """Register the system checks and Wagtail's mails, and report errors to Sentry when that is wanted."""
        import_module("config.checks")
        import_module("config.notices").register()
        # A missing package is told by the checks; it must not stop the command that would tell it.
        if settings.SENTRY_DSN and find_spec("sentry_sdk"):
            sentry = import_module("sentry_sdk")
            sentry.init(
                dsn=settings.SENTRY_DSN,
                send_default_pii=False,
                # Both would carry buyers and secrets out of the shop.
                max_request_body_size="never",
                include_local_variables=False,
            )
