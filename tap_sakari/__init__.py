"""Singer tap for Sakari SMS."""
