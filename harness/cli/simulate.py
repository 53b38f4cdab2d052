"""`cv-harness simulate`: the embedded model, alone."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    app.command(
        "simulate",
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    )(simulate)


def simulate(context: typer.Context) -> int:
    """Start the simulator alone: an OpenAI-compatible server on this machine (options: --help)."""
    from harness.simulator.__main__ import main

    return main(context.args, prog="cv-harness simulate")
