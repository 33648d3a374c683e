"""The proofs buy at the pretend Razorpay that the tests of the checkout use."""

from tests.checkout.conftest import no_call_in_a_transaction, shared_simulator, simulator

__all__ = ["no_call_in_a_transaction", "shared_simulator", "simulator"]
