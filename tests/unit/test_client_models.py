"""Packages and devices in the diagnostics: enough to help, nothing of the user's."""

from __future__ import annotations

from pathlib import Path

from glacier_mapper.core.branches import Branch
from glacier_mapper.core.devices import Device
from glacier_mapper.core.messages import Message
from glacier_mapper.core.model_card import BandScaling, BranchSpec, Description, ModelCard, ModelFile, Scaler
from glacier_mapper.core.model_errors import InvalidPackageError
from glacier_mapper.core.roles import Role
from glacier_mapper.core.shelf import Shelved
from glacier_mapper.runner_client.diagnostics import DiagnosticsFacts, collect, device_line, model_line

CARD = ModelCard(
    "net", "1.2", "glavitu", (BranchSpec(Branch.THERMAL, (BandScaling(Scaler.NONE),)),),
    Description("The Secret Client's Network", licence="secret"), (frozenset({Role.THERMAL}),),
    ModelFile(sha256="0123456789abcdef" * 4), precision="int8",
)  # fmt: skip


def test_a_package_is_told_by_what_it_is():
    line = model_line(Shelved(Path("/home/anna/models/net"), CARD))
    assert line == "net 1.2, glavitu, int8, 0123456789ab"


def test_a_broken_package_is_told_by_what_is_wrong_alone():
    error = InvalidPackageError(model="/home/anna/clients/x", reason="/home/anna/clients/x is odd.")
    line = model_line(Shelved(Path("/home/anna/clients/x"), error=error))
    assert line == "a package that can't be used: InvalidPackageError"


def test_devices_say_whether_and_why_not():
    assert device_line(Device("cpu", "Processor (CPU)", chosen=True)) == "cpu (Processor (CPU)): chosen"
    assert device_line(Device("cuda", "Card")) == "cuda (Card): available"
    missing = Device("directml", "Card", False, Message("Built without {what}.", {"what": "it"}))
    assert device_line(missing) == "directml (Card): not available: Built without it."


def test_the_diagnostics_list_them_and_count_the_servers():
    text = collect(DiagnosticsFacts(models=["net 1.2"], devices=["cpu: chosen"], servers=2))
    lines = [line.strip() for line in text.splitlines()]
    assert lines[lines.index("Models") + 1] == "net 1.2"
    assert lines[lines.index("Devices") + 1 : lines.index("Devices") + 3] == ["cpu: chosen", "model servers: 2"]
    assert "none" in [line.strip() for line in collect(DiagnosticsFacts()).splitlines()]
