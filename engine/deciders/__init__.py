"""May this happen?  One file per family of streams."""
