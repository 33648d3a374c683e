"""The attention desk: everything that a person must decide on one page, grouped by what is to do, the urgent first.

Rooms upstairs add a panel of what has stopped by the hook `register_attention_panel`: a component that counts as well.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import View
from wagtail import hooks
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from catalog.money import exact
from checkout import attention
from checkout.admin import decisions, policy
from checkout.models import AttentionCase, Dispute, Refund
from checkout.models.attention import CaseKind

HOOK = "register_attention_panel"
# Open cases that one page shows, the oldest first: whoever has more of them begins there.
SHOWN = 200


@dataclass(frozen=True)
class Row:
    """A case that waits. `due` is the bank's deadline, when there is one; `is_for_others` can only be looked at."""

    case: AttentionCase
    url: str
    amount: str
    due: datetime | None
    is_for_others: bool


@dataclass(frozen=True)
class Group:
    """Cases of one sort, and in one sentence what to do about them."""

    key: str
    title: str
    advice: str
    rows: list[Row] = field(default_factory=list)


GROUPS = (
    Group(
        "disputes",
        "Disputed payments",
        "Answer in Razorpay’s dashboard before the deadline, with proof that the parcel arrived; the case closes by "
        "itself when the bank has decided.",
    ),
    Group(
        "money",
        "Late, double and unmatched money",
        "Say where it belongs: link it to the order that it pays, accept it, or send it back.",
    ),
    Group(
        "refunds",
        "Refunds that did not get through",
        "A buyer waits for this money: try again, or pay it another way and write it off.",
    ),
    Group(
        "lost",
        "Disputes that were lost",
        "The bank gave the buyer the money back: keep the parcel if it is still here, then close the case.",
    ),
    Group(
        "razorpay",
        "Razorpay refuses, or says something else",
        "Compare with Razorpay’s dashboard, put right what is wrong there or in the shop’s keys, then close the case.",
    ),
    Group(
        "webhooks",
        "Webhooks that cannot be applied",
        "Apply the event again once its cause is gone; what nobody can read is closed with a word about it.",
    ),
    Group(
        "mails",
        "Mails that do not go out",
        "The worker keeps trying: correct the address on the order, or see to the mail server.",
    ),
    Group(
        "jobs",
        "Jobs that do not get through",
        "The shop keeps trying: look at the order and at Razorpay’s dashboard, then decide.",
    ),
)
OF_KIND = {
    CaseKind.DISPUTE_OPEN: "disputes",
    CaseKind.UNMATCHED_MONEY: "money",
    CaseKind.AMOUNT_MISMATCH: "money",
    CaseKind.REFUND_FAILED: "refunds",
    CaseKind.DISPUTE_LOST: "lost",
    CaseKind.RAZORPAY_REFUSED: "razorpay",
    CaseKind.REPORT_DIFFERS: "razorpay",
    CaseKind.OTHER_ACCOUNT: "webhooks",
}
# What the subject of a stuck job begins with.
OF_JOB = {"mail ": "mails", "refund ": "refunds", "event ": "webhooks", "unreadable event": "webhooks"}


def groups(user: Any) -> list[Group]:
    """Return the open cases as this person sees them, each in its group; of the groups those that have any."""
    cases = AttentionCase.objects.filter(closed_at=None).select_related("order", "payment").order_by("opened_at", "pk")
    found: dict[str, list[Row]] = defaultdict(list)
    opened = list(cases[:SHOWN])
    deadlines, amounts = _deadlines(opened), _amounts(opened)
    for case in opened:
        row = Row(
            case,
            reverse("attention:inspect", args=[case.pk]),
            amounts.get(case.pk, ""),
            deadlines.get(case.subject),
            decisions.is_for_others(case, user),
        )
        found[group_of(case)].append(row)
    # Those without a deadline come last; among the others the first one.
    found["disputes"].sort(key=lambda row: (row.due is None, row.due or row.case.opened_at))
    return [Group(each.key, each.title, each.advice, found[each.key]) for each in GROUPS if found[each.key]]


def group_of(case: AttentionCase) -> str:
    """Return the key of the group that a case belongs to."""
    if case.kind in OF_KIND:
        return OF_KIND[CaseKind(case.kind)]
    return next((key for start, key in OF_JOB.items() if case.subject.startswith(start)), "jobs")


def count(request: HttpRequest) -> int:
    """Return how many things wait for a person: open cases, and what has stopped."""
    stopped: int = sum(panel.count(request.user) for panel in _panels())
    return attention.count_open() + stopped


class DeskView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """The page."""

    permission_policy = policy.CASES
    any_permission_required = list(policy.LOOK)
    template_name = "checkout/admin/desk.html"
    page_title = "Attention"
    header_icon = "warning"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what waits."""
        found = groups(request.user)
        more = attention.count_open() - sum(len(group.rows) for group in found)
        context = self.get_context_data(groups=found, panels=_panels(), more=more)
        response: HttpResponse = self.render_to_response(context)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return where this is."""
        return [*self.breadcrumbs_items, {"url": "", "label": "Attention"}]


def _panels() -> list[Any]:
    return [register() for register in hooks.get_hooks(HOOK)]


def _deadlines(cases: list[AttentionCase]) -> dict[str, datetime | None]:
    wanted = [case.subject for case in cases if case.kind == CaseKind.DISPUTE_OPEN]
    disputes = Dispute.objects.filter(razorpay_dispute_id__in=wanted) if wanted else []
    return {dispute.razorpay_dispute_id: dispute.respond_by for dispute in disputes}


def _amounts(cases: list[AttentionCase]) -> dict[int, str]:
    """Return by case how much money it is about: its payment's, or what the refund that failed was for."""
    failed = [case.refund_id for case in cases if case.refund_id]
    of_refund = dict(Refund.objects.filter(pk__in=failed).values_list("pk", "amount")) if failed else {}
    return {
        case.pk: exact(of_refund.get(case.refund_id or 0, case.payment.amount), case.payment.currency)
        for case in cases
        if case.payment
    }
