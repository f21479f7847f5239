"""Repeatable measurements; each module is run by hand and prints a table."""
