"""The beginning of the command `sakari`: little is imported before Ctrl-C is no traceback."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command; Ctrl-C before it has begun just ends the process."""
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:  # and not ignored, as in the background of a script
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from sakari_client.cli.main import main as run  # noqa: PLC0415

    if ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
