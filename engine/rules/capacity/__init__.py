"""Demand of a tenant against the capacity of its addresses, day by day, and what follows of it."""
