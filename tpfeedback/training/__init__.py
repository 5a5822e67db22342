"""How the shipped model was trained, exported and measured (needs the `[train]` extra).

`python -m tpfeedback.training --data ../shared/data` does all of it; nothing else in the
package imports this folder.
"""
