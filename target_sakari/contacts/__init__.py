"""Contacts: what Sakari has, what is to become of it, and how that is written."""
