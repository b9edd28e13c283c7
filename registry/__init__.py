"""Who and what a case is about: bodies, people, credit records."""
