"""Replay: documents × arms × draws become records in a run store that survives being killed.

Scores, gates and reports read the store; nothing here knows what a good answer is.
"""
