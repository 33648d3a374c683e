"""A crew of workers: `python -m tests.webhooks.crew N` runs N copies of `manage.py worker` and prints their numbers.

They are forked from one process that has everything loaded, so that many start in a moment. Each tells mail servers its
own name, "worker-<process id>".
"""

import json
import os
import sys
import time

import django


def work() -> None:
    """Be one worker, until killed."""
    from django.core.mail.utils import DNS_NAME
    from django.core.management import call_command

    DNS_NAME._fqdn = f"worker-{os.getpid()}"
    call_command("worker", stdout=open(os.devnull, "w"))  # noqa: PTH123, SIM115 - open as long as the process lives.


def main(count: int) -> None:
    """Start them, tell their process ids, and wait for the signal that ends them all."""
    import webhooks.management.commands.worker  # noqa: F401 - loaded once, for all.

    pids = []
    for _number in range(count):
        pid = os.fork()
        if pid == 0:
            work()
            os._exit(0)
        pids.append(pid)
    sys.stdout.write(json.dumps(pids) + "\n")
    sys.stdout.flush()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
