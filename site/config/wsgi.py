"""The WSGI application: what `manage.py serve` and any other WSGI server run."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def limit_statements() -> None:
    """Let PostgreSQL end a statement of a web process after ten seconds; commands are not limited."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database.get("ENGINE") == "django.db.backends.postgresql":
        options = database["OPTIONS"]
        database["OPTIONS"] = {**options, "options": f"{options['options']} {settings.WEB_STATEMENT_TIMEOUT}"}


limit_statements()
application = get_wsgi_application()

# After the applications are loaded, before the first request: a shop that is configured wrongly does not open.
from config.checks import refuse_to_serve_when_misconfigured  # noqa: E402 - needs the loaded applications.

refuse_to_serve_when_misconfigured()
