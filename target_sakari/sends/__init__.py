"""Texts: what goes out, and the ledger by which nobody is texted twice."""
