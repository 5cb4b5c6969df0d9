"""The command line: data on stdout, talk on stderr, and exit codes that scripts may go by."""

from engine.cli.program import main

__all__ = ["main"]
