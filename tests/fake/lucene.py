"""As much of the Lucene query language as the catalogue's search needs, and no more lenient.

`parse` gives a Query: `terms` are all (field, text) of it, and `matches(test)` asks `test(field,
text)` for each term and combines the answers. What is not understood is a ValueError.
"""

import re

TOKEN = re.compile(r"""\s*(?:
    (?P<operator>(?:AND|OR|NOT)(?=[\s()]|$)|&&|\|\|)
  | (?P<bracket>[()])
  | (?:(?P<field>[a-z]+):)?(?:"(?P<phrase>(?:[^"\\]|\\.)*)"
                            |(?P<word>(?:[^\s+\-&|!(){}\[\]^"~*?:\\/]|\\.)
                                      (?:[^\s&|!(){}\[\]^"~*?:\\/]|\\.)*))
)""", re.X | re.S)
DEPTH_MAX = 8


class Query:
    def __init__(self, tree, terms):
        self.tree, self.terms = tree, terms

    def matches(self, test):
        return holds(self.tree, test)

    def only(self, name):
        """The texts, when the query is nothing but alternatives of that one field."""
        alone = self.tree[0] == "term" or (
            self.tree[0] == "or" and all(part[0] == "term" for part in self.tree[1]))
        if alone and all(field == name for field, _ in self.terms):
            return [text for _, text in self.terms]
        return None


def holds(tree, test):
    kind, rest = tree
    if kind == "term":
        return test(*rest)
    if kind == "not":
        return not holds(rest, test)
    return (all if kind == "and" else any)(holds(part, test) for part in rest)


def tokens(text):
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match or match.end() == at:
            raise ValueError("query")
        at = match.end()
        if match["operator"]:
            found.append({"&&": "AND", "||": "OR"}.get(match["operator"], match["operator"]))
        elif match["bracket"]:
            found.append(match["bracket"])
        else:
            value = match["word"] if match["phrase"] is None else match["phrase"]
            found.append((match["field"] or "", re.sub(r"\\(.)", r"\1", value, flags=re.S)))
    return found


def parse(text):
    found = tokens(text)
    tree, at = any_of(found, 0, 0)
    if at != len(found):
        raise ValueError("query")
    return Query(tree, [each for each in found if isinstance(each, tuple)])


def any_of(found, at, depth):
    parts = []
    while True:
        part, at = all_of(found, at, depth)
        parts.append(part)
        if at >= len(found) or found[at] == ")":
            return (parts[0] if len(parts) == 1 else ("or", parts)), at
        if found[at] == "OR":
            at += 1


def all_of(found, at, depth):
    parts = []
    while True:
        part, at = single(found, at, depth)
        parts.append(part)
        if at >= len(found) or found[at] != "AND":
            return (parts[0] if len(parts) == 1 else ("and", parts)), at
        at += 1


def single(found, at, depth):
    if at >= len(found) or depth > DEPTH_MAX:
        raise ValueError("query")
    token = found[at]
    if isinstance(token, tuple):
        return ("term", token), at + 1
    if token == "NOT":
        part, at = single(found, at + 1, depth + 1)
        return ("not", part), at
    if token != "(":
        raise ValueError("query")
    part, at = any_of(found, at + 1, depth + 1)
    if at >= len(found) or found[at] != ")":
        raise ValueError("query")
    return part, at + 1
