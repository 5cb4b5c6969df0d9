"""PowerMTA's configuration: read, judged, compared and written, as pure functions."""
