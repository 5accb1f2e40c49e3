"""Trains the network of classifier/mlp.h with PyTorch: train_torch.py DATA FAMILIES [options].

What `genrectl train` is measured against: the same songs, split, labels, weights, inputs, network,
loss, optimiser and recipe, written as one would write it with PyTorch: tokens are looked up once,
batches are assembled and run as whole tensors, the towers as one batched product. The tokeniser is
simpler than ours (Python's idea of a letter), and random numbers are PyTorch's, so that scores are
alike, not equal. Prints a line per epoch as genrectl does; seconds count from the first batch on.
"""

import argparse
import csv
import hashlib
import math
import re
import sys
import time
from collections import Counter, defaultdict

import numpy as np
import torch
from torch import nn
from torch.nn import functional

GENRES = ("ambient asian-pop blues classical country electronic folk funk-disco gospel hip-hop indie jazz latin "
          "metal pop punk reggae rock soul soundtrack spoken world").split()
# The numbers that are continuous come first; they enter in pieces too.
STATISTICS = {"danceability": (0, 1), "energy": (0, 1), "loudness": (-80, 20), "speechiness": (0, 1),
              "acousticness": (0, 1), "instrumentalness": (0, 1), "liveness": (0, 1), "valence": (0, 1),
              "tempo": (20, 400)}
DURATION, YEAR = len(STATISTICS), len(STATISTICS) + 1
SMOOTH = YEAR + 1
KEY_COS, KEY_SIN, MODE, METRE, EXPLICIT, NUMBERS = range(SMOOTH, SMOOTH + 6)
FROM_STATISTICS = [i for i in range(NUMBERS) if i not in (DURATION, YEAR, EXPLICIT)]
ARTIST, ARTIST_WORD, ALBUM, TITLE, LABEL, YEAR_TOKEN, TAG, GROUPS = range(8)

TOWERS, HIDDEN1, HIDDEN2, DIM, PIECES = 4, 128, 64, 32, 8
BATCH, RATE, DECAY, HIDDEN_DROP = 512, 2e-3, 0.05, 0.2
STATISTICS_DROP, YEAR_DROP = 0.3, 0.2
GROUP_DROP = torch.tensor([0.8, 0.3, 0.3, 0.2, 0.3, 0.2, 0.8])
TOKEN_DROP = torch.tensor([0.1, 0.85, 0.85, 0.85, 0.2, 0.0, 0.3])
TOKEN_ARTISTS, TOKENS_MOST, GROUP_TOKENS = 4, 65536, 96

# --- songs ----------------------------------------------------------------------------------------------

WORD = re.compile(r"[^\W_]+")
SCRIPTS = [re.compile(f"[{letters}]") for letters in (
    "a-z", "\u00c0-\u024f", "\u0370-\u03ff", "\u0400-\u052f", "\u0590-\u05ff", "\u0600-\u06ff",
    "\u0900-\u0dff", "\u0e00-\u0e7f", "\u3040-\u30ff", "\uac00-\ud7ff", "\u4e00-\u9fff")]


def place(artist):
    return int(hashlib.sha256(artist.lower().encode()).hexdigest()[:8], 16) / 2**32


def part_of(artists):
    places = [place(artist) for artist in artists]
    if places and min(places) >= 0.25:
        return "train"
    return "validate" if places and 0.15 <= places[0] < 0.25 else None


def parts(text):
    return [part.strip(" ") for part in text.lower().split(";") if part.strip(" ")]


def words(text):
    return WORD.findall(text.lower())


def pieces(text):
    marked = [f"^{word}$" for word in words(text)]
    return [word[i:i + 3] for word in marked for i in range(len(word) - 2)]


def tokens_of(row):
    year = row["release_date"][:4]
    groups = [
        parts(row["artists"]),
        ["w " + t for t in words(row["artists"])] + ["p " + t for t in pieces(row["artists"])],
        ["w " + t for t in words(row["album"])] + ["p " + t for t in pieces(row["album"])],
        ["s %d" % i for i, script in enumerate(SCRIPTS) if script.search(row["track_name"].lower())] +
        ["w " + t for t in words(row["track_name"])] + ["p " + t for t in pieces(row["track_name"])],
        parts(row["record_label"]) + ["w " + t for t in words(row["record_label"])],
        [year, year[:3]] if year.isdigit() else [],
        parts(row["artist_genres"]) + ["w " + t for t in words(row["artist_genres"])],
    ]
    return [[(g, token) for token in group[:GROUP_TOKENS]] for g, group in enumerate(groups)]


def numbers_of(row):
    """NaN where a number is not known."""
    x = np.full(NUMBERS, np.nan, np.float32)

    def known(name, low, high):
        value = float(row[name]) if row[name] else math.nan
        return value if low <= value <= high else math.nan

    for i, (name, (low, high)) in enumerate(STATISTICS.items()):
        x[i] = known(name, low, high)
    x[DURATION] = math.log(known("duration_ms", 1, 86400000) / 1000)
    x[YEAR] = float(row["release_date"][:4]) if row["release_date"][:4].isdigit() else math.nan
    angle = known("key", 0, 11) * 2 * math.pi / 12
    x[KEY_COS], x[KEY_SIN] = math.cos(angle), math.sin(angle)
    x[MODE], x[METRE] = known("mode", 0, 1), known("time_signature", 1, 12)
    x[EXPLICIT] = {"1": 1, "true": 1, "0": 0, "false": 0}.get(row["explicit"].lower(), math.nan)
    return x


def songs_read(path, families_path):
    with open(families_path, newline="", encoding="utf-8") as file:
        families = {row["tag"]: [GENRES.index(f) for f in row["families"].split()]
                    for row in csv.DictReader(file)}
    songs, seen = {"train": [], "validate": []}, set()
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            artists = [artist for artist in row["artists"].split("; ") if artist]
            part = part_of(artists)
            labels = {f for tag in parts(row["artist_genres"]) for f in families.get(tag, ())}
            if part is None or row["track_id"] in seen or not labels:
                continue
            seen.add(row["track_id"])
            songs[part].append((artists[0].lower(), labels, tokens_of(row), numbers_of(row),
                                parts(row["artist_genres"])))
    return songs


def vocabulary_make(songs):
    counts, artists = Counter(), defaultdict(set)
    for artist, _, groups, _, _ in songs:
        for group in groups:
            counts.update(group)
            for token in group:
                if len(artists[token]) < TOKEN_ARTISTS:
                    artists[token].add(artist)
    kept = [token for token, n in counts.most_common()
            if (n >= 2 if token[0] == ARTIST else len(artists[token]) >= TOKEN_ARTISTS)]
    return {token: i for i, token in enumerate(kept[:TOKENS_MOST])}


def scaling_make(numbers):
    quantiles = [np.sort(numbers[~np.isnan(numbers[:, i]), i]) for i in range(SMOOTH)]
    knots = np.stack([q[(len(q) - 1) * np.arange(PIECES + 1) // PIECES] for q in quantiles])
    deviation = np.nanstd(numbers, axis=0)
    return np.nanmean(numbers, axis=0), np.where(deviation > 1e-6, deviation, 1.0), knots


class Examples:
    """Songs as tensors. Bag b = row * GROUPS + group has the tokens [first[b], first[b] + count[b])."""

    def __init__(self, songs, vocabulary, scaling, outputs):
        mean, deviation, knots = scaling
        raw = np.stack([song[3] for song in songs])
        known = ~np.isnan(raw)
        z = np.where(known, np.clip((raw - mean) / deviation, -4, 4), 0)
        width = np.diff(knots, axis=1)
        smooth = np.where(known, raw, 0)[:, :SMOOTH, None]
        piece = np.where(width > 0, (smooth - knots[:, :-1]) / np.where(width > 0, width, 1),
                         smooth >= knots[:, 1:])
        piece = np.where(known[:, :SMOOTH, None], np.clip(piece, 0, 1), 0)
        self.numbers = torch.tensor(np.concatenate(
            [z, known, piece.reshape(len(songs), -1)], axis=1), dtype=torch.float32)
        slots = [[vocabulary[token] for token in group if token in vocabulary]
                 for song in songs for group in song[2]]
        self.count = torch.tensor([len(bag) for bag in slots])
        self.first = self.count.cumsum(0) - self.count
        self.slots = torch.tensor([slot for bag in slots for slot in bag])
        self.labels = torch.zeros(len(songs), len(GENRES) + len(outputs))
        for i, song in enumerate(songs):
            self.labels[i, list(song[1])] = 1
            self.labels[i, [len(GENRES) + outputs[tag] for tag in song[4] if tag in outputs]] = 1
        artists = Counter(song[0] for song in songs)
        weight = torch.tensor([artists[song[0]] ** -0.5 for song in songs])
        self.weight = weight / weight.mean()
        self.n = len(songs)


# --- the network ----------------------------------------------------------------------------------------

NUMBER_INPUTS = 2 * NUMBERS + SMOOTH * PIECES


def number_columns(numbers):
    """Which of the number inputs come from these numbers."""
    columns = torch.zeros(NUMBER_INPUTS, dtype=torch.bool)
    for i in numbers:
        columns[[i, NUMBERS + i]] = True
        if i < SMOOTH:
            columns[2 * NUMBERS + i * PIECES:2 * NUMBERS + (i + 1) * PIECES] = True
    return columns


STATISTICS_COLUMNS, YEAR_COLUMNS = number_columns(FROM_STATISTICS), number_columns([YEAR])


class Network(nn.Module):
    def __init__(self, tokens, outputs, sparse):
        super().__init__()
        inputs = NUMBER_INPUTS + GROUPS * (DIM + 1)
        self.table = nn.EmbeddingBag(tokens, DIM, mode="sum", sparse=sparse)
        self.first = nn.Linear(inputs, TOWERS * HIDDEN1)
        self.w2 = nn.Parameter(torch.randn(TOWERS, HIDDEN1, HIDDEN2) * math.sqrt(2 / HIDDEN1))
        self.b2 = nn.Parameter(torch.zeros(TOWERS, 1, HIDDEN2))
        self.w3 = nn.Parameter(torch.randn(TOWERS, HIDDEN2, outputs) * math.sqrt(1 / HIDDEN2))
        self.b3 = nn.Parameter(torch.full((TOWERS, 1, outputs), -2.5))
        nn.init.normal_(self.table.weight, std=0.1)
        nn.init.normal_(self.first.weight, std=math.sqrt(2 / inputs))
        nn.init.zeros_(self.first.bias)

    def forward(self, numbers, slots, counts):
        """numbers (B, .), slots of all bags, counts (B * GROUPS) -> logits (TOWERS, B, outputs)."""
        bags = self.table(slots, counts.cumsum(0) - counts)
        bags = bags * counts.clamp(min=1).rsqrt().unsqueeze(1)
        has = (counts > 0).to(bags.dtype).unsqueeze(1)
        x = torch.cat([numbers, torch.cat([bags, has], 1).view(len(numbers), -1)], 1)
        h = functional.dropout(functional.relu(self.first(x)), HIDDEN_DROP, self.training)
        h = h.view(len(numbers), TOWERS, HIDDEN1).transpose(0, 1)
        h = functional.relu(torch.baddbmm(self.b2, h, self.w2))
        return torch.baddbmm(self.b3, functional.dropout(h, HIDDEN_DROP, self.training), self.w3)


def batch_make(examples, rows, group_drop=None, token_drop=None):
    """Numbers, slots and bag lengths of some rows; what the probabilities (rows or 1, GROUPS) and
    (GROUPS) say is left out."""
    numbers = examples.numbers[rows]
    bags = (rows.unsqueeze(1) * GROUPS + torch.arange(GROUPS)).view(-1)
    counts = examples.count[bags]
    if group_drop is not None:
        counts = counts * (torch.rand(len(rows), GROUPS) >= group_drop).view(-1)
    bag = torch.repeat_interleave(torch.arange(len(bags)), counts)
    at = torch.arange(len(bag)) + (examples.first[bags] - (counts.cumsum(0) - counts))[bag]
    if token_drop is not None:
        kept = torch.rand(len(bag)) >= token_drop[bag % GROUPS]
        at, counts = at[kept], torch.bincount(bag[kept], minlength=len(bags))
    return numbers, examples.slots[at], counts


def batch_thin(examples, rows):
    """A batch of training: some groups, tokens and numbers are missing."""
    no_statistics = torch.rand(len(rows), 1) < STATISTICS_DROP
    no_year = torch.rand(len(rows), 1) < YEAR_DROP
    group_drop = GROUP_DROP.repeat(len(rows), 1)
    group_drop[no_year.view(-1), YEAR_TOKEN] = 1.1
    numbers, slots, counts = batch_make(examples, rows, group_drop, TOKEN_DROP)
    numbers.masked_fill_(no_statistics & STATISTICS_COLUMNS | no_year & YEAR_COLUMNS, 0)
    return numbers, slots, counts


# --- training -------------------------------------------------------------------------------------------

def auc(scores, labels):
    """Area under the ROC curve, ties counted half; None without both kinds."""
    positives = int(labels.sum())
    if positives in (0, len(labels)):
        return None
    ordered = np.sort(scores)
    mine = scores[labels]
    ranks = (np.searchsorted(ordered, mine, "left") + np.searchsorted(ordered, mine, "right") + 1) / 2
    return (ranks.sum() - positives * (positives + 1) / 2) / (positives * (len(labels) - positives))


def macro_auc(network, examples):
    """On all inputs but tags, over the 22 families."""
    network.eval()
    no_tags = torch.zeros(GROUPS)
    no_tags[TAG] = 1.1
    scores = []
    with torch.no_grad():
        for rows in torch.arange(examples.n).split(2048):
            scores.append(network(*batch_make(examples, rows, no_tags)).mean(0)[:, :len(GENRES)])
    network.train()
    scores, labels = torch.cat(scores).numpy(), examples.labels.numpy() > 0
    each = [auc(scores[:, g], labels[:, g]) for g in range(len(GENRES))]
    return float(np.mean([a for a in each if a is not None]))


def rate_at(done, epochs):
    if done < 1 / epochs:
        return RATE * (0.02 + 0.98 * done * epochs)
    return RATE * 0.5 * (1 + math.cos(math.pi * (done - 1 / epochs) / (1 - 1 / epochs)))


def optimisers_make(network, sparse):
    table = list(network.table.parameters())
    dense = [p for p in network.parameters() if p is not table[0]]
    if sparse:
        return [torch.optim.AdamW(dense, weight_decay=DECAY), torch.optim.SparseAdam(table)]
    return [torch.optim.AdamW(dense + table, weight_decay=DECAY)]


def train(options, examples, validation, network):
    optimisers = optimisers_make(network, options.table == "sparse")
    start = time.monotonic()
    for epoch in range(options.epochs):
        order, losses = torch.randperm(examples.n), []
        for i, rows in enumerate(order.split(BATCH)):
            for optimiser in optimisers:
                for group in optimiser.param_groups:
                    group["lr"] = rate_at((epoch + i * BATCH / examples.n) / options.recipe_epochs, options.recipe_epochs)
                optimiser.zero_grad(set_to_none=True)
            logits = network(*batch_thin(examples, rows))
            labels = examples.labels[rows].expand_as(logits)
            loss = functional.binary_cross_entropy_with_logits(logits, labels, reduction="none").sum(2)
            loss = (loss * examples.weight[rows]).mean()
            loss.backward()
            for optimiser in optimisers:
                optimiser.step()
            losses.append(loss.detach())
        score = macro_auc(network, validation)
        print(f"epoch {epoch + 1} of {options.epochs}: loss {torch.stack(losses).mean() / labels.shape[2]:.5f}, "
              f"macro AUC {score:.4f}, {time.monotonic() - start:.2f} s", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("families")
    parser.add_argument("--epochs", type=int, default=30, help="after which to stop")
    parser.add_argument("--recipe-epochs", type=int, default=30, help="over which the rate falls")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tags", type=int, default=0, help="how many tags are outputs too")
    parser.add_argument("--table", choices=["sparse", "dense"], default="sparse")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    songs = songs_read(options.data, options.families)
    vocabulary = vocabulary_make(songs["train"])
    scaling = scaling_make(np.stack([song[3] for song in songs["train"]]))
    common = Counter(tag for song in songs["train"] for tag in song[4]).most_common(options.tags)
    outputs = {tag: i for i, (tag, _) in enumerate(common)}
    examples, validation = (Examples(songs[part], vocabulary, scaling, outputs)
                            for part in ("train", "validate"))
    print(f"{examples.n} songs to train on, {validation.n} to validate on, {len(vocabulary)} tokens",
          file=sys.stderr, flush=True)
    network = Network(len(vocabulary), len(GENRES) + len(outputs), options.table == "sparse")
    train(options, examples, validation, network)


if __name__ == "__main__":
    main()
