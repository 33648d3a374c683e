"""`manage.py load_demo_shop`: a shop to look at, to try and to measure."""

import argparse
import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from home.demo.codes import load_codes
from home.demo.crowd import load_crowd
from home.demo.journal import load_stories
from home.demo.labels import load_labels
from home.demo.menu import load_links
from home.demo.people import load_people
from home.demo.photos import load_photos
from home.demo.products import load_products
from home.demo.promoted import load_promotions
from home.demo.tree import dress_home, load_tree, load_zones


def number(text: str) -> int:
    """Return a whole number from 0 on. Raises ArgumentTypeError for anything else."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 on.")
    return int(text)


class Command(BaseCommand):
    """Load the demo shop. Safe to run twice and to stop at any moment; it makes no orders."""

    help = "Load the demo shop: pages, products with pictures and stock, and people for three roles. Makes no orders."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of the large catalogue."""
        parser.add_argument("--products", type=number, default=0, help="Fill the catalogue up to this many products.")
        parser.add_argument("--seed", type=int, default=1, help="The same seed makes the same large catalogue.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing, step by step."""
        # Wagtail logs several lines for every page that is published; the progress shown here says it shorter.
        logging.disable(logging.INFO)
        try:
            self._load(options["products"], options["seed"])
        finally:
            logging.disable(logging.NOTSET)
        self.stdout.write(self.style.SUCCESS("The demo shop is loaded."))

    def _load(self, products: int, seed: int) -> None:
        stream = self.stdout
        home, shop, journal = load_tree()
        load_zones()
        hsn = load_labels()
        images = load_photos(stream)
        load_products(shop, images, hsn, stream)
        load_stories(journal, images, stream)
        dress_home(home, images)
        load_links(home)
        load_people(home)
        load_codes()
        load_promotions(home)
        load_crowd(shop, products, seed, stream)
