"""Models that are sold out and that somebody waits for: asking, telling once, and what editors see of it."""
