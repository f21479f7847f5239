"""From a record, as people have it, to what Sakari takes."""
