"""Addresses beside the pages that sell nothing."""

from django.urls import path

from home import views

app_name = "home"
urlpatterns = [path("search/said/", views.searched, name="searched")]
