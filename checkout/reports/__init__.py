"""What the owner reads of a time: sales, tax, money by day, refunds, coupons; and what lies on the shelf.

Each report is a function of a `Period` that returns rows, which only read. Sums come from what invoices and credit
notes say (`checkout/papers/sums.py`), so that a report and the papers of its time agree to the paisa.
"""
