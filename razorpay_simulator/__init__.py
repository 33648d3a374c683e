"""A program that pretends to be Razorpay: REST API, webhooks and checkout window, for development and tests.

It imports nothing of the shop and the shop imports nothing of it: they meet over HTTP only. No money ever moves.
"""
