"""The ledger of sends: what was intended, asked for and answered, so that none goes out twice."""
