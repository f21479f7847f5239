"""Singer target for Sakari SMS."""
