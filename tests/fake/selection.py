"""The `fields` filter of playlist reads: names, dots, parentheses and exclusion with `!`."""

import re

NAME = re.compile(r"!?[A-Za-z_]+")
DEPTH_MAX = 12


def parse(text):
    """A tree: name -> subtree, an empty one meaning all of it; `!name` excludes."""
    tree, rest = _list(text, 0, 0)
    if rest != len(text):
        raise ValueError("fields")
    return tree


def _list(text, at, depth):
    if depth > DEPTH_MAX:
        raise ValueError("fields")
    tree = {}
    while True:
        at = _path(text, at, depth, tree)
        if at >= len(text) or text[at] != ",":
            return tree, at
        at += 1


def _path(text, at, depth, tree):
    """One `a.b(c,d)`; returns where it ended."""
    while True:
        match = NAME.match(text, at)
        if not match:
            raise ValueError("fields")
        at, node = match.end(), tree.setdefault(match[0], {})
        follows = text[at:at + 1]
        if follows == ".":
            at, tree = at + 1, node
        elif follows == "(":
            inner, at = _list(text, at + 1, depth + 1)
            if text[at:at + 1] != ")":
                raise ValueError("fields")
            node.update(inner)
            return at + 1
        else:
            return at


def apply(tree, value):
    if not tree or value is None:
        return value
    if isinstance(value, list):
        return [apply(tree, each) for each in value]
    if not isinstance(value, dict):
        return value
    without = {name[1:] for name in tree if name.startswith("!")}
    only = {name: sub for name, sub in tree.items() if not name.startswith("!")}
    if not only:
        return {name: each for name, each in value.items() if name not in without}
    return {name: apply(only[name], each) for name, each in value.items() if name in only}
