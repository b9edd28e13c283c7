"""Papers as files: how they are set, handed out and known again."""
