"""The only loops and the only awaits: command handler, pump, performer, gate."""
