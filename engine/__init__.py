"""email-engine: keeps a fleet of sending IPs healthy, and can show why it did what it did."""
