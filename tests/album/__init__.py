"""Every page of the product as pictures: `python -m tests.album FOLDER`; looked at by machine too: `--check`."""
