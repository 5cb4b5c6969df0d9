"""Small pictures for phones, made without a library."""
