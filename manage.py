#!/usr/bin/env python
"""Django's command line for the shop."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def main() -> None:
    """Put the `site/` folder on the import path and hand over to Django."""
    # `site` is a standard-library module, so the folder cannot be a package: it stands on the path instead.
    sys.path.insert(1, str(ROOT / "site"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
