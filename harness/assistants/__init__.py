"""The assistants: versioned bundles as files, what changed between two of them, and the two-pass prompts.

Nothing here calls a model; a bundle is what `harness.models` sends.
"""
