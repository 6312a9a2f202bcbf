"""Where each weight of a published network stands in its Keras file.

Keras writes a group a layer. Inside a group all trainable weights come first, in the order of the sublayers, then the
moving statistics of all batch normalisations, in the same order. Running numbers in names differ between files and
say nothing; the kinds of the sublayers, their order and the shapes do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt
from torch import nn

from .base import Network
from .blocks import DoubleConv, ProjectedResidual, UpConv
from .fusion import FusionFront, LocationEncoding
from .glavitu import Glavitu
from .registry import LIGHT_RESUNET
from .resunet import FusionResUNet, ResUNet
from .setr import FusionSetr, Setr, TransformerBlock

Array = npt.NDArray[np.float32]
SUPERVISION = "deepsupervision"
"""The layer of GlaViTU's second output."""


@dataclass(frozen=True)
class Slot:
    """A weight: kind of sublayer and of weight, shape in Keras, name in the network's state, and how it is turned."""

    sublayer: str
    kind: str
    shape: tuple[int, ...]
    key: str
    turn: Callable[[Array], Array]


@dataclass
class Layer:
    """A top-level layer of the Keras model, and the slots of its weights in the order of the file."""

    name: str
    trainable: list[Slot] = field(default_factory=list)
    moving: list[Slot] = field(default_factory=list)
    excitations: int = 0
    """Branches whose excitations are in it: twice as many dense layers that only their order tells apart."""

    @property
    def slots(self) -> list[Slot]:
        """All slots in order."""
        return self.trainable + self.moving

    def vector(self, sublayer: str, kind: str, key: str, size: int) -> None:
        """A weight along the channels."""
        self.trainable.append(Slot(sublayer, kind, (size,), key, lambda values: values))

    def conv(self, module: nn.Conv2d, key: str) -> None:
        """Kernel (rows, columns, in, out) to (out, in, rows, columns), and the bias where there is one."""
        out, into, rows, columns = module.weight.shape
        turn: Callable[[Array], Array] = lambda values: values.transpose(3, 2, 0, 1)  # noqa: E731
        self.trainable.append(Slot("conv2d", "kernel", (rows, columns, into, out), f"{key}.weight", turn))
        if module.bias is not None:
            self.vector("conv2d", "bias", f"{key}.bias", out)

    def dense(self, module: nn.Linear | nn.Conv2d, key: str) -> None:
        """Kernel (in, out) to (out, in), or to that of a 1 x 1 convolution; the bias where there is one."""
        out, into = module.weight.shape[:2]
        target = tuple(module.weight.shape)
        turn = partial(_reshaped, target=target, order=(1, 0))
        self.trainable.append(Slot("dense", "kernel", (into, out), f"{key}.weight", turn))
        if module.bias is not None:
            self.vector("dense", "bias", f"{key}.bias", out)

    def batch_norm(self, module: nn.BatchNorm1d | nn.BatchNorm2d, key: str) -> None:
        """Gamma and beta now, the moving statistics at the end."""
        size, name = module.num_features, "batch_normalization"
        self.vector(name, "gamma", f"{key}.weight", size)
        self.vector(name, "beta", f"{key}.bias", size)
        for kind, of_torch in (("moving_mean", "running_mean"), ("moving_variance", "running_var")):
            self.moving.append(Slot(name, kind, (size,), f"{key}.{of_torch}", lambda values: values))

    def layer_norm(self, module: nn.LayerNorm, key: str) -> None:
        """Gamma and beta."""
        for kind, of_torch in (("gamma", "weight"), ("beta", "bias")):
            self.vector("layer_normalization", kind, f"{key}.{of_torch}", module.weight.shape[0])


def _reshaped(values: Array, target: tuple[int, ...], order: tuple[int, ...]) -> Array:
    return values.transpose(order).reshape(target)


def keras_layers(network: Network) -> list[Layer]:
    """The layers with weights of the Keras model that `network` is a port of."""
    if isinstance(network, Glavitu):
        return _glavitu(network)
    if isinstance(network, FusionResUNet):
        name = "LightResUNet" if network.shape.unet == LIGHT_RESUNET else "ResUNet"
        return [_fusion(network.fusion), _resunet(network.resunet, name)]
    if isinstance(network, FusionSetr):
        return [_fusion(network.fusion), _setr(network.setr)]
    return []


def _glavitu(network: Glavitu) -> list[Layer]:
    layers = [_fusion(network.fusion), _setr(network.setr), _resunet(network.resunet, "ResUNet")]
    if network.encoding is not None:
        layers.insert(0, _location(network.encoding))
    heads = ((SUPERVISION, "supervision", network.supervision), ("output", "head", network.head))
    for name, key, module in heads:
        if module is not None:
            layers.append(Layer(name))
            layers[-1].dense(module, key)
            layers[-1].trainable = [_of(name, slot) for slot in layers[-1].trainable]
    return layers


def _of(sublayer: str, slot: Slot) -> Slot:
    return Slot(sublayer, slot.kind, slot.shape, slot.key, slot.turn)


def _double_conv(layer: Layer, module: DoubleConv, key: str) -> None:
    for number in ("1", "2"):
        layer.conv(getattr(module, f"conv{number}"), f"{key}.conv{number}")
        layer.batch_norm(getattr(module, f"norm{number}"), f"{key}.norm{number}")


def _fusion(module: FusionFront) -> Layer:
    layer = Layer("fusion_block", excitations=len(module.branches))
    for index, branch in enumerate(module.branches):
        _double_conv(layer, branch, f"fusion.branches.{index}")
    for number in ("1", "2"):
        for index, excitation in enumerate(module.excitations):
            layer.dense(getattr(excitation, f"dense{number}"), f"fusion.excitations.{index}.dense{number}")
    return layer


def _location(module: LocationEncoding) -> Layer:
    layer = Layer("location_encoding_block")
    for number in ("1", "2"):
        layer.dense(getattr(module, f"dense{number}"), f"encoding.dense{number}")
        layer.batch_norm(getattr(module, f"norm{number}"), f"encoding.norm{number}")
    return layer


def _residual(layer: Layer, module: ProjectedResidual, key: str) -> None:
    _double_conv(layer, module.block, f"{key}.block")
    layer.dense(module.projection, f"{key}.projection")


def _resunet(module: ResUNet, name: str) -> Layer:
    layer = Layer(name)
    for level, block in enumerate(module.encoder):
        _residual(layer, block, f"resunet.encoder.{level}")
    for level, (up, block) in enumerate(zip(module.ups, module.decoder, strict=True)):
        _up_conv(layer, up, f"resunet.ups.{level}")
        _residual(layer, block, f"resunet.decoder.{level}")
    layer.dense(module.head, "resunet.head")
    return layer


def _up_conv(layer: Layer, module: UpConv, key: str) -> None:
    layer.conv(module.conv, f"{key}.conv")
    layer.batch_norm(module.norm, f"{key}.norm")


def _setr(module: Setr) -> Layer:
    layer = Layer("SETR")
    embedding = module.patches.embedding
    out, channels, rows, columns = embedding.weight.shape
    turn: Callable[[Array], Array] = lambda v: v.reshape(rows, columns, channels, out).transpose(3, 2, 0, 1)  # noqa: E731
    key = "setr.patches.embedding"
    layer.trainable.append(Slot("dense", "kernel", (rows * columns * channels, out), f"{key}.weight", turn))
    layer.vector("dense", "bias", f"{key}.bias", out)
    position = tuple(module.patches.position.shape)
    layer.trainable.append(
        Slot("add_positional_embedding", "positional_embedding", position, "setr.patches.position", lambda v: v)
    )
    for index, block in enumerate(module.blocks):
        _transformer(layer, block, f"setr.blocks.{index}")
    decoder = module.decoder
    for index, (conv, norm) in enumerate(zip(decoder.convs, decoder.norms, strict=True)):
        layer.conv(conv, f"setr.decoder.convs.{index}")
        layer.batch_norm(norm, f"setr.decoder.norms.{index}")
    layer.conv(decoder.last, "setr.decoder.last")
    return layer


def _transformer(layer: Layer, block: TransformerBlock, key: str) -> None:
    layer.layer_norm(block.norm1, f"{key}.norm1")
    attention, heads = block.attention, block.attention.heads
    width = attention.query.weight.shape[0]
    split = (heads, width // heads)
    for name in ("query", "key", "value"):
        to_matrix = partial(_reshaped, target=(width, width), order=(1, 2, 0))
        flat = partial(_reshaped, target=(width,), order=(0, 1))
        layer.trainable.append(Slot(name, "kernel", (width, *split), f"{key}.attention.{name}.weight", to_matrix))
        layer.trainable.append(Slot(name, "bias", split, f"{key}.attention.{name}.bias", flat))
    output = partial(_reshaped, target=(width, width), order=(2, 0, 1))
    name = "attention_output"
    layer.trainable.append(Slot(name, "kernel", (*split, width), f"{key}.attention.output.weight", output))
    layer.vector(name, "bias", f"{key}.attention.output.bias", width)
    layer.layer_norm(block.norm2, f"{key}.norm2")
    layer.dense(block.dense1, f"{key}.dense1")
    layer.dense(block.dense2, f"{key}.dense2")
