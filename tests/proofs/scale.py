"""How much of a proof is run: a sample by `make test`, all of it by `make prove`, which sets PROVE=1."""

import os
from pathlib import Path

from django.db import connection

IS_PROVING = os.environ.get("PROVE") == "1"
FIGURES = Path(__file__).resolve().parents[2] / "var" / "proofs.txt"


def note(text: str) -> None:
    """Keep a figure of a full proof, with the database that it is of."""
    if IS_PROVING:
        FIGURES.parent.mkdir(exist_ok=True)
        with FIGURES.open("a") as file:
            file.write(f"{connection.vendor}: {text}\n")
