"""DKIM keys in the DNS (RFC 6376, 8301, 8463)."""
