"""Our own network: what is missing says nothing, wherever it is missing, and the file says the same as the network."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch

from glacier_mapper.core.branches import BRANCH_ROLES, Branch
from glacier_mapper.core.model_card import Location
from glacier_mapper.runner.architectures.export import export_onnx
from glacier_mapper.runner.architectures.registry import build

EVERY = tuple(Branch)
NAN = float("nan")


@pytest.fixture
def network():
    """With weights that are not those of the start, so that gates and residual branches do something."""
    torch.manual_seed(11)
    made = build("compact", EVERY)
    with torch.no_grad():
        for name, values in made.named_parameters():
            if name.endswith(("gate.weight", "second.norm.weight", "head.weight")):
                values.normal_(0, 0.5)
    return made.eval()


def inputs(side=32, batch=1, seed=5):
    """A tensor a branch, 0..1."""
    generator = torch.Generator().manual_seed(seed)
    return {one: torch.rand(batch, len(BRANCH_ROLES[one]), side, side, generator=generator) for one in EVERY}


def run(network, given):
    with torch.no_grad():
        return network(*given.values())


def test_the_output_is_a_probability_of_every_pixel(network):
    output = run(network, inputs(side=48, batch=2))
    assert output.shape == (2, 2, 48, 48)
    assert torch.allclose(output.sum(1), torch.ones(2, 48, 48), atol=1e-6)


@pytest.mark.parametrize("absent", EVERY, ids=[one.value for one in EVERY])
def test_the_weights_of_an_absent_branch_do_not_matter(network, absent):
    given = inputs()
    given[absent][:] = NAN
    before = run(network, given)
    stem = network.stems[EVERY.index(absent)]
    with torch.no_grad():
        stem.conv.weight.normal_(0, 10)
        stem.conv.bias.fill_(7.0)
        stem.gate.bias.fill_(9.0)
    assert torch.equal(run(network, given), before)


def test_a_present_branch_does_matter(network):
    given = inputs()
    before = run(network, given)
    with torch.no_grad():
        network.stems[0].conv.bias.fill_(7.0)
    assert not torch.allclose(run(network, given), before, atol=1e-3)


def test_light_below_nothing_says_nothing_in_any_band(network):
    """Deep shadow after the air was corrected: as if the pixels were missing."""
    given = inputs()
    given[Branch.OPTICAL][:, 1, :, :16] = -0.03
    below = run(network, given)
    given[Branch.OPTICAL][:, :, :, :16] = NAN
    assert torch.equal(run(network, given), below)


def test_other_bands_below_nothing_and_a_missing_green_take_nothing_away(network):
    given = inputs()
    given[Branch.OPTICAL][:, 4, :, :16] = -0.03
    shortwave = run(network, given)
    given[Branch.OPTICAL][:, 4, :, :16] = NAN
    assert not torch.equal(run(network, given), shortwave)
    given = inputs()
    given[Branch.OPTICAL][:, 1] = NAN
    before = run(network, given)
    given[Branch.OPTICAL][:, 3] += 0.3
    assert not torch.equal(run(network, given), before)


def test_an_absent_branch_does_not_change_the_scale_of_the_features(network):
    """The mean of one branch is that branch: its gate cancels."""
    given = inputs()
    for branch in EVERY[1:]:
        given[branch][:] = NAN
    with torch.no_grad():
        network.presence.weight.zero_()
        alone = network.fused(*given.values())
        features, _, _ = network.stems[0](given[Branch.OPTICAL])
    assert torch.allclose(alone, features, rtol=1e-3, atol=1e-4)


def test_two_branches_are_averaged_by_their_gates(network):
    given = inputs()
    for branch in EVERY[2:]:
        given[branch][:] = NAN
    with torch.no_grad():
        network.presence.weight.zero_()
        network.stems[0].gate.weight.zero_()
        network.stems[1].gate.weight.zero_()
        network.stems[0].gate.bias.fill_(np.log(3.0))  # sigmoid(log 3) = 3/4
        network.stems[1].gate.bias.fill_(0.0)  # sigmoid(0) = 1/2
        fused = network.fused(*given.values())
        first, second = (network.stems[index](given[EVERY[index]])[0] for index in (0, 1))
    assert torch.allclose(fused, 0.6 * first + 0.4 * second, atol=1e-5)


def test_presence_is_told_pixel_by_pixel(network):
    given = inputs()
    given[Branch.DEM][:, :, :, :16] = NAN
    given[Branch.OPTICAL][:, 2, 3, 4] = NAN  # one band of six: the branch is still there
    _, weight, dem = network.stems[1](given[Branch.DEM])
    _, _, optical = network.stems[0](given[Branch.OPTICAL])
    assert dem[0, 0, :, :16].eq(0).all()
    assert dem[0, 0, :, 16:].eq(1).all()
    assert optical.eq(1).all()
    assert weight[0, 0, :, :16].eq(0).all()


def test_a_missing_band_is_told_from_a_band_that_is_zero(network):
    zero, missing = inputs(), inputs()
    zero[Branch.OPTICAL][:, 3] = 0.0
    missing[Branch.OPTICAL][:, 3] = NAN
    assert not torch.equal(run(network, zero), run(network, missing))


def test_nothing_at_all_still_gives_a_probability(network):
    given = {branch: torch.full_like(values, NAN) for branch, values in inputs().items()}
    output = run(network, given)
    assert output.isfinite().all()
    assert (output - output.mean((2, 3), keepdim=True)).abs()[:, :, 15:17, 15:17].max() < 0.5


def test_gradients_are_finite_whatever_is_missing(network):
    network.train()
    given = inputs(batch=2)
    given[Branch.CO_POL_SAR][:] = NAN
    given[Branch.CROSS_POL_SAR][0] = NAN
    given[Branch.OPTICAL][:, :, :8] = NAN
    for branch in EVERY:
        given[branch][1, :, 20:24, 20:24] = NAN
    network.logits(*given.values()).logsumexp(1).mean().backward()
    for name, values in network.named_parameters():
        assert values.grad is not None, name
        assert values.grad.isfinite().all(), name
    silent = network.stems[EVERY.index(Branch.CO_POL_SAR)]
    assert silent.conv.weight.grad.eq(0).all()
    assert network.stems[0].conv.weight.grad.abs().sum() > 0


@pytest.fixture
def one_thread():
    """Small steps are fastest so."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_it_starts_undecided_and_can_learn(one_thread):
    torch.manual_seed(2)
    network = build("compact", EVERY)
    given = inputs(side=16, batch=2)
    start = network(*given.values())
    assert (start - 0.5).abs().max() < 0.2
    wanted = (given[Branch.OPTICAL][:, 0] > 0.5).long()
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3)
    losses = []
    for _ in range(25):
        loss = torch.nn.functional.cross_entropy(network.logits(*given.values()), wanted)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[0] == pytest.approx(np.log(2), abs=0.1)
    assert losses[-1] < 0.9 * losses[0]


def test_what_lies_far_away_does_not_matter(network):
    """Fully convolutional: a patch cut elsewhere says the same beyond the edge's reach."""
    given = {branch: values[:, :, :64].contiguous() for branch, values in inputs(side=512).items()}
    whole = run(network, given)
    cut = run(network, {branch: values[:, :, :, 128:].contiguous() for branch, values in given.items()})
    assert torch.allclose(whole[:, :, :, -16:], cut[:, :, :, -16:], atol=2e-2)


def test_the_file_says_the_same_for_every_size_and_gap(network, tmp_path):
    path = export_onnx(network, EVERY, Location.NONE, tmp_path / "compact.onnx")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert [one.name for one in session.get_inputs()] == [branch.value for branch in EVERY]
    for side, batch in ((32, 1), (80, 3)):
        given = inputs(side=side, batch=batch)
        given[Branch.IN_SAR][:] = NAN
        given[Branch.DEM][:, :, : side // 2] = NAN
        given[Branch.OPTICAL][0, 4] = NAN
        found = session.run(None, {branch.value: values.numpy() for branch, values in given.items()})[0]
        assert np.abs(found - run(network, given).numpy()).max() < 1e-5
