"""The line of stages: replay, score, decide, show. Each takes a typed value and returns the next one."""
