"""Addresses of cart and orders."""

from django.urls import path

from checkout.views import cancelling, cart, delivery, links, orders, papers

app_name = "checkout"
urlpatterns = [
    path("cart/", cart.show, name="cart"),
    path("cart/add/", cart.add, name="cart_add"),
    path("cart/update/", cart.update, name="cart_update"),
    path("cart/coupon/", cart.coupon, name="cart_coupon"),
    path("cart/delivery/", delivery.delivery, name="delivery"),
    path("orders/find/", links.find_order, name="find_order"),
    path("orders/<slug:token>/", orders.show, name="order"),
    path("orders/<slug:token>/pay/", orders.pay, name="order_pay"),
    path("orders/<slug:token>/check/", orders.check, name="order_check"),
    path("orders/<slug:token>/status/", orders.status, name="order_status"),
    path("orders/<slug:token>/cancel/", cancelling.cancel, name="order_cancel"),
    path("orders/<slug:token>/again/", cart.order_again, name="order_again"),
    path("orders/<slug:token>/invoice.pdf", papers.invoice, name="invoice"),
    path("orders/<slug:token>/credit-notes/<slug:number>.pdf", papers.credit_note, name="credit_note"),
]
