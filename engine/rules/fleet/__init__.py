"""A fleet as it is declared, and what lies between it and the fleet as it stands."""
