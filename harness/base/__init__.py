"""What every room stands on: errors, clock, canonical JSON, digests, the project root, shared plain types.

Nothing that knows about CVs, models or statistics belongs here.
"""
