"""Small frozen types that everybody shares."""
