"""The fleet file: one format and one reader for ``plan``, ``apply`` and ``simulate``."""

from engine.app.fleet_file.file import FleetFile, FleetFileWrong, load, parse, read
from engine.app.fleet_file.writing import text

__all__ = ["FleetFile", "FleetFileWrong", "load", "parse", "read", "text"]
