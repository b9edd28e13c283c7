"""Templates are compiled once a process, for however many applications: the tests make some hundreds."""

from functools import cache
from types import CodeType

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class Compiled(BytecodeCache):
    """What templates were compiled to, in memory; a template that has changed meanwhile is compiled again."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key, bucket.checksum] = bucket.code


@cache
def keep_compiled() -> None:
    """From now on every application of this process shares them."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
