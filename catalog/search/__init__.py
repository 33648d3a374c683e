"""Finding products by words: an index of our own, the same answers on both databases."""
