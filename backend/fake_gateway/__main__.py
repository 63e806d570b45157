"""`python -m fake_gateway`: the same as `manage.py fake_gateway`, without Django."""

import argparse
import sys

from fake_gateway.command import add_arguments, run


def main() -> int:
    """Read the options and serve."""
    parser = argparse.ArgumentParser("fake_gateway", description="A gateway to try the product against.")
    add_arguments(parser)
    return run(vars(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
