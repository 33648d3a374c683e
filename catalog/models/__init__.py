"""What the shop sells: pages, their variants and pictures, the labels they carry, and the stock behind them."""

from catalog.models.images import ShopImage, ShopRendition
from catalog.models.labels import Brand, Genre
from catalog.models.pages import CatalogPage, ProductPage, ProductPhoto
from catalog.models.search import EmptySearch, SearchEntry
from catalog.models.settings import ShopSettings
from catalog.models.stock import Stock, StockMovement
from catalog.models.tax import GstRate, HsnCode
from catalog.models.upload import Upload, UploadLine
from catalog.models.variant import Variant
from catalog.models.video import Video

__all__ = [
    "Brand",
    "CatalogPage",
    "EmptySearch",
    "Genre",
    "GstRate",
    "HsnCode",
    "ProductPage",
    "ProductPhoto",
    "SearchEntry",
    "ShopImage",
    "ShopRendition",
    "ShopSettings",
    "Stock",
    "StockMovement",
    "Upload",
    "UploadLine",
    "Variant",
    "Video",
]
