"""`python -m crawler.sample [--port N] [--day 1|2]`: the sample web for a browser, until Ctrl-C."""

import argparse
import signal

from crawler.sample.web import serve


def main() -> int:
    """Serve, print the addresses, wait; 0 when ended from the keyboard or by SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m crawler.sample", description="The small web of invented sites.")
    parser.add_argument("--port", type=int, default=8100, help="port of the first site, the others follow (8100)")
    parser.add_argument("--day", type=int, choices=(1, 2), default=1, help="2: this year's reports are out")
    parser.add_argument("--registry", action="store_true", help="print the registry of these sources too")
    asked = parser.parse_args()
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with serve(asked.day, port=asked.port) as web:
        for site in web.web.sites.values():
            print(f"{web.address(site.id):<28}{site.id:<10}{site.name}", flush=True)
        if asked.registry:
            print(web.registry(), flush=True)
        signal.sigwait(signals)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
