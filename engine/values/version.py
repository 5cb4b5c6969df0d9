"""Which engine this is."""

VERSION = "0.1.0"
