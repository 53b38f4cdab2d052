"""Makes `pytest evals/` replay the corpus once and ask its gates; the work is in the plugin."""

from harness.cli.pytest_plugin import (  # noqa: F401  (pytest finds hooks and fixtures by their names here)
    case,
    evaluation,
    gate,
    pytest_addoption,
    pytest_configure,
    pytest_generate_tests,
    pytest_sessionfinish,
    pytest_terminal_summary,
)
