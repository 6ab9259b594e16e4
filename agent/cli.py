"""The command haidang-agent: arguments, exit codes, errors on stderr; each command imports what it needs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.exit_codes import Exit
from agent.version import VERSION

DEFAULT_CONFIG = Path("/etc/haidang-agent/agent.toml")
DEFAULT_SPOOL = Path("/var/lib/haidang-agent/spool")

_EPILOG = """\
exit codes:
  0  done
  1  something that should not happen
  2  the command line is wrong
  3  the configuration file, or a secret that it names, cannot be used
  4  report: what came with the SSH login is no request
  5  the spool cannot be read (report) or not be used (serve)
  6  serve: an address cannot be listened at

The agent's side of an SSH poll is one line in authorized_keys:
  restrict,command="haidang-agent report" ssh-ed25519 AAAA… collector
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = _parser().parse_args(argv)
    run = {"serve": _serve, "report": _report, "snapshot": _snapshot, "check": _check}[arguments.command]
    try:
        return run(arguments)
    except BrokenPipeError:
        # Whoever read has gone; without this, Python would complain once more while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILED
    except KeyboardInterrupt:
        return Exit.FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="haidang-agent",
        description="Measures this machine and tells it over SNMP and SSH.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"haidang-agent {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    config = argparse.ArgumentParser(add_help=False)
    config.add_argument(
        "--config", type=Path, metavar="FILE", help=f"settings (default: {DEFAULT_CONFIG}); see docs/agent.md"
    )
    commands.add_parser(
        "serve",
        parents=[config],
        help="measure, keep, answer: what the systemd unit runs",
        description="Measures this machine every few seconds into the spool, and answers SNMP, until "
        "SIGTERM. SIGHUP takes up a changed file of settings; one with mistakes changes nothing.",
    )
    report = commands.add_parser(
        "report",
        help="print what the spool holds, as JSON lines: the forced command",
        description="Prints the newest snapshot, or those after a number, as JSON lines. By SSH the request "
        "is what SSH_ORIGINAL_COMMAND says; nothing else that it may hold is ever run.",
    )
    # Settings are not read unless named: sshd starts this for each poll.
    report.add_argument(
        "--config", type=Path, metavar="FILE", help="settings that say where the spool is (default: not read)"
    )
    report.add_argument(
        "--spool", type=Path, metavar="DIR", help=f"the spool (default: {DEFAULT_SPOOL}, or as --config says)"
    )
    report.add_argument("--after", type=int, metavar="N", help="snapshots above this number, not the newest")
    report.add_argument("--limit", type=int, metavar="N", help="at most so many snapshots")
    snapshot = commands.add_parser(
        "snapshot",
        help="measure once and print it; needs no service",
        description="Measures this machine once and prints it as a table; writes nothing.",
    )
    snapshot.add_argument("--json", action="store_true", help="as the one line of JSON that the spool keeps")
    commands.add_parser(
        "check",
        parents=[config],
        help="say what is wrong with the settings; opens no socket",
        description="Names every mistake of the settings with its line and every secret that cannot be had, "
        "or says what the service would do. Secrets under credential: are the unit's and are not looked at.",
    )
    return parser


def _say(message: str) -> None:
    print(message, file=sys.stderr)


def _report(arguments: argparse.Namespace) -> int:
    from agent.ssh_report import run  # noqa: PLC0415 - sshd starts this for each poll

    directory: Path = arguments.spool or DEFAULT_SPOOL
    if arguments.spool is None and arguments.config is not None:
        from agent.config import ConfigError, load_config  # noqa: PLC0415

        try:
            directory = load_config(arguments.config).spool_directory
        except ConfigError as error:
            _say(str(error))
            return Exit.CONFIG
    return run(
        directory,
        after=arguments.after,
        limit=arguments.limit,
        environ=os.environ,
        out=sys.stdout.buffer,
        say=_say,
    )


def _serve(arguments: argparse.Namespace) -> int:
    import asyncio  # noqa: PLC0415
    import logging  # noqa: PLC0415

    from agent.config import ConfigError, load_config  # noqa: PLC0415
    from agent.service import Service  # noqa: PLC0415
    from agent.snmp_setup import ListenError  # noqa: PLC0415
    from agent.spool import SpoolError  # noqa: PLC0415

    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s", stream=sys.stderr)
    path: Path = arguments.config or DEFAULT_CONFIG
    try:
        config = load_config(path)
        # The group may read what the service keeps, nobody else.
        os.umask(0o027)
        asyncio.run(Service(config, reload=lambda: load_config(path)).run())
    except ConfigError as error:
        _say(str(error))
        return Exit.CONFIG
    except SpoolError as error:
        _say(str(error))
        return Exit.SPOOL
    except ListenError as error:
        _say(str(error))
        return Exit.ADDRESS
    return Exit.OK


def _snapshot(arguments: argparse.Namespace) -> int:
    from agent.show import render  # noqa: PLC0415
    from agent.snapshot import Sampler  # noqa: PLC0415
    from agent.wire import render_snapshot  # noqa: PLC0415

    snapshot = Sampler().take()
    text = render_snapshot(snapshot).decode() if arguments.json else render(snapshot)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
    return Exit.OK


def _check(arguments: argparse.Namespace) -> int:
    from agent.config import ConfigError, load_config  # noqa: PLC0415
    from agent.service import describe_snmp  # noqa: PLC0415
    from agent.snmp_setup import fetch_secrets, hidden_credentials  # noqa: PLC0415

    try:
        config = load_config(arguments.config or DEFAULT_CONFIG)
        hidden = () if config.snmp is None else hidden_credentials(config.snmp)
        if config.snmp is not None:
            fetch_secrets(config.snmp, config.source, leave_out=hidden)
    except ConfigError as error:
        _say(str(error))
        return Exit.CONFIG
    snmp = "off" if config.snmp is None else describe_snmp(config.snmp)
    print(f"{config.source}: in order")
    print(f"a snapshot every {config.interval_s} s into {config.spool_directory}")
    print(f"SNMP: {snmp}")
    if hidden:
        print(f"not looked at, because only the unit can: {', '.join(map(str, hidden))}")
    return Exit.OK
