"""Speed: our own operations beside hand-written limits, in one run: `python3 run.py bench`."""
