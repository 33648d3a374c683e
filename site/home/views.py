"""What a shopper's browser tells the shop by the way."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from limits import RateLimitItemPerMinute

from catalog.query import ListingQuery
from catalog.search import log
from checkout import throttle

SEARCHES = RateLimitItemPerMinute(120, 1, "searches")


@require_POST
def searched(request: HttpRequest) -> HttpResponse:
    """Note what was searched for: `q`. The page of results sends it, so that reading that page writes nothing."""
    if throttle.wait(SEARCHES, throttle.client_address(request)):
        return HttpResponse(status=429)
    log.note(ListingQuery.read(request.POST))
    return HttpResponse(status=204)
