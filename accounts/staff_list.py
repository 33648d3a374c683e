"""The app of Wagtail's users, told to list who works here."""

from wagtail.users.apps import WagtailUsersAppConfig as UsersConfig


class StaffListConfig(UsersConfig):
    """Wagtail's users, without the shoppers."""

    user_viewset = "accounts.staff_list_views.StaffViewSet"
