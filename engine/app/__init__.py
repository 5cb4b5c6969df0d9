"""Composition root: everything is built here, and run."""
