"""Papers as files: set as PDF, handed out, sealed, and known again when somebody brings one."""
