"""What a fine-tuning changes, and that adapters vanish into the weights."""

from __future__ import annotations

import pytest
import torch
from learning import RECIPE

from glacier_mapper.core.branches import BRANCH_ROLES, Branch
from glacier_mapper.runner.architectures.base import parameter_count
from glacier_mapper.runner.architectures.registry import build
from glacier_mapper.runner.training.learn.adapters import LowRank, merge, prepare, trainable

BRANCHES = tuple(spec.branch for spec in RECIPE.branches)


@pytest.fixture
def network():
    torch.manual_seed(2)
    made = build("compact", BRANCHES).eval()
    with torch.no_grad():
        made.head.weight.normal_(0, 0.5)
    return made


def answer(network):
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        return network(*(torch.rand(1, len(BRANCH_ROLES[one]), 32, 32, generator=generator) for one in Branch))


def changed_by_a_step(network):
    """Names of the parameters that a step of descent changes."""
    before = {name: value.detach().clone() for name, value in network.named_parameters()}
    generator = torch.Generator().manual_seed(4)
    inputs = (torch.rand(1, len(BRANCH_ROLES[one]), 32, 32, generator=generator) for one in Branch)
    network.train()
    network.logits(*inputs).square().sum().backward()
    torch.optim.SGD(trainable(network), lr=0.1).step()
    return {name for name, value in network.named_parameters() if not torch.equal(value, before[name])}


def test_all_weights(network):
    prepare(network, "all", 4)
    assert len(trainable(network)) == len(list(network.parameters()))


def test_the_last_layers_alone(network):
    prepare(network, "last", 4)
    changed = changed_by_a_step(network)
    assert changed
    assert all(name.startswith(("head", "merges.2", "merges.3")) for name in changed)


def test_the_norms_alone(network):
    prepare(network, "norms", 4)
    assert all("norm" in name for name in changed_by_a_step(network))


def test_adapters_leave_the_weights_and_the_answer_as_they_were(network):
    before = answer(network)
    prepare(network, "adapters", 4)
    assert torch.allclose(answer(network), before, atol=1e-6)
    changed = changed_by_a_step(network)
    assert not any(name.endswith("parametrizations.weight.original") for name in changed)
    assert any(name.endswith("up") for name in changed)


def test_adapters_are_few(network):
    every = sum(value.numel() for value in network.parameters())
    prepare(network, "adapters", 4)
    assert sum(value.numel() for value in trainable(network)) < 0.12 * every


def test_merged_adapters_answer_the_same_and_are_gone(network):
    names, count = list(network.state_dict()), parameter_count(network)
    prepare(network, "adapters", 4)
    with torch.no_grad():
        for part in network.modules():
            if isinstance(part, LowRank):
                part.up.normal_(0, 0.05)
    adapted = answer(network)
    merge(network)
    assert list(network.state_dict()) != []
    assert set(network.state_dict()) == set(names)
    assert parameter_count(network) == count
    assert torch.allclose(answer(network), adapted, atol=1e-5)


def test_a_low_rank_change_has_that_rank():
    weight = torch.randn(16, 8, 3, 3)
    adapter = LowRank(weight, 3)
    with torch.no_grad():
        adapter.up.normal_()
        change = (adapter(weight) - weight).reshape(16, -1)
    assert int(torch.linalg.matrix_rank(change, atol=1e-4)) == 3


def test_merging_without_adapters_does_nothing(network):
    before = {name: value.clone() for name, value in network.state_dict().items()}
    merge(network)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
