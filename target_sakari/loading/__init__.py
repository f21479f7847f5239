"""A run: batches of records, their outcomes, and the state that is true by then."""
