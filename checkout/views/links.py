"""Finding an order again without its link."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from checkout import links, throttle
from checkout.forms import FindOrderForm
from checkout.views.answers import keep_unlisted, list_errors, retry_after, see_other


@require_http_methods(["GET", "HEAD", "POST"])
def find_order(request: HttpRequest) -> HttpResponse:
    """Show the form; take what was posted, and say the same whether there is such an order or not."""
    if request.method != "POST":
        return _page(request, FindOrderForm())
    form = FindOrderForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    if seconds := _too_often(request, form.cleaned_data["email"]):
        form.add_error(None, throttle.text(seconds))
        return retry_after(_page(request, form, status=429), seconds)
    links.ask(**form.cleaned_data)
    return see_other(f"{reverse('checkout:find_order')}?asked")


def _too_often(request: HttpRequest, email: str) -> int:
    seconds = throttle.wait(throttle.FIND_ORDER, throttle.client_address(request))
    return seconds or throttle.wait(throttle.FIND_ORDER_OF_BUYER, email.casefold())


def _page(request: HttpRequest, form: FindOrderForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "errors": list_errors(form), "asked": "asked" in request.GET and not form.is_bound}
    return keep_unlisted(TemplateResponse(request, "checkout/find_order.html", context, status=status))
