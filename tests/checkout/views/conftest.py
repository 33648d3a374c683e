"""Who stands at the checkout."""

import pytest

from tests.checkout.orders import SKU
from tests.factories import Buyer, make_product


@pytest.fixture
def buyer() -> Buyer:
    """Somebody with one car of ten in the cart."""
    make_product(SKU, price=189_900)
    found = Buyer()
    found.add(SKU)
    return found
