"""Texts: what goes out, to whom, and what keeps it from going out."""
