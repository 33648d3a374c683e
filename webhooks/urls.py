"""Addresses where browser and Razorpay report payments."""

from django.urls import path

from webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("payments/verify/", views.verify, name="verify"),
    path("payments/callback/", views.callback, name="callback"),
    path("webhooks/razorpay/", views.razorpay, name="razorpay"),
]
