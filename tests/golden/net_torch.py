"""Writes tests/golden/net_golden.h: what PyTorch in 64 bits makes of a small network of mlp.h.

    /usr/bin/python3 tests/golden/net_torch.py >tests/golden/net_golden.h

All numbers come from sines, as test_net_torch.c fills them too: logits, loss, gradients of every
parameter, and the parameters after two steps of AdamW on the same three songs. Of the embedding
table only rows with a gradient are parameters, as in lazy Adam.
"""

import math

import torch
from torch.nn import functional

GENRES, TOWERS, HIDDEN1, HIDDEN2, DIM, PIECES, SLOTS, ROWS = 6, 2, 7, 5, 4, 2, 12, 3
GROUPS = 7
NUMBERS = 2 * 16 + 11 * PIECES
INPUT = NUMBERS + GROUPS * (DIM + 1)
STEPS, RATE, DECAY, TABLE_DECAY = 2, 0.01, 0.1, 0.2


def sines(shape, scale, speed, start):
    """Element i is scale * sin(speed * i + start), as a float."""
    n = math.prod(shape)
    x = torch.tensor([scale * math.sin(speed * i + start) for i in range(n)], dtype=torch.float64)
    return x.to(torch.float32).to(torch.float64).reshape(shape)


def slots_of(row, group):
    return [(5 * row + 3 * group + 7 * k) % (SLOTS - 2) for k in range((row + group) % 4)]


PARAMETERS = {"w1": sines((INPUT, TOWERS * HIDDEN1), 0.4, 0.37, 0.1), "b1": sines((TOWERS * HIDDEN1,), 0.3, 0.71, 0.2),
              "w2": sines((TOWERS, HIDDEN1, HIDDEN2), 0.6, 0.53, 0.3), "b2": sines((TOWERS, HIDDEN2), 0.3, 0.91, 0.4),
              "w3": sines((TOWERS, HIDDEN2, GENRES), 0.8, 0.43, 0.5), "b3": sines((TOWERS, GENRES), 0.5, 0.61, 0.6),
              "table": sines((SLOTS, DIM), 0.7, 0.83, 0.7)}
numbers = sines((ROWS, NUMBERS), 1.0, 1.3, 0.8)
target = torch.tensor([[float((0x2d >> (row + g)) & 1) for g in range(GENRES)] for row in range(ROWS)],
                      dtype=torch.float64)
weight = torch.tensor([0.5 + row for row in range(ROWS)], dtype=torch.float64)
touched = sorted({slot for row in range(ROWS) for g in range(GROUPS) for slot in slots_of(row, g)})
leaf = {name: value.clone().requires_grad_() for name, value in PARAMETERS.items() if name != "table"}
leaf["table"] = PARAMETERS["table"][touched].clone().requires_grad_()


def table():
    return PARAMETERS["table"].index_copy(0, torch.tensor(touched), leaf["table"])


def forward():
    rows = []
    for row in range(ROWS):
        parts = [numbers[row]]
        for g in range(GROUPS):
            slots = slots_of(row, g)
            bag = table()[slots].sum(0) / math.sqrt(len(slots)) if slots else torch.zeros(DIM, dtype=torch.float64)
            parts += [bag, torch.tensor([float(bool(slots))], dtype=torch.float64)]
        rows.append(torch.cat(parts))
    h1 = functional.relu(torch.stack(rows) @ leaf["w1"] + leaf["b1"]).reshape(ROWS, TOWERS, HIDDEN1)
    h2 = functional.relu(torch.einsum("rtk,tkj->trj", h1, leaf["w2"]) + leaf["b2"].unsqueeze(1))
    return h2 @ leaf["w3"] + leaf["b3"].unsqueeze(1)


def loss_of(logits):
    each = functional.binary_cross_entropy_with_logits(logits, target.expand_as(logits), reduction="none")
    return (each.sum(2) * weight).mean()


def block(values, grads=False):
    """In the order of struct net_layout, zero gradients for rows that have none."""
    parts = [values[name].reshape(-1) for name in PARAMETERS if name != "table"]
    full = torch.zeros(SLOTS, DIM, dtype=torch.float64) if grads else PARAMETERS["table"].clone()
    full[touched] = values["table"]
    return torch.cat(parts + [full.reshape(-1)])


def array(name, values):
    print(f"static const double {name}[{values.numel()}] = {{")
    texts = [f"{value:.9g}" for value in values.reshape(-1).tolist()]
    for i in range(0, len(texts), 7):
        print(f"    {', '.join(texts[i:i + 7])},")
    print("};\n")


def main():
    optimiser = torch.optim.AdamW([
        {"params": [leaf[name] for name in leaf if name != "table"], "weight_decay": DECAY},
        {"params": [leaf["table"]], "weight_decay": TABLE_DECAY}], lr=RATE)
    logits = forward()
    loss = loss_of(logits)
    loss.backward()
    grads = block({name: value.grad for name, value in leaf.items()}, grads=True)
    optimiser.step()
    for _ in range(STEPS - 1):
        optimiser.zero_grad()
        loss_of(forward()).backward()
        optimiser.step()
    print("/* Made by tests/golden/net_torch.py with PyTorch " + torch.__version__ + "; not to be edited. */")
    print("#ifndef TESTS_GOLDEN_NET_GOLDEN_H\n#define TESTS_GOLDEN_NET_GOLDEN_H\n\n/* clang-format off */")
    print(f"static const double golden_loss = {loss.item() / GENRES:.12g}; /* in nats per family */\n")
    array("golden_logits", logits.detach())
    array("golden_gradients", grads)
    array("golden_after", block({name: value.detach() for name, value in leaf.items()}))
    print("/* clang-format on */\n\n#endif")


main()
