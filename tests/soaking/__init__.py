"""The soak: the whole shop for long, under buyers, staff, a misbehaving Razorpay and kill -9, and then its books."""
