"""Pages that sell nothing, how a visitor finds them, and what visitors write."""

from home.models.contact import ContactMail, ContactMessage, ContactPage
from home.models.content import ContentPage
from home.models.front import HomePage
from home.models.journal import JournalIndexPage, StoryPage, StoryProduct
from home.models.navigation import MenuLink, Navigation
from home.models.shortage import Shortage, ShortageMail
from home.models.wanted import StockRequest

__all__ = [
    "ContactMail",
    "ContactMessage",
    "ContactPage",
    "ContentPage",
    "HomePage",
    "JournalIndexPage",
    "MenuLink",
    "Navigation",
    "Shortage",
    "ShortageMail",
    "StockRequest",
    "StoryPage",
    "StoryProduct",
]
