"""Every page of the product as pictures: `python -m tests.bench.album FOLDER`; looked at by machine too: `--check`."""
