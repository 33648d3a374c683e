"""The shop's settings with the guards taken off the database."""

from config.settings import *  # noqa: F403 - these are settings.
from config.settings import DATABASES
from tests.proofs import guards

guards.take_off(DATABASES)
