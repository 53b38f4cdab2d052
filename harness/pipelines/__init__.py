"""What turns a document's text into an answer: legacy (two passes), assistant (one call), http, declared.

A pipeline sees text and a caller, never a golden, and never raises for what a model answers.
"""
