"""`manage.py import_products FILE.xlsx|.csv [--dry-run]`: products from a table, as drafts."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.progress import Progress
from catalog.uploads.lines import Line, Outcome, summary
from catalog.uploads.products import ProductRows
from catalog.uploads.table import MOST_BYTES, UnreadableTable, read_table


class Command(BaseCommand):
    """Create or update drafts by SKU. Each row is written whole or not at all, so it may be killed and run again."""

    help = "Creates or updates draft products from a table; tells of each bad row and imports the others."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file and --dry-run."""
        parser.add_argument("file", metavar="FILE", type=Path, help="A .xlsx or .csv; its first row holds headings.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done, and write nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and report. Raises CommandError when the file cannot be read at all."""
        path: Path = options["file"]
        try:
            with path.open("rb") as stream:
                table = read_table(stream.read(MOST_BYTES + 1), path.name)
            rows = ProductRows(table, name=path.name)
        except (OSError, UnreadableTable) as error:
            raise CommandError(str(error)) from error
        for remark in rows.remarks():
            self.stdout.write(remark)
        lines = rows.check() if options["dry_run"] else map(rows.carry_out, table.rows)
        counts, told = self._run(lines, len(table.rows), "Checking" if options["dry_run"] else "Importing")
        for line in told:
            self.stdout.write(str(line))
        self.stdout.write(f"{'Dry run, nothing was written' if options['dry_run'] else 'Done'}: {summary(counts)}.")

    def _run(self, lines: Iterator[Line], total: int, label: str) -> tuple[Counter[str], list[Line]]:
        """Return the counts, and the lines that are told: bad rows, and drafts of what is live."""
        counts: Counter[str] = Counter()
        told = []
        with Progress(self.stdout, label, total) as progress:
            for line in lines:
                counts[line.outcome] += 1
                if line.outcome != Outcome.UNCHANGED:
                    told.append(line)
                progress.advance()
        return counts, told
