"""Addresses that are not pages."""

from django.urls import path

from home import views
from home.feeds import JournalFeed

app_name = "home"
urlpatterns = [
    path("feeds/journal.xml", JournalFeed(), name="journal_feed"),
    path("search/said/", views.searched, name="searched"),
]
