"""What a closer look found, in the report: one file for each question of `look_closer`.

Each has `facts_of` and `section_of`, as what is tracked has; `report.tracked` puts them together.
"""
