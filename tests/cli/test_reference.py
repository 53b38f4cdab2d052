"""docs/commands.md says what the commands say of themselves."""

from harness.cli.reference import PLACE, reference


def test_every_command_and_option_is_documented():
    assert PLACE.read_text(encoding="utf-8") == reference(), "run `make docs`"
