"""Finding and starting Chromium. Playwright is imported only when a test asks for a browser."""

import os
import shutil
import subprocess

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Quiet, without a GPU, without asking the Internet for anything; the sandbox does not work for root in a container.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "No Chromium found; install it with: apt-get install chromium-headless-shell (or set CHROMIUM_PATH)"


def find_chromium() -> str | None:
    """Return the path of CHROMIUM_PATH or of the first known browser of this machine, or None."""
    names = [os.environ.get("CHROMIUM_PATH", ""), *NAMES]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def install_chromium() -> str | None:
    """Install Debian's smallest Chromium when this process may, and return its path; None when it cannot be had."""
    if find_chromium() or os.geteuid() != 0 or not shutil.which("apt-get"):
        return find_chromium()
    print("-- Installing chromium-headless-shell", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", NAMES[0]]):
        subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False)  # noqa: S607
    return find_chromium()
