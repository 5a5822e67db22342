"""Fuzzing: hostile inputs in great number, each held against a contract. See `__main__`."""
