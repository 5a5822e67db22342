"""The network that is trained is the network that ships; needs the `[train]` extra."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs pip install -e '.[train]'")
pytest.importorskip("onnx", reason="needs pip install -e '.[train]'")

from tpfeedback.network import OUTPUTS  # noqa: E402
from tpfeedback.training.data import LabelledText, targets  # noqa: E402
from tpfeedback.training.export import feed, smooth, write_network  # noqa: E402
from tpfeedback.training.network import EMBEDDING, Network  # noqa: E402
from tpfeedback.training.train import loss_of, padded  # noqa: E402

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning"),
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


@pytest.fixture(scope="module")
def samples() -> list[tuple[np.ndarray, np.ndarray]]:
    random = np.random.default_rng(1)
    batches = []
    for lengths in ([3, 9, 5], [12, 4, 7]):
        mask = (np.arange(max(lengths)) < np.array(lengths)[:, None]).astype(np.float32)[..., None]
        embedded = random.normal(size=(*mask.shape[:2], EMBEDDING)).astype(np.float32)
        batches.append((embedded * mask, mask))
    return batches


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


def test_calculating_in_bytes_stays_close_and_does_not_depend_on_the_batch(
    network, samples, tmp_path
):
    import onnxruntime

    other = Network(5, hidden=64, layers=2, heads=4, dropout=0.0)
    other.load_state_dict(network.state_dict())
    write_network(other, tmp_path / "network.onnx", samples)
    session = onnxruntime.InferenceSession(str(tmp_path / "network.onnx"))
    embedded, mask = samples[0]
    together = session.run(OUTPUTS, feed(embedded, mask))
    spread = float(np.std(read(network, samples[0])[0]))
    assert np.abs(together[0] - read(network, samples[0])[0]).mean() < 0.25 * spread
    for i in range(len(mask)):
        size = int(mask[i].sum())
        alone = session.run(OUTPUTS[:1], feed(embedded[i : i + 1, :size], mask[i : i + 1, :size]))
        assert alone[0][0] == pytest.approx(together[0][i], abs=1e-4)


def test_tokens_are_rounded_once_and_laid_side_by_side_as_bytes(network, samples, tmp_path):
    import onnx

    other = Network(5, hidden=64, layers=2, heads=4, dropout=0.0)
    other.load_state_dict(network.state_dict())
    write_network(other, tmp_path / "network.onnx", samples)
    graph = onnx.load(str(tmp_path / "network.onnx")).graph
    makers = {name: node for node in graph.node for name in node.output}
    padded = [makers[node.input[0]].op_type for node in graph.node if node.op_type == "Pad"]
    assert padded == ["QuantizeLinear"] * 6


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
