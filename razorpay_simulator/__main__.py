"""Starts the simulator: python -m razorpay_simulator --help."""

import signal
import sys

from razorpay_simulator import config, server
from razorpay_simulator.simulator import Simulator

STOPPING = {signal.SIGINT, signal.SIGTERM}


def main() -> int:
    """Run until SIGINT or SIGTERM."""
    options = config.read()
    # Blocked before any thread starts, and for all of them: the main thread alone waits for these below.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    simulator = Simulator(options)
    try:
        servers = server.listen(simulator)
    except OSError as error:
        simulator.close()
        sys.stderr.write(f"Cannot listen on {options.host}:{options.port}: {error.strerror}\n")
        return 1
    simulator.courier.start()
    server.serve(servers)
    sys.stderr.write(
        f"Razorpay simulator (test mode: no money moves): API http://{options.host}:{options.port}/v1, "
        f"window {options.public_url}/v1/checkout.js, control {options.public_url}/_simulator/\n"
    )
    signal.sigwait(STOPPING)
    for listening in servers:
        listening.shutdown()
        listening.server_close()
    simulator.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
