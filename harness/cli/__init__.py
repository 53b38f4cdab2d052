"""The command line: options in, one of the faces of a verdict out. No logic of its own.

Only this room composes the rooms' configurations. Command modules import what they need inside the command, so
that `cv-harness --help` stays quick.
"""
