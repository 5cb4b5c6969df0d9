"""DMARC by RFC 9989 (policy), 9990 (aggregate reports) and 9991 (failure reports)."""
