"""What a browser sees of buying: the cart, the checkout, and the pages of an order."""
