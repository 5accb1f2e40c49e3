"""Writes tests/golden/layer_golden.h: what PyTorch in 64 bits makes of convolution, batch normalisation,
pooling and LSTM, forwards and backwards.

    /usr/bin/python3 tests/golden/layer_torch.py >tests/golden/layer_golden.h

All numbers come from sines, as test_layer_torch.c fills them too.
"""

import math

import torch
from torch import nn

ROWS, CHANNELS, HEIGHT, WIDTH, OUT, KERNEL = 2, 3, 7, 6, 4, 3
STEPS, SEQUENCES, INPUTS, UNITS = 5, 3, 4, 6


def sines(shape, scale, speed, start):
    """Element i is scale * sin(speed * i + start), as a float."""
    n = math.prod(shape)
    x = torch.tensor([scale * math.sin(speed * i + start) for i in range(n)], dtype=torch.float64)
    return x.to(torch.float32).to(torch.float64).reshape(shape).requires_grad_()


def array(name, values):
    print(f"static const double golden_{name}[{values.numel()}] = {{")
    texts = [f"{value:.9g}" for value in values.detach().reshape(-1).tolist()]
    for i in range(0, len(texts), 7):
        print(f"    {', '.join(texts[i:i + 7])},")
    print("};\n")


def planes():
    x = sines((ROWS, CHANNELS, HEIGHT, WIDTH), 1.0, 0.37, 0.1)
    w = sines((OUT, CHANNELS, KERNEL, KERNEL), 0.5, 0.71, 0.2)
    b = sines((OUT,), 0.3, 0.91, 0.3)
    gain = sines((OUT,), 1.5, 1.3, 0.4)
    shift = sines((OUT,), 0.4, 1.7, 0.5)
    weight = sines((ROWS, OUT), 1.0, 0.83, 0.6).detach()
    mean, var = torch.zeros(OUT, dtype=torch.float64), torch.ones(OUT, dtype=torch.float64)
    conv = nn.functional.conv2d(x, w, b, padding=KERNEL // 2)
    norm = nn.functional.batch_norm(conv, mean, var, gain, shift, training=True, momentum=0.1)
    pooled = nn.functional.max_pool2d(norm, 2)
    out = (pooled * pooled).mean(dim=(2, 3))
    (out * weight).sum().backward()
    array("conv", conv)
    array("norm", norm)
    array("pooled", pooled)
    array("kept_mean", mean)
    array("kept_var", var)
    for name, leaf in [("dx", x), ("dw", w), ("dgain", gain), ("dshift", shift)]:
        array(name, leaf.grad)


def sequence():
    lstm = nn.LSTM(INPUTS, UNITS).double()
    x = sines((STEPS, SEQUENCES, INPUTS), 1.0, 0.57, 0.1)
    w_in = sines((INPUTS, 4 * UNITS), 0.6, 0.43, 0.2)
    w_back = sines((UNITS, 4 * UNITS), 0.5, 0.67, 0.3)
    bias = sines((4 * UNITS,), 0.3, 0.97, 0.4)
    weight = sines((STEPS, SEQUENCES, UNITS), 1.0, 0.77, 0.5).detach()
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(w_in.T)
        lstm.weight_hh_l0.copy_(w_back.T)
        lstm.bias_ih_l0.copy_(bias)
        lstm.bias_hh_l0.zero_()
    h, _ = lstm(x)
    (h * weight).sum().backward()
    array("h", h)
    array("lstm_dx", x.grad)
    array("lstm_din", lstm.weight_ih_l0.grad.T.contiguous())
    array("lstm_dback", lstm.weight_hh_l0.grad.T.contiguous())
    array("lstm_dbias", lstm.bias_ih_l0.grad)


print("/* Made by tests/golden/layer_torch.py with PyTorch " + torch.__version__ + "; not to be edited. */")
print("#ifndef TESTS_GOLDEN_LAYER_GOLDEN_H\n#define TESTS_GOLDEN_LAYER_GOLDEN_H\n\n/* clang-format off */")
planes()
sequence()
print("/* clang-format on */\n\n#endif")
