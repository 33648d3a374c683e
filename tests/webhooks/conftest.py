"""The fixtures of buying, for the floor that reports it."""

from tests.checkout.conftest import faulty, no_call_in_a_transaction, shared_simulator, simulator

__all__ = ["faulty", "no_call_in_a_transaction", "shared_simulator", "simulator"]
