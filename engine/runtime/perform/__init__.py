"""How effects are done: one file per family."""
