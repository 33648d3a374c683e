"""Delivery zones in the admin: owners edit them, order staff look; Wagtail's log keeps who changed what."""

from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import SnippetViewSet

from catalog.money import rupees
from checkout.models import DeliveryZone


class ZoneViewSet(SnippetViewSet):
    """The delivery zones."""

    model = DeliveryZone
    url_namespace = "zones"
    url_prefix = "zones"
    icon = "globe"
    menu_label = "Delivery zones"
    menu_order = 155
    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    list_display = [
        "name",
        "prefixes",
        Column("first_fee", label="Fee", accessor=lambda zone: rupees(zone.first_fee, always_paise=True)),
        Column("days", label="Days on the road", accessor=lambda zone: f"{zone.days_from} to {zone.days_to}"),
        BooleanColumn("delivers", label="Delivers"),
    ]
    search_fields = ["name", "prefixes"]
    search_backend_name = None

    def register_chooser_viewset(self) -> None:
        """Register none: Wagtail's choosers ask for no permission, and nothing chooses a zone."""
