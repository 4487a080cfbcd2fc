"""Looks at event source mappings for settings that lose records, hold them up, or mix their order.

`document` reads YAML and JSON with their lines, `template`, `plan` and `described` find the mappings in what
they know, `rules` judges, `command` tells.
"""
