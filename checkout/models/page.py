"""The page where a cart becomes an order."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from catalog.forms import TopPageForm


class CheckoutPage(Page):
    """The checkout. Editors own its words; its form and what the form does are the shop's."""

    introduction = RichTextField(blank=True, features=["bold", "italic", "link"])

    template = "checkout/checkout_page.html"
    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    base_form_class = TopPageForm
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    # Nobody looks for a form that only a full cart opens: sitemap and search engines leave it out.
    may_be_found = False
    allowed_http_methods = ["GET", "HEAD", "OPTIONS", "POST"]
    page_description = "Where shoppers give their address and pay."

    class Meta:
        verbose_name = "checkout"

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, which writes nothing, or place the order that was posted."""
        # The views read these models, so they can only be imported once the models are loaded.
        from checkout.views import checkout

        return checkout.place(self, request) if request.method == "POST" else checkout.show(self, request)
