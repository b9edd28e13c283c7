"""Templates are compiled once for all processes and runs of the tests, which make some hundreds of applications."""

from functools import cache
from types import CodeType

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class Compiled(FileSystemBytecodeCache):
    """What templates were compiled to, in memory and in Jinja's folder among the temporary files; a template that has
    changed meanwhile is compiled again."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))
        if bucket.code is None:
            super().load_bytecode(bucket)
            self.kept[bucket.key, bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key, bucket.checksum] = bucket.code
        super().dump_bytecode(bucket)


@cache
def keep_compiled() -> None:
    """From now on every application of this process shares them."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
