"""`make bench`: how many requests a second the shop that runs on this machine answers, page by page.

It measures whatever answers at the address: start it with `make run` first. Client and shop share the machine, so the
figures are a floor, good for comparing two versions on one machine and nothing else.
"""

import http.client
import statistics
import sys
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PAGES = ["/health/live/", "/", "/shop/", "/shop/?q=rally", "/search/suggestions/?q=rally", "/cart/"]
CLIENTS = 8
SECONDS = 5.0


@dataclass
class Figures:
    """What one page gave: milliseconds of each answer, and answers that were not 200."""

    milliseconds: list[float] = field(default_factory=list)
    refused: int = 0


def load(address: str, path: str, figures: Figures, end: float) -> None:
    """Ask for `path` over one connection, once and then again and again until `end`."""
    connection = http.client.HTTPConnection(address, timeout=30)
    while not figures.milliseconds or time.perf_counter() < end:
        start = time.perf_counter()
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        figures.milliseconds.append((time.perf_counter() - start) * 1000)
        figures.refused += response.status != 200
    connection.close()


def measure(address: str, path: str) -> Figures:
    """Let CLIENTS threads ask for `path` for SECONDS."""
    figures = Figures()
    load(address, path, Figures(), 0.0)
    end = time.perf_counter() + SECONDS
    clients = [threading.Thread(target=load, args=(address, path, figures, end)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return figures


def main(arguments: list[str]) -> int:
    """Print a line for each page; `arguments` may name another address and other pages."""
    address = urlsplit(arguments[0] if arguments else "http://127.0.0.1:8000").netloc
    print(f"{address}, {CLIENTS} clients, {SECONDS:.0f} s a page")
    print(f"{'page':<30}{'req/s':>8}{'p50 ms':>9}{'p95 ms':>9}  not 200")
    for path in arguments[1:] or PAGES:
        try:
            figures = measure(address, path)
        except OSError as error:
            print(f"Nothing answers at {address} ({error}). Start the shop with: make run")
            return 1
        p95 = statistics.quantiles(figures.milliseconds, n=20)[-1]
        rate, p50 = len(figures.milliseconds) / SECONDS, statistics.median(figures.milliseconds)
        print(f"{path:<30}{rate:>8.0f}{p50:>9.1f}{p95:>9.1f}  {figures.refused}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
