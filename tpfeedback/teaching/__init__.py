"""Touchpoints of the user's own: found from their words, taught with a few labels.

`estimator.TouchpointTagger` is what users meet; it stands on scikit-learn, which takes a while to
load, so it is imported by its own name.

>>> from tpfeedback.teaching.estimator import load_tagger
>>> tagged = load_tagger(taxonomy="hotel").tag(["The breakfast buffet was delicious"])[0]
>>> [(mention.touchpoint, mention.sentiment) for mention in tagged.mentions]
[('breakfast', 'positive')]
"""
