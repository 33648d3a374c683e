from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts of shoppers: coming in by a code or a password, own orders and details, and closing."""

    name = "accounts"
