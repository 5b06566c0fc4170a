"""Writes what PyTorch's layers of images compute, for the test to compare with.

    /usr/bin/python3 kernels-tests/torch/make_images.py

It needs PyTorch 1.13 or newer on the CPU, and writes images.json beside itself. A layer is trained on three batches,
then put in evaluation; the file has outputs and gradients of sum(output * weights) of the first pass and of that in
evaluation, and the state dict before and after. Inputs and weights are the waves of make_references.py, which the test makes itself.
"""
import torch
from torch import nn

from make_references import dump, freeze, state, waves, write

PASSES = 4


def layers():
    images = (2, 4, 5, 4)
    return [
        ("BatchNorm1d", nn.BatchNorm1d(5), (7, 5)),
        ("BatchNorm1d of sequences", nn.BatchNorm1d(5, momentum=0.3), (3, 5, 4)),
        ("BatchNorm2d", nn.BatchNorm2d(4), images),
        ("BatchNorm2d, cumulative", nn.BatchNorm2d(4, momentum=None, eps=1e-3), images),
        ("BatchNorm2d without weights", nn.BatchNorm2d(4, affine=False), images),
        ("BatchNorm2d without statistics", nn.BatchNorm2d(4, track_running_stats=False), images),
        ("GroupNorm", nn.GroupNorm(2, 4), images),
        ("InstanceNorm2d", nn.InstanceNorm2d(4), images),
        ("InstanceNorm2d with weights", nn.InstanceNorm2d(4, affine=True), images),
        ("LayerNorm", nn.LayerNorm(4), images),
        ("LayerNorm of two axes", nn.LayerNorm([5, 4]), images),
        ("LocalResponseNorm", nn.LocalResponseNorm(3, alpha=0.5, k=2), images),
        ("MaxPool1d", nn.MaxPool1d(3, stride=2, padding=1), (2, 3, 11)),
        ("MaxPool2d", nn.MaxPool2d(2), images),
        ("MaxPool2d, overlapping", nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True), images),
        ("MaxPool2d, dilated", nn.MaxPool2d(2, stride=1, dilation=(3, 2)), images),
        ("AvgPool1d", nn.AvgPool1d(3, stride=2, padding=1), (2, 3, 11)),
        ("AvgPool2d", nn.AvgPool2d(3, stride=2, padding=1, ceil_mode=True), images),
        ("AvgPool2d of pixels alone", nn.AvgPool2d((3, 2), stride=2, padding=1, count_include_pad=False), images),
        ("AdaptiveAvgPool2d", nn.AdaptiveAvgPool2d((4, 3)), images),
        ("AdaptiveAvgPool2d, global", nn.AdaptiveAvgPool2d(1), images),
        ("AdaptiveMaxPool2d", nn.AdaptiveMaxPool2d((4, None)), images),
        ("ReflectionPad2d", nn.ReflectionPad2d((3, 1, 2, 4)), images),
        ("ReplicationPad2d", nn.ReplicationPad2d((4, 1, 0, 6)), images),
        ("ZeroPad2d", nn.ZeroPad2d((1, 2, 0, -1)), images),
        ("Upsample", nn.Upsample(scale_factor=2), images),
        ("Upsample, bilinear", nn.Upsample(scale_factor=1.7, mode="bilinear"), images),
        ("Upsample to aligned corners", nn.Upsample(size=(9, 4), mode="bilinear", align_corners=True), images),
        ("PixelShuffle", nn.PixelShuffle(2), images),
        ("InstanceNorm1d", nn.InstanceNorm1d(5, affine=True), (3, 5, 4)),
        ("Unfold", nn.Unfold((2, 3), dilation=(1, 2), padding=1, stride=2), images),
        ("Fold", nn.Fold((5, 4), (2, 3), padding=1, stride=2), (2, 12, 6)),
    ]


def run(name, layer, shape):
    with torch.no_grad():
        for index, parameter in enumerate(layer.parameters()):
            parameter.copy_(1 + waves(index, 0.5, *parameter.shape))
    before = state(freeze(layer))
    passes = []
    for turn in range(PASSES):
        layer.train(turn < PASSES - 1)
        layer.zero_grad(set_to_none=True)
        x = waves(turn, 1.5, *shape).requires_grad_()
        y = layer(x)
        (y * waves(turn + 0.5, 1.0, *y.shape)).sum().backward()
        gradients = {"x": dump(x.grad), **{key: dump(p.grad) for key, p in layer.named_parameters()}}
        # Of a layer that keeps nothing from pass to pass, one says it all.
        if turn == 0 or (turn == PASSES - 1 and list(layer.buffers())):
            passes.append({"y": dump(y), "gradients": gradients})
    return {"name": name, "shape": list(shape), "before": before, "passes": passes, "after": state(layer)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("images.json", {"torch": torch.__version__, "layers": [run(*layer) for layer in layers()]})
