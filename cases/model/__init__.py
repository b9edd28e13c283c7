"""What a case is: its tables, who may read it, and how it is read."""
