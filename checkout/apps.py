from django.apps import AppConfig


class CheckoutConfig(AppConfig):
    """Buying: cart, order, payment, refund and the one door to Razorpay."""

    name = "checkout"
