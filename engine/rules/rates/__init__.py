"""Rates judged by what their counts can prove, and not by the raw quotient."""
