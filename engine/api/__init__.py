"""What the engine can be asked over HTTP."""
