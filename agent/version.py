"""The version of the agent, as in pyproject.toml; kept here because asking the system for it costs 20 ms."""

VERSION = "0.1.0"
