"""The contact page, what visitors write there, and the mails that each message promises."""

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from catalog.forms import TopPageForm
from checkout.models.mail import WaitingMail
from home.models.content import TEXT_FEATURES


class ContactPage(Page):
    """How to reach the shop, with a form. Editors own its words; the form is the shop's."""

    introduction = models.TextField(_("introduction"), blank=True, help_text=_("One or two sentences below the title."))
    body = RichTextField(
        _("text"), blank=True, features=TEXT_FEATURES, help_text=_("Beside the form: hours, visits, directions.")
    )

    template = "home/contact_page.html"
    base_form_class = TopPageForm
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    max_count_per_parent = 1
    allowed_http_methods = ["GET", "HEAD", "OPTIONS", "POST"]
    page_description = _("Contact and grievances: address, telephone and a form.")
    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("body")]

    class Meta:
        verbose_name = _("contact page")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, which writes nothing, or keep the message that was posted."""
        # The views read these models, so they can only be imported once the models are loaded.
        from home import contact

        return contact.receive(self, request) if request.method == "POST" else contact.show(self, request)


class ContactMessage(models.Model):
    """What a visitor wrote. Its ticket number is told to the sender."""

    class Subject(models.TextChoices):
        QUESTION = "question", _("A question about a model")
        ORDER = "order", _("An order, its delivery or its payment")
        RETURN = "return", _("A return, or something arrived damaged")
        GRIEVANCE = "grievance", _("A complaint to the grievance officer")

    subject = models.CharField(_("about"), max_length=10, choices=Subject)
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("email"))
    phone = models.CharField(_("mobile number"), max_length=20, blank=True)
    order_number = models.CharField(_("order number"), max_length=40, blank=True)
    text = models.TextField(_("message"))
    created_at = models.DateTimeField(_("received"), auto_now_add=True, db_index=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("answered by"),
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("message")

    def __str__(self) -> str:
        return f"{self.name}: {self.get_subject_display()}"

    @property
    def ticket(self) -> str:
        """The number that the sender is told, such as M-00042."""
        return f"M-{self.pk:05}"

    @property
    def is_grievance(self) -> bool:
        """Whether the grievance officer must acknowledge it within 48 hours and settle it within a month.

        Consumer Protection (E-Commerce) Rules, 2020, rule 4(5).
        """
        return self.subject == self.Subject.GRIEVANCE


class ContactMail(WaitingMail):
    """One mail of a message, promised in its transaction and sent afterwards by the worker."""

    class Reader(models.TextChoices):
        STAFF = "staff", _("staff")
        SENDER = "sender", _("sender")

    message = models.ForeignKey(ContactMessage, on_delete=models.CASCADE, related_name="mails")
    reader = models.CharField(max_length=6, choices=Reader)

    class Meta(WaitingMail.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["message", "reader"], name="one_mail_for_each_reader")]

    def __str__(self) -> str:
        return f"{self.message.ticket}: the mail to the {self.reader}"

    @property
    def case_subject(self) -> str:
        """The subject of its case, another than that of a mail of an order."""
        return f"mail of a message {self.pk}"
