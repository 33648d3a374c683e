"""Products with all that they need to be published by people."""

from typing import Any

from catalog.models import ProductPage, ProductPhoto, ShopImage, ShopRendition
from tests.catalog.test_pictures import upload
from tests.factories import make_edited_product


def picked() -> ShopImage:
    """Return a picture with the small one that the form shows: Wagtail leaves a file open where it makes one."""
    image = upload()
    ShopRendition.objects.create(image=image, filter_spec="max-165x165", file=image.file.name, width=16, height=12)
    return image


def complete(product: ProductPage) -> Any:
    """Give the newest draft of a product all that it needs, and return the revision."""
    draft = ProductPage.objects.get(pk=product.pk).get_latest_revision_as_object()
    draft.maker_address = "Chhota Works, Pune"
    draft.photos.add(ProductPhoto(image=picked(), alt_text="A cab"))
    return draft.save_revision()


def make_whole(sku: str, **fields: Any) -> ProductPage:
    """Publish a product that people may publish again."""
    page = make_edited_product(sku, **fields).page
    complete(page).publish()
    found: ProductPage = ProductPage.objects.get(pk=page.pk)
    return found
