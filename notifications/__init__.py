"""Who is told: a post office. It carries letters to addresses, prints papers, and never opens a case."""
