"""Who takes mail for a domain (RFC 5321 5.1, RFC 7505), and whether the domain exists."""
