"""The demo shop's codes for shoppers."""

from checkout.models import Coupon

CODES: dict[str, dict[str, object]] = {
    "GARAGE10": {"percent": 10, "amount": 50_000, "minimum": 100_000},
    "FREEPARCEL": {"kind": "free_delivery", "limit_per_person": None},
}


def load_codes() -> None:
    """Make the codes that are missing; what somebody changed stays."""
    for code, fields in CODES.items():
        Coupon.objects.get_or_create(code=code, defaults=fields)
