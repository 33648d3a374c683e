"""The demo shop: its words and pictures as data, one subject in each file, and what puts them into a database."""
