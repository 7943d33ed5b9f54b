"""`python -m crawler.sample [--port N] [--day 1|2]`: the sample web for a browser, until Ctrl-C."""

import argparse
import signal
import sys

from crawler.sample.web import RunningWeb, registry_at, serve


def main() -> int:
    """Serve, print the addresses, wait; 0 when ended from the keyboard or by SIGTERM, 2 where a port is taken."""
    parser = argparse.ArgumentParser(prog="python -m crawler.sample", description="The small web of invented sites.")
    parser.add_argument("--port", type=int, default=8100, help="port of the first site, the others follow (8100)")
    parser.add_argument("--day", type=int, choices=(1, 2), default=1, help="2: this year's reports are out")
    parser.add_argument("--registry", action="store_true", help="print the registry of these sources, and end")
    asked = parser.parse_args()
    if asked.registry:
        print(registry_at(asked.port))
        return 0
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        with serve(asked.day, port=asked.port) as web:
            print(_addresses(web), flush=True)
            signal.sigwait(signals)
    except OSError as error:
        print(
            f"cannot serve on ports {asked.port} and following: {error.strerror}; try another --port", file=sys.stderr
        )
        return 2
    return 0


def _addresses(web: RunningWeb) -> str:
    lines = [f"{web.address(site.id):<26}{site.id:<10}{site.name}" for site in web.web.sites.values()]
    return "\n".join([*lines, "Ctrl-C ends it."])


if __name__ == "__main__":
    raise SystemExit(main())
