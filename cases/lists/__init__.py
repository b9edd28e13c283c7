"""Lists, counts, queues and search."""
