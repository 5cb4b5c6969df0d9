"""Composition root: everything is built here, and run."""

from engine.app.assemble import Engine, Parts, assemble

__all__ = ["Engine", "Parts", "assemble"]
