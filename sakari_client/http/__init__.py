"""Requests and their answers: `transport` is the face; only `wire` knows the HTTP library."""
