"""How haidang-agent ends: one number for each kind of outcome, the same in --help and in docs/agent.md."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes."""

    OK = 0
    FAILED = 1  # something that should not happen
    USAGE = 2  # the command line
    CONFIG = 3  # the configuration file or a secret it names
    REQUEST = 4  # report: what came with the SSH login is no request
    SPOOL = 5  # the spool cannot be read, or not be written
    ADDRESS = 6  # serve: an address cannot be listened at
