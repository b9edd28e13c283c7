"""The command line: one file a group. `flask --help` shows it."""

from flask import Flask

from commands.audit import audit_commands, keys_commands
from commands.calendar import calendar_commands
from commands.clockwork import scheduler_command, tick_command
from commands.demo import demo_command
from commands.endpoints import endpoints_commands
from commands.exchange import exchange_commands
from commands.figures import figures_commands
from commands.kinds import kinds_commands
from commands.messages import messages_commands
from commands.papers import papers_commands
from commands.people import people_commands
from commands.records import records_commands
from commands.refusals import refusals_commands
from commands.rules import rules_commands
from commands.serve import serve_command
from commands.sources import sources_commands
from commands.tokens import tokens_commands

COMMANDS = (
    audit_commands,
    calendar_commands,
    demo_command,
    endpoints_commands,
    exchange_commands,
    figures_commands,
    keys_commands,
    kinds_commands,
    messages_commands,
    papers_commands,
    people_commands,
    records_commands,
    refusals_commands,
    rules_commands,
    scheduler_command,
    serve_command,
    sources_commands,
    tick_command,
    tokens_commands,
)


def register_commands(app: Flask) -> None:
    """Every group of commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
