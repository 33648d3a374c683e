"""Addresses that are not pages."""

from django.urls import path

from home import views
from home.feeds import JournalFeed
from home.wanted import asking

app_name = "home"
urlpatterns = [
    path("feeds/journal.xml", JournalFeed(), name="journal_feed"),
    path("search/said/", views.searched, name="searched"),
    path("back-in-stock/", asking.ask, name="wanted"),
    path("back-in-stock/stop/<str:signed>/", asking.stop, name="wanted_stop"),
]
