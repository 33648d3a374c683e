from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Where browser and Razorpay report payments, and the jobs that catch up."""

    name = "webhooks"
