"""Warm-up: the published ladders, own ones, and where on a ladder an address starts."""
