"""What ten jobs cost in clicks and seconds: `python -m tests.bench.jobs`."""
