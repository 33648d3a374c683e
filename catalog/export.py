"""What keeps a spreadsheet from running what somebody typed, for every list that is exported."""

import re
from typing import Any

TRIGGERS = "=+-@＝＋－＠"
# Where a spreadsheet was told to split at something else than a comma, a cell begins in the middle of a text.
INSIDE = re.compile(rf"""([;|,"\t\r\n]\s*)(?=[{re.escape(TRIGGERS)}])""")


def neutralised(value: Any) -> Any:
    """Return a text that no spreadsheet takes for a formula (OWASP, CSV injection): quoted where it could be one."""
    if not isinstance(value, str):
        return value
    text = value.lstrip()
    blank = value[: len(value) - len(text)]
    is_formula = text.startswith(tuple(TRIGGERS)) or value.startswith(("\t", "\r", "\n"))
    return ("'" if is_formula else "") + blank + INSIDE.sub(r"\1'", text)


class NeutralisedExport:
    """A list of the admin whose CSV runs no formula. An XLSX cell is text by its type."""

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """Return the value as the format wants it, neutralised in CSV."""
        value = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        return neutralised(value) if export_format == "csv" else value
