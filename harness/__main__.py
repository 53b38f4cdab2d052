"""`python -m harness` is `cv-harness`."""

from harness.cli.main import end

end()
