"""Plain views of the catalogue; its pages are Wagtail's."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalog import keeping
from catalog.query import ListingQuery
from catalog.search.suggesting import suggest


@require_safe
@cache_control(private=True, max_age=60)
def suggestions(request: HttpRequest) -> HttpResponse:
    """Answer with the options of the search field as HTML, 204 when there are none."""
    found = suggest(ListingQuery.read(request.GET), request)
    if found is None:
        return HttpResponse(status=204)
    return render(request, "catalog/parts/suggestions.html", {"found": found})


@require_safe
def wishlist(request: HttpRequest) -> HttpResponse:
    """Show the page that the browser fills with what it has kept: the same for everybody."""
    response = render(request, "catalog/wishlist.html")
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@cache_control(private=True, max_age=60)
def kept_cards(request: HttpRequest) -> HttpResponse:
    """Answer with the cards of `?ids=12,7,31` as HTML, for the wishlist or, with `of=recent`, what was looked at."""
    found = keeping.look(keeping.numbers(request.GET.get("ids", "")), request)
    context = {"kept": found, "is_wishlist": request.GET.get("of") != "recent"}
    return render(request, "catalog/parts/kept_cards.html", context)
