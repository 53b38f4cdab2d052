"""cv-harness: decides whether a change to a CV-reading AI assistant may ship."""

__version__ = "0.1.0"
