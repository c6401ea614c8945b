"""The command line: one command a job, each a thin layer over what Python offers under the same name."""

from tiersim.cli.main import main

__all__ = ["main"]
