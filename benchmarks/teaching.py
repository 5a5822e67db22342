"""Measures texts tagged a second with 200 touchpoints, and how long labels take to teach 30.

    python benchmarks/teaching.py [--texts 2000] [--touchpoints 200] [--taught 30]
        [--only-teaching] [--profile]

The touchpoints are those of the shipped industry taxonomies, put together into one list: once
each as a narrower one of its general touchpoint, once with no parent, so that each is found by
its words alone, once so and taught with labels. Every taxonomy reads the same texts of about 30
tokens, in all four languages, in turn with `general`; the best of three rounds counts.
Asked: no less than half the speed of `general`, and less than 10 seconds to teach.

Labels are made up: a text has a touchpoint where the general network finds its general parent,
so they are as common and as uneven as labels are. `--profile` prints where the time goes.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from tagging import short_texts

from tpfeedback.tagger import NetworkTagger, load_network_tagger
from tpfeedback.taxonomy import (
    Taxonomy,
    Touchpoint,
    available_taxonomies,
    general_parent,
    load_taxonomy,
)
from tpfeedback.teaching import estimator, learning
from tpfeedback.teaching.estimator import TouchpointTagger

ROUNDS = 3
CORES = 2


def main() -> None:
    """Print a line for each taxonomy, and one for each stage of teaching."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--touchpoints", type=int, default=200)
    parser.add_argument("--taught", type=int, default=30)
    parser.add_argument("--only-teaching", action="store_true")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    texts = list(islice(short_texts(), options.texts))
    watch = profiled if options.profile else plainly
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    if not options.only_teaching:
        watch(lambda: print_speeds(texts, options.touchpoints))
    watch(lambda: print_teaching(texts, options.taught))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB; load after: {os.getloadavg()[0]:.1f}")


def print_speeds(texts: Sequence[str], count: int) -> None:
    """Tag with each taxonomy in turn, round by round, and print the rates."""
    own = taxonomy_of(count, narrower=False)
    taught = TouchpointTagger(own).fit(texts[:300], made_up_labels(texts[:300], own))
    taggers = {
        "general": TouchpointTagger(),
        "hotel": TouchpointTagger("hotel"),
        f"{count} narrower ones": TouchpointTagger(taxonomy_of(count, narrower=True)),
        f"{count} without parent": TouchpointTagger(own),
        f"{count} without parent, {len(taught.taught_)} of them taught": taught,
    }
    best = dict.fromkeys(taggers, 0.0)
    for tagger in taggers.values():
        tagger.tag(texts[:50])
    for _ in range(ROUNDS):
        for name, tagger in taggers.items():
            best[name] = max(best[name], rate(tagger, texts))
    print("| taxonomy | texts/s | of general |\n|---|---|---|")
    for name, speed in best.items():
        print(f"| {name} | {speed:.0f} | {speed / best['general']:.2f} |")


def print_teaching(texts: Sequence[str], count: int) -> None:
    """Fit on all texts and print the seconds of each stage."""
    own = taxonomy_of(count, narrower=False)
    labels = made_up_labels(texts, own)
    print(f"\nfit on {len(texts)} texts for {count} touchpoints, with and without parents")
    for narrower in (False, True):
        taxonomy = taxonomy_of(count, narrower=narrower)
        seconds = staged(TouchpointTagger(taxonomy), texts, labels)
        whole, cores = seconds.pop("all"), seconds.pop("processors")
        shares = ", ".join(f"{name} {spent / whole:.0%}" for name, spent in seconds.items())
        kind = "narrower ones" if narrower else "without parent"
        print(f"{kind}: {whole:.1f} s, {cores:.1f} of processors ({shares})")


def staged(
    tagger: TouchpointTagger, texts: Sequence[str], labels: Sequence[Sequence[str]]
) -> dict[str, float]:
    """Return the seconds of a whole fit and of its stages."""
    stages = {
        "reading the texts": (estimator, "read_examples"),
        "prototypes": (learning, "prototypes_of"),
        "phrases": (learning, "_lesson"),
        "heads": (learning, "learn_heads"),
        "general touchpoints anew": (learning, "learn_again"),
        "choices": (learning, "_choices"),
    }
    spent = dict.fromkeys(stages, 0.0)
    kept = {name: getattr(module, called) for name, (module, called) in stages.items()}
    for name, (module, called) in stages.items():
        setattr(module, called, timed(kept[name], spent, name))
    try:
        begun, used = time.perf_counter(), time.process_time()
        tagger.fit(texts, labels)
        used = time.process_time() - used
        return {"all": time.perf_counter() - begun, "processors": used, **spent}
    finally:
        for name, (module, called) in stages.items():
            setattr(module, called, kept[name])


def timed(work: Callable[..., Any], spent: dict[str, float], name: str) -> Callable[..., Any]:
    """Return `work`, which adds its seconds to `spent`; an iterator is run to its end."""

    def measured(*given: Any, **options: Any) -> Any:
        begun = time.perf_counter()
        done = work(*given, **options)
        done = list(done) if isinstance(done, Iterator) else done
        spent[name] += time.perf_counter() - begun
        return done

    return measured


def taxonomy_of(count: int, *, narrower: bool) -> Taxonomy:
    """Return one taxonomy of the first `count` touchpoints of all industries."""
    touchpoints = list(islice(industry_touchpoints(narrower=narrower), count))
    if len(touchpoints) < count:
        raise SystemExit(f"the industries have {len(touchpoints)} touchpoints, asked for {count}")
    head: dict[str, Any] = {"key": "benchmark", "names": {"en": "Benchmark"}}
    if narrower:
        head["extends"] = "general"
    return load_taxonomy({**head, "touchpoints": touchpoints})


def industry_touchpoints(*, narrower: bool) -> Iterator[dict[str, Any]]:
    """Yield touchpoints as a file has them; a phrase goes to the first that claims it.

    Last come those that an industry took over from `general`.
    """
    claimed: set[tuple[str, str]] = set()
    general = load_taxonomy()
    industries = [load_taxonomy(name) for name in available_taxonomies() if name != "general"]
    every = [(industry, one) for industry in industries for one in industry]
    for industry, one in sorted(every, key=lambda pair: pair[1].key in general):
        parent = {"parent": general_parent(industry)[one.key]} if narrower else {}
        yield {
            **said_of(one, claimed),
            "key": f"{industry.key}_{one.key}",
            "stage": one.stage,
            "channel": one.channel,
            **parent,
        }


def said_of(touchpoint: Touchpoint, claimed: set[tuple[str, str]]) -> dict[str, Any]:
    """Return its words, without the phrases that are `claimed`, and claim the rest."""
    cues = {
        language: [phrase for phrase in phrases if (language, phrase.lower()) not in claimed]
        for language, phrases in touchpoint.cues.items()
    }
    claimed |= {(code, phrase.lower()) for code, phrases in cues.items() for phrase in phrases}
    return {
        "names": {"en": touchpoint.names["en"]},
        "descriptions": dict(touchpoint.descriptions),
        "cues": {code: phrases for code, phrases in cues.items() if phrases},
    }


def made_up_labels(texts: Sequence[str], taxonomy: Taxonomy) -> list[list[str]]:
    """Return touchpoints of each text: those whose general parent is spoken of, one in three."""
    chance = np.random.default_rng(0)
    narrowed = {one.key: one.parent for one in taxonomy_of(len(taxonomy), narrower=True)}
    reader: NetworkTagger = load_network_tagger()
    labels = []
    for tagged in reader.tag(texts):
        said = {mention.touchpoint for mention in tagged.mentions}
        labels.append([k for k in taxonomy.keys if narrowed[k] in said and chance.random() < 1 / 3])
    return labels


def rate(tagger: TouchpointTagger, texts: Sequence[str]) -> float:
    """Return texts a second."""
    begun = time.perf_counter()
    tagger.tag(texts)
    return len(texts) / (time.perf_counter() - begun)


def plainly(work: Callable[[], object]) -> None:
    """Do it."""
    work()


def profiled(work: Callable[[], object]) -> None:
    """Do it, and print where the time went."""
    with cProfile.Profile() as profile:
        work()
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
