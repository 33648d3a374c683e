"""Addresses where browser and Razorpay report payments."""

app_name = "webhooks"
urlpatterns: list = []
