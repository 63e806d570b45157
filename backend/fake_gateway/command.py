"""The command line: options in, addresses out, serve until a signal comes."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from fake_gateway.keys import LiveKey, ensure_keys, make_keys
from fake_gateway.running import Options, Running


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `manage.py fake_gateway` and `python -m fake_gateway`."""
    parser.add_argument("--port", type=int, default=8500, help="APIs and pages; 0 for a free one")
    parser.add_argument("--control-port", type=int, default=8501, help="the control plane; 0 for a free one")
    parser.add_argument("--data", type=Path, help="a file that keeps the state; without it, nothing is kept")
    parser.add_argument("--keys", type=Path, help="a file that keeps the demo's keys, made on first use")
    parser.add_argument("--public-url", default="", help="where browsers reach the pages, if not at 127.0.0.1")
    parser.add_argument("--stripe-webhook", default="", help="the product's address for Stripe's messages")
    parser.add_argument("--paypal-webhook", default="", help="the product's address for PayPal's messages")
    parser.add_argument("--paypal-root", type=Path, help="a file to write the root certificate of PayPal's messages to")
    parser.add_argument("--later-seconds", type=int, default=30, help="how long slow payments and refunds take")


def run(arguments: dict[str, Any]) -> int:
    """Serve until SIGINT or SIGTERM."""
    try:
        keys = make_keys() if arguments["keys"] is None else ensure_keys(arguments["keys"])
    except LiveKey as error:
        print(error, file=sys.stderr)
        return 1
    os.umask(0o077)
    names = (
        *("port", "control_port", "data", "public_url"),
        *("stripe_webhook", "paypal_webhook", "paypal_root", "later_seconds"),
    )
    try:
        running = Running(Options(keys=keys, **{name: arguments[name] for name in names}))
    except OSError as error:
        print(f"The gateway cannot listen: {error.strerror}. Choose other ports.", file=sys.stderr)
        return 1
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    running.start()
    if arguments["keys"] is None:
        print(f"Stripe's keys: {keys.stripe_secret_key} {keys.stripe_webhook_secret}")
        print(f"PayPal's: {keys.paypal_client_id} {keys.paypal_client_secret}, webhook {keys.paypal_webhook_id}")
    print(f"The demo gateway is at {running.address}, its control plane at {running.control_address}.", flush=True)
    ended.wait()
    running.stop()
    return 0
