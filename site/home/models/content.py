"""Pages of text."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from catalog.forms import TopPageForm

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "hr"]


class ContentPage(Page):
    """A page of plain text: about, delivery, returns, privacy, terms."""

    introduction = models.TextField(_("introduction"), blank=True, help_text=_("One or two sentences below the title."))
    body = RichTextField(_("text"), blank=True, features=TEXT_FEATURES)
    shows_date = models.BooleanField(
        _("show the date"), default=False, help_text=_("Tell when the text last changed, as terms and policies should.")
    )

    base_form_class = TopPageForm
    parent_page_types = ["home.HomePage", "home.ContentPage"]
    subpage_types = ["home.ContentPage"]
    page_description = _("A page of text, such as Returns.")
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("body"),
        FieldPanel("shows_date"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("body")]

    class Meta:
        verbose_name = _("page of text")
        verbose_name_plural = _("pages of text")
