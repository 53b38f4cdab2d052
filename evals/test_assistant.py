"""What CI asks of a change of the assistant: one test per CV is the evidence, one per gate the decision."""


def test_cv(case):
    """No critical rule is broken on this CV."""
    assert not case.broken, case.first_line


def test_gate(gate):
    """This gate of the decision passes."""
    assert gate.passed, gate.first_line
