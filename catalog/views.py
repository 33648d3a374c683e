"""Plain views of the catalogue; its pages are Wagtail's."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

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
