"""The network that is trained is the network that ships; needs the `[train]` extra."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install -e '.[train]'")
pytest.importorskip("onnx", reason="needs pip install -e '.[train]'")

from tpfeedback.network import HIDDEN, INPUTS, OUTPUTS, ZERO  # noqa: E402
from tpfeedback.training.data import LabelledText, targets  # noqa: E402
from tpfeedback.training.export import smooth, write_network  # noqa: E402
from tpfeedback.training.network import EMBEDDING, Network  # noqa: E402
from tpfeedback.training.train import loss_of, padded  # noqa: E402

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
    return made.eval()


STEP = np.float32(1 / 40)  # what a step of the tokens' bytes is worth


@pytest.fixture(scope="module")
def samples() -> list[tuple[np.ndarray, np.ndarray]]:
    """Batches of tokens that bytes hold exactly, and their masks."""
    random = np.random.default_rng(1)
    batches = []
    for lengths in ([3, 9, 5], [12, 4, 7]):
        mask = (np.arange(max(lengths)) < np.array(lengths)[:, None]).astype(np.float32)[..., None]
        steps = np.rint(random.normal(size=(*mask.shape[:2], EMBEDDING), scale=40)).clip(-128, 127)
        batches.append((steps.astype(np.float32) * STEP * mask, mask))
    return batches


@pytest.fixture(scope="module")
def shipped(network, samples, tmp_path_factory) -> Path:
    other = Network(5, hidden=64, layers=2, heads=4, dropout=0.0)
    other.load_state_dict(network.state_dict())
    path = tmp_path_factory.mktemp("shipped") / "network.onnx"
    write_network(other, path, samples)
    return path


def feed(embedded: np.ndarray, mask: np.ndarray) -> dict[str, np.ndarray]:
    """Return a batch as the shipped network wants it: every token is a piece of its own."""
    pieces = np.rint(embedded.reshape(-1, EMBEDDING) / STEP).astype(np.int8).view(np.uint8) ^ ZERO
    steps = np.full((len(pieces), 1), STEP, np.float32)
    ids = np.arange(mask.size).reshape(mask.shape[:2])
    return dict(zip(INPUTS, (pieces, steps, mask.reshape(-1, 1), ids, mask), strict=True))


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


def test_presence_is_the_sum_of_what_its_tokens_say(network, samples):
    presence, _, _, attention, logits = read(network, samples[0])
    assert attention.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (attention * logits).sum(axis=1) == pytest.approx(presence, abs=1e-4)


def test_smoothing_changes_no_answer(network, samples):
    before = read(network, samples[0])
    other = Network(5, hidden=64, layers=2, heads=4, dropout=0.0).eval()
    other.load_state_dict(network.state_dict())
    smooth(other, samples)
    for one, two in zip(before, read(other, samples[0]), strict=True):
        assert two == pytest.approx(one, abs=1e-3)


def test_calculating_in_bytes_stays_close_in_every_output(network, samples, shipped):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(shipped))
    embedded, mask = samples[0]
    given = session.run(OUTPUTS, feed(embedded, mask))
    shown = np.broadcast_to(mask, (*mask.shape[:2], 5))
    for name, found, exact in zip(OUTPUTS, given, read(network, samples[0]), strict=True):
        inside = shown if name in OUTPUTS[3:] else np.ones_like(exact)
        error = np.abs((found - exact) * inside).sum() / inside.sum()
        assert error < 0.2 * float(np.std(exact[inside > 0])), name


def test_what_is_read_does_not_depend_on_the_batch(samples, shipped):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(shipped))
    embedded, mask = samples[0]
    together = session.run([*OUTPUTS, HIDDEN], feed(embedded, mask))
    for i in range(len(mask)):
        size = int(mask[i].sum())
        only = (embedded[i : i + 1, :size], mask[i : i + 1, :size])
        alone = session.run([*OUTPUTS, HIDDEN], feed(*only))
        for name, one, all_ in zip([*OUTPUTS, HIDDEN], alone, together, strict=True):
            whole = all_[i] if name in OUTPUTS[:3] else all_[i, :size]
            assert one[0] == pytest.approx(whole, abs=1e-4), name


def test_every_matrix_is_multiplied_in_bytes(shipped):
    import onnx

    graph = onnx.load(str(shipped)).graph
    kinds = {node.op_type for node in graph.node}
    assert not kinds & {"MatMul", "Gemm", "Conv"}
    large = [t for t in graph.initializer if np.prod(t.dims, dtype=int) >= 10_000]
    assert large
    assert {t.data_type for t in large} == {onnx.TensorProto.INT8}


def test_tokens_are_rounded_once_and_laid_side_by_side_as_bytes(shipped):
    import onnx

    graph = onnx.load(str(shipped)).graph
    makers = {name: node for node in graph.node for name in node.output}
    padded = [makers[node.input[0]] for node in graph.node if node.op_type == "Pad"]
    kinds = [makers[n.input[0]].op_type if n.op_type == "Gather" else n.op_type for n in padded]
    assert kinds == ["QuantizeLinear"] * 6


def test_a_label_that_is_unknown_has_no_part_in_the_loss(network):
    def loss(**labels: object) -> float:
        told = {"touchpoints": {}, "covers": frozenset(), "overall": None, **labels}
        text = LabelledText("a", "x", "en", "s", told["overall"], told["touchpoints"],
                            told["covers"], translated=False)  # fmt: skip
        ids, mask = padded([np.array([1, 5, 2])])
        goal = targets([text], ("a", "b", "c", "d", "e"))
        table = torch.nn.Embedding(9, EMBEDDING)
        torch.nn.init.zeros_(table.weight)
        from tpfeedback.training.train import Batch

        fields = [torch.from_numpy(getattr(goal, name)) for name in type(goal).__annotations__]
        return float(loss_of(network, table, Batch(ids, mask, *fields)).detach())

    assert loss() == 0
    assert loss(touchpoints={"a": "?"}) > 0
    assert loss(touchpoints={"a": "-"}) > loss(touchpoints={"a": "?"})
    assert loss(overall="+") > 0
    assert loss(covers=frozenset({"b"})) > 0
