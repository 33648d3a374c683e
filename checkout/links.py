"""The way back to an order for a buyer who has lost it: asked for on a page, answered by mail, if at all.

The page only writes down what was asked and looks nothing up, so neither its words nor its pace tell whether there is
such an order. The worker looks.
"""

from django.db.models.functions import Lower

from checkout import claims, emails
from checkout.models import LinkRequest, Order


def ask(*, number: str, email: str) -> None:
    """Note that somebody wants to find an order again."""
    LinkRequest.objects.create(number=number, email=email)


def answer_waiting(limit: int = 50) -> int:
    """Promise the mail for each request that fits an order, forget the requests, and return how many fitted."""
    waiting = LinkRequest.objects.order_by("pk")
    return sum(_answer(request) for request in claims.take_each(waiting, limit=limit))


def _answer(request: LinkRequest) -> bool:
    # The last part of a number is an order's own, whatever the year.
    which = {"number__endswith": f"-{request.number}"} if request.number.isdecimal() else {"number": request.number}
    written = Order.objects.alias(address=Lower("email"))
    order = written.filter(**which, address=request.email.lower()).exclude(email="").first()
    if order:
        emails.promise_again(order, emails.LINK)
    request.delete()
    return order is not None
