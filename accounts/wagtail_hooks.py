"""What the worker does for accounts."""

from collections.abc import Callable

from wagtail import hooks

from accounts import letters, shoppers


@hooks.register("register_worker_job")
def send_letters() -> tuple[str, float, Callable[[], object]]:
    """Send codes soon: somebody waits for them."""
    return "mail", 1, letters.send_waiting


@hooks.register("register_worker_job")
def tidy() -> tuple[str, float, Callable[[], object]]:
    """Forget what nobody took up, once in six hours."""
    return "pages", 6 * 3600, shoppers.tidy
