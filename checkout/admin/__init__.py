"""What order staff see and do in Wagtail's admin. It changes nothing by itself: it calls the verbs of `checkout`."""
