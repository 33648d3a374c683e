"""Asking to be told: the form below a variant that is sold out, and the way out that every mail names."""

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from limits import RateLimitItemPerHour

from catalog.availability import availability
from catalog.models import Variant
from checkout import throttle
from checkout.fields import MailField, OneLineField
from checkout.views.answers import keep_unlisted, retry_after, see_other
from home.models import StockRequest

# Many people share one address; one of them does not wait for so much.
REQUESTS = RateLimitItemPerHour(120, 1, "stock-requests")
REQUESTS_OF_PERSON = RateLimitItemPerHour(20, 1, "stock-requests-of-person")
SALT = "home.wanted"


class StockRequestForm(forms.Form):
    """Whom to tell of which variant."""

    sku = OneLineField(max_length=40)
    email = MailField(
        label=gettext_lazy("Email"),
        help_text=gettext_lazy("One mail when it is back, and nothing else"),
        error_messages={"required": gettext_lazy("Enter your email address.")},
        widget=forms.EmailInput(
            {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    use_required_attribute = False


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Keep the wish that was posted, and lead back to the product."""
    form = StockRequestForm(request.POST)
    is_sound = form.is_valid()
    variant = _variant(form.cleaned_data.get("sku", ""))
    if not is_sound:
        return _again(request, form, variant, 400)
    if seconds := _too_often(request, form.cleaned_data["email"]):
        form.add_error("email", throttle.text(seconds))
        return retry_after(_again(request, form, variant, 429), seconds)
    if availability(variant, threshold=0).is_sold_out:
        email = keep(variant, form.cleaned_data["email"]).email
        text = _("We write to %(email)s once, when %(title)s is back.") % {"email": email, "title": variant.title}
    else:
        text = _("%(title)s is back already: it is yours to take.") % {"title": variant.title}
    messages.success(request, text)
    return see_other(f"{variant.page.get_url(request)}?variant={variant.sku}")


def keep(variant: Variant, email: str) -> StockRequest:
    """Write a request, or return the one that waits already. One mailbox has one spelling here."""
    found, _is_new = StockRequest.objects.get_or_create(variant=variant, email=email.casefold(), sent_at=None)
    return found


def token(wanted: StockRequest) -> str:
    """Return what lets the reader of a mail delete the request: the shop's signature, and no address."""
    return signing.dumps(wanted.pk, salt=SALT, compress=True)


# Mail programs post here by themselves (RFC 8058); the signature in the address is the proof.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, signed: str) -> HttpResponse:
    """Ask whether the address shall be forgotten; a POST forgets it with all that it waits for."""
    try:
        number = int(signing.loads(signed, salt=SALT))
    except signing.BadSignature:
        raise Http404 from None
    is_done = request.method == "POST"
    if is_done:
        emails = StockRequest.objects.filter(pk=number).values_list("email", flat=True)
        StockRequest.objects.filter(email__in=list(emails)).delete()
    return keep_unlisted(TemplateResponse(request, "home/wanted/stop.html", {"is_done": is_done}))


def _variant(sku: str) -> Variant:
    variant: Variant = get_object_or_404(Variant.objects.select_related("page", "stock"), sku=sku)
    if not variant.is_for_sale:
        raise Http404
    return variant


def _too_often(request: HttpRequest, email: str) -> int:
    seconds = throttle.wait(REQUESTS, throttle.client_address(request))
    return seconds or throttle.wait(REQUESTS_OF_PERSON, email.casefold())


def _again(request: HttpRequest, form: StockRequestForm, variant: Variant, status: int) -> HttpResponse:
    """Show the form on a page of its own, with what was typed and how to mend it."""
    errors = [(form["email"].id_for_label, str(text)) for text in form.errors.get("email", [])]
    context = {"form": form, "variant": variant, "errors": errors}
    return keep_unlisted(TemplateResponse(request, "home/wanted/again.html", context, status=status))
