"""Targets: one file each, found by itself, with one value `TARGET`."""
