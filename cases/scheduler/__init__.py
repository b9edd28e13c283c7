"""Beats and the tasks they run."""
