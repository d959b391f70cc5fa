"""What els-access-point costs, and faults, beside nginx and HAProxy."""

import argparse
import os
import pathlib
import resource
import signal
import sys
import tempfile

import cost
import faults
import programs


def parse():
    parser = argparse.ArgumentParser(
        prog="./dev bench access-point",
        description=__doc__,
        epilog="Tables go to standard output, progress to standard error. "
        "Each proxy has one thread. Figures are of this machine, and of what "
        "else runs on it.",
    )
    parser.add_argument("--els", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--backend", required=True, help=argparse.SUPPRESS)

    costs = parser.add_argument_group("costs")
    costs.add_argument(
        "--rounds", type=int, default=7, help="of wrk, each proxy in turn (7)"
    )
    costs.add_argument(
        "--seconds", type=int, default=3, help="that a round takes (3)"
    )
    costs.add_argument(
        "--connections",
        type=int,
        nargs="+",
        default=[8, 32, 256],
        metavar="N",
        help="that wrk keeps busy (8 32 256)",
    )
    costs.add_argument(
        "--users",
        type=int,
        nargs="+",
        default=[1000, 5000],
        metavar="N",
        help="who are idle (1000 5000)",
    )

    harm = parser.add_argument_group(
        "faults, instead of costs: one of ten backends goes wrong under a "
        "steady load"
    )
    harm.add_argument(
        "--faults",
        nargs="*",
        choices=faults.FAULTS,
        metavar="FAULT",
        help=f"of {', '.join(faults.FAULTS)} ({' '.join(faults.DEFAULT)})",
    )
    harm.add_argument(
        "--rate", type=int, default=1000, help="requests a second (1000)"
    )
    harm.add_argument(
        "--fault-seconds", type=int, default=6, help="that it lasts (6)"
    )
    return parser.parse_args()


def main():
    arguments = parse()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    limit = programs.DESCRIPTORS
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    try:
        for program in ("nginx", "haproxy", "wrk"):
            programs.find(program)
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)  # A root's nginx serves as another user.
            if arguments.faults is None:
                cost.run(arguments, pathlib.Path(folder))
            else:
                faults.run(arguments, pathlib.Path(folder))
    except programs.Failure as failure:
        programs.say(f"bench access-point: {failure}")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


sys.exit(main())
