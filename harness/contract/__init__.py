"""The CV contract that the frontend reads: its schema, a typed view, and reading an answer rung by rung.

One source: `goldens/cv.schema.json`. Everything else here is derived from it or proved equal to it by a test.
Whether a value is *right* is none of this room's business; only whether it has the promised shape.
"""
