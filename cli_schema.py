"""The command line of the schema: `latchkey schema …`. It needs no settings, as it serves nothing."""

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

import contract
from cli_output import write_json
from contract import Report, allowances, introspection, sdl
from contract.findings import CannotCheck


def attach(commands: Any) -> None:
    """Add the commands to those of `latchkey`."""
    schema = commands.add_parser("schema", help="print and check what clients are promised")
    commands = schema.add_subparsers(required=True, metavar="COMMAND")
    _command(commands, "print", _print, "write the SDL as it is served")
    check = _command(commands, "check", _check, "check the schema, its changes and what clients send")
    check.add_argument("--json", action="store_true", help="write the findings as one JSON object")
    check.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="CHANGE=REASON",
        help="let a change be, as 'VALUE_ADDED_TO_ENUM Role.AUDITOR=no client reads it'; may be repeated",
    )
    check.add_argument(
        "--operations",
        action="append",
        metavar="PATTERN",
        help="check only what a client of yours sends, as 'src/**/*.graphql'; may be repeated",
    )
    against = check.add_mutually_exclusive_group()
    against.add_argument("--server", metavar="URL", help="check the operations against a running server")
    against.add_argument("--schema", metavar="FILE", help="check the operations against a file of SDL")
    check.add_argument("--without-codegen", action="store_true", help="generate no typed client")


def _command(commands: Any, name: str, run: Any, summary: str) -> ArgumentParser:
    description = summary[0].upper() + summary[1:] + "."
    parser: ArgumentParser = commands.add_parser(name, help=summary, description=description)
    parser.set_defaults(run=run)
    return parser


def _print(_: Namespace) -> int:
    sys.stdout.write(contract.printed())
    return 0


def _check(arguments: Namespace) -> int:
    report = _of_clients(arguments) if arguments.operations else _of_house(arguments)
    if not arguments.without_codegen:
        report = contract.with_typed_client(report)
    (_write_json if arguments.json else _write)(report)
    return 1 if report.findings else 0


def _of_house(arguments: Namespace) -> Report:
    if arguments.server or arguments.schema:
        raise CannotCheck("--server and --schema go with --operations")
    return contract.check(allow=[allowances.parse(text) for text in arguments.allow])


def _of_clients(arguments: Namespace) -> Report:
    if arguments.allow:
        raise CannotCheck("--allow is for changes of the schema, and does not go with --operations")
    here = Path.cwd()
    if arguments.server:
        schema = introspection.fetch(arguments.server)
    elif arguments.schema:
        schema = sdl.load(arguments.schema, root=here)
    else:
        schema = contract.served()
    return contract.check_clients(arguments.operations, schema, root=here)


def _write(report: Report) -> None:
    for finding in report.findings:
        print(finding)
    for finding, allowance in report.allowed:
        print(f"allowed: {finding.key}: {allowance.reason}")
    count = len(report.findings)
    print(f"latchkey: findings: {count}, documents that fit the schema: {len(report.fitting)}")


def _write_json(report: Report) -> None:
    findings = [asdict(finding) for finding in report.findings]
    allowed = [{**asdict(finding), "reason": allowance.reason} for finding, allowance in report.allowed]
    write_json({"findings": findings, "allowed": allowed, "documents": len(report.fitting)})
