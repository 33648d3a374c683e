"""The contact form: shown, and kept when it is posted. What was typed is never lost."""

from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from limits import RateLimitItemPerHour

from checkout import throttle
from checkout.fields import LinesField, MailField, MobileField, OneLineField
from checkout.views.answers import keep_private, list_errors, retry_after, see_other
from home.models import ContactMail, ContactMessage, ContactPage

# Many people share one address; one of them does not write so often.
MESSAGES = RateLimitItemPerHour(60, 1, "messages")
MESSAGES_OF_SENDER = RateLimitItemPerHour(6, 1, "messages-of-sender")
SALT = "home.contact"


class CallBackField(MobileField):
    """A mobile number, or none."""

    def clean(self, value: Any) -> str:
        """Return E.164 or nothing. Raises ValidationError that tells how to mend the number."""
        return super().clean(value) if str(value or "").strip() else ""


class ContactForm(forms.Form):
    """What a visitor writes. The field `website` is hidden from people; programs fill it in."""

    subject = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[("", _("Choose one")), *ContactMessage.Subject.choices],
        error_messages={
            "required": _("Choose what it is about."),
            "invalid_choice": _("Choose what it is about from the list."),
        },
    )
    name = OneLineField(
        label=_("Your name"),
        max_length=100,
        error_messages={"required": _("Enter your name.")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    email = MailField(
        label=_("Email"),
        help_text=_("We answer to this address"),
        error_messages={"required": _("Enter your email address.")},
        widget=forms.EmailInput(
            {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    phone = CallBackField(
        label=_("Mobile number"),
        required=False,
        max_length=30,
        help_text=_("Only if we may call you back"),
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    order_number = OneLineField(
        label=_("Order number"),
        required=False,
        max_length=40,
        help_text=_("It is in the email that you got"),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    text = LinesField(
        label=_("Your message"),
        max_length=4000,
        error_messages={"required": _("Write your message.")},
        widget=forms.Textarea({"rows": 7}),
    )
    website = forms.CharField(
        label=_("Website"), required=False, widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"})
    )

    use_required_attribute = False

    def clean_website(self) -> str:
        """Return nothing. Raises ValidationError for whatever was typed, so that a person can take it out."""
        if self.cleaned_data["website"]:
            raise ValidationError(_("Leave “Website” empty: only programs fill it in."))
        return ""


def show(page: ContactPage, request: HttpRequest) -> HttpResponse:
    """Show the form, or the ticket number of the message that was just sent."""
    return _page(page, request, ContactForm(), ticket=_ticket(request.GET.get("sent", "")))


def receive(page: ContactPage, request: HttpRequest) -> HttpResponse:
    """Keep the message that was posted, and promise its mails."""
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _page(page, request, form, status=400)
    if seconds := _too_often(request, form.cleaned_data["email"]):
        form.add_error(None, throttle.text(seconds))
        return retry_after(_page(page, request, form, status=429), seconds)
    message = keep(form.cleaned_data)
    return see_other(f"{page.get_url(request)}?sent={signing.dumps(message.pk, salt=SALT, compress=True)}#sent")


@transaction.atomic
def keep(data: dict[str, Any]) -> ContactMessage:
    """Write a message with the mails that tell staff and sender of it."""
    names = ("subject", "name", "email", "phone", "order_number", "text")
    message = ContactMessage.objects.create(**{name: data[name] for name in names})
    ContactMail.objects.bulk_create(ContactMail(message=message, reader=reader) for reader in ContactMail.Reader)
    return message


def _too_often(request: HttpRequest, email: str) -> int:
    seconds = throttle.wait(MESSAGES, throttle.client_address(request))
    return seconds or throttle.wait(MESSAGES_OF_SENDER, email.casefold())


def _ticket(signed: str) -> str:
    """Return the ticket number that an address carries, or nothing when the shop has not signed it."""
    try:
        return ContactMessage(pk=int(signing.loads(signed, salt=SALT))).ticket if signed else ""
    except signing.BadSignature:
        return ""


def _page(page: ContactPage, request: HttpRequest, form: ContactForm, status: int = 200, **more: Any) -> HttpResponse:
    context = page.get_context(request)
    context.update(form=form, errors=list_errors(form), **more)
    return keep_private(TemplateResponse(request, page.get_template(request), context, status=status))
