"""Starts the simulator: python -m razorpay_simulator --help."""

import signal
import sys
import threading

from razorpay_simulator import config, server
from razorpay_simulator.simulator import Simulator


def main() -> int:
    """Run until SIGINT or SIGTERM."""
    options = config.read()
    simulator = Simulator(options)
    try:
        servers = server.listen(simulator)
    except OSError as error:
        simulator.close()
        sys.stderr.write(f"Cannot listen on {options.host}:{options.port}: {error.strerror}\n")
        return 1
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    simulator.courier.start()
    server.serve(servers)
    sys.stderr.write(
        f"Razorpay simulator (test mode: no money moves): API http://{options.host}:{options.port}/v1, "
        f"window {options.public_url}/v1/checkout.js, control {options.public_url}/_simulator/\n"
    )
    stop.wait()
    for listening in servers:
        listening.shutdown()
        listening.server_close()
    simulator.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
