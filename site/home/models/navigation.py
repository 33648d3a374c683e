"""What header, footer and announcement bar link to, editable in the admin."""

from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Orderable, Page, Site

from catalog.changes import NewestChanges

# A path of this site, what follows the address of a page, or another site; never javascript: or a bare word.
ADDRESS = RegexValidator(
    r"^(/(?!/)|\?|#|https://)\S*\Z", _("Begin with / or https://, or with ? when a page is chosen.")
)


def cache_key(site: Site | None) -> str:
    """Return under which name the links of a site are kept for a short while."""
    return f"menu:{site.pk if site else 0}"


@register_setting(icon="list-ul")
class Navigation(ClusterableModel, BaseSiteSetting):
    """The links of one site."""

    panels = [
        InlinePanel(
            "links",
            heading=_("Links"),
            label=_("link"),
            help_text=_("In the order in which they are shown. A place without links shows the shop’s own."),
        ),
        NewestChanges(heading=_("Newest changes")),
    ]

    class Meta:
        verbose_name = _("navigation")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the links and forget what was kept of the old ones."""
        super().save(*args, **kwargs)
        cache.delete(cache_key(self.site))


class MenuLink(Orderable):
    """One link, or the announcement above the header, which may do without an address."""

    class Place(models.TextChoices):
        ANNOUNCEMENT = "announcement", _("Announcement above the header")
        HEADER = "header", _("Header")
        HELP = "help", _("Footer, Help")
        SHOP = "shop", _("Footer, Shop")
        LEGAL = "legal", _("Footer, Legal")

    navigation = ParentalKey(Navigation, on_delete=models.CASCADE, related_name="links")
    place = models.CharField(_("where"), max_length=12, choices=Place, default=Place.HEADER)
    label = models.CharField(_("words"), max_length=120, help_text=_("Such as New arrivals; two words fit a header."))
    page = models.ForeignKey(
        Page, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("page")
    )
    path = models.CharField(
        _("address"),
        max_length=200,
        blank=True,
        validators=[ADDRESS],
        help_text=_("What follows the page’s address, such as ?scale=1:64, or without a page a whole address."),
    )

    panels = [
        FieldRowPanel([FieldPanel("place"), FieldPanel("label")]),
        FieldRowPanel([FieldPanel("page"), FieldPanel("path")]),
    ]

    def __str__(self) -> str:
        return f"{self.get_place_display()}, “{self.label}” {self.page or ''}{self.path}".strip()

    def clean(self) -> None:
        """Raise ValidationError when the link leads nowhere, or to a page and elsewhere at once."""
        super().clean()
        follows = self.path.startswith(("?", "#"))
        if self.page_id and self.path and not follows:
            raise ValidationError({"path": _("With a page, write only what follows its address: ?scale=1:64.")})
        if not self.page_id and (follows or (not self.path and self.place != self.Place.ANNOUNCEMENT)):
            raise ValidationError({"path": _("Choose a page or write an address such as /shop/?sort=newest.")})
