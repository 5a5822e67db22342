"""Themes: what many clauses speak of together, found without being asked for.

Clauses become places in a `Space` where meaning alone counts, language and mood taken out;
`group` gathers them, and `name_groups` names each gathering in the words of its clauses.
"""

from __future__ import annotations

from tpfeedback.themes.grouping import Groups, group
from tpfeedback.themes.naming import Phrase, count_phrases, name_groups
from tpfeedback.themes.space import Space, load_space

__all__ = ["Groups", "Phrase", "Space", "count_phrases", "group", "load_space", "name_groups"]
