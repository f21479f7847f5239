"""Lists read page by page: `stitched` is the face, and tells how the others work together."""
