"""A world to try the engine in: everything here is simulated, and says so."""
