"""The chain of events: sealing, checkpoints, verification, export."""
