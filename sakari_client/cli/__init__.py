"""The command `sakari`: the client for people at a terminal and for shell scripts."""
