"""Templates, campaigns, conversations and webhooks."""
