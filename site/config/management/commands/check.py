"""Django's `check`, strict: a value that is absent is a warning to other commands and a failure here."""

from django.core.management.base import CommandParser
from django.core.management.commands import check


class Command(check.Command):
    """Fail on warnings too, unless --fail-level says otherwise."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take Django's options with a stricter default."""
        super().add_arguments(parser)
        parser.set_defaults(fail_level="WARNING")
