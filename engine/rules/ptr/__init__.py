"""Forward-confirmed reverse DNS (RFC 1912 2.1, RFC 8601 3)."""
