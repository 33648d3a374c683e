"""The WSGI application: what `manage.py serve` and any other WSGI server run."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def limit_statements() -> None:
    """Let PostgreSQL end a statement of a web process after ten seconds; commands are not limited."""
    database = settings.DATABASES["default"]
    if database.get("ENGINE") == "django.db.backends.postgresql":
        options = database["OPTIONS"]
        # Last wins: what DATABASE_URL says about it stands.
        database["OPTIONS"] = {**options, "options": f"{settings.WEB_STATEMENT_TIMEOUT} {options['options']}"}


limit_statements()
django_application = get_wsgi_application()

# These need the loaded applications. A shop that is configured wrongly stops here, before its first request.
from config.checks import refuse_to_serve_when_misconfigured  # noqa: E402
from config.middleware import KnownLength, PlainContentType  # noqa: E402

refuse_to_serve_when_misconfigured()
application = KnownLength(PlainContentType(django_application))
