"""The soak buys at the pretend Razorpay that the tests of the checkout use."""

from tests.checkout.conftest import shared_simulator, simulator

__all__ = ["shared_simulator", "simulator"]
