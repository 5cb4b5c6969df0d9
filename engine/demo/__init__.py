"""A small world on loopback for newcomers and tests; nothing here belongs to a real fleet."""

import asyncio
import logging


def main(*, port: int, exit_at_end: bool) -> int:
    """The demo, started by the command line; 0 when the whole story came true."""
    from engine import logs
    from engine.demo.run import run  # libraries that only this command needs

    logs.set_up(level=logging.WARNING)
    return asyncio.run(run(port, exit_at_end=exit_at_end))
