"""What can go wrong on the way, by chance or by script, and requests that are held on purpose."""

import asyncio
import random
import re

# kind -> (when: before the request is carried out, instead of it, or after it; what happens)
KINDS = {
    "reset": ("instead", "the connection is reset, nothing is carried out"),
    "lost_request": ("instead", "the same, by the name a script about writes wants"),
    "lost_answer": ("after", "carried out, then the connection is reset before the answer"),
    "reset_body": ("after", "carried out, reset in the middle of the body"),
    "timeout": ("instead", "never answered, nothing is carried out"),
    "timeout_done": ("after", "carried out, never answered"),
    "slow": ("after", "the body drips for `seconds` (0.3)"),
    "cut": ("after", "Content-Length is larger than what is sent"),
    "truncated": ("after", "the JSON ends in the middle, the length is right"),
    "garbage": ("after", "200 and JSON by name, but not JSON"),
    "html": ("instead", "502 with an HTML page"),
    "html_200": ("instead", "200 with an HTML page"),
    "html_302": ("instead", "302 to a page where a captive network wants a sign-in"),
    "empty": ("instead", "200 with no body"),
    "empty_502": ("instead", "502 with no body"),
    "500": ("instead", "500, JSON"),
    "500_done": ("after", "carried out, but answered with 500"),
    "502": ("instead", "502, JSON"),
    "503": ("instead", "503, plain text, Retry-After `seconds` (1)"),
    "504": ("instead", "504, no body"),
    "429": ("instead", "429, JSON, Retry-After `seconds` (1)"),
    "429_text": ("instead", "429, plain text, Retry-After `seconds` (1)"),
    "429_no_header": ("instead", "429, JSON, no Retry-After"),
    "quota": ("instead", "429 QUOTA_EXCEEDED, Retry-After `seconds` (48925); no ban follows"),
    "expired_token": ("instead", "the access token dies, 401"),
    "forbidden": ("instead", "403 Forbidden, JSON"),
    "not_found": ("instead", "404, JSON"),
    "invalid_grant": ("instead", "400, as of a login that has ended, though it has not"),
    "null_items": ("after", "some entries of the page are null"),
    "wrong_ids": ("after", "rows about things that were not asked (ReccoBeats, MusicBrainz)"),
    "double_rows": ("after", "each row of a list twice, in differing values"),
    "strings": ("after", "numbers as strings, nested nulls, wrong types"),
    "shift_like": ("before", "the person likes a song just before"),
    "shift_unlike": ("before", "the person unlikes the newest song just before"),
    "shift_remove": ("before", "the person removes the first item of that playlist just before"),
    "close": ("after", "answered, then the connection is closed: legal"),
    "chunked": ("after", "answered in chunks: legal"),
    "gzip": ("after", "answered compressed, if the client takes that: legal"),
}

ROWS = ("wrong_ids", "double_rows", "strings")
OF_LIBRARY = ("expired_token", "null_items", "shift_like", "shift_unlike", "shift_remove")
GROUPS = {  # for faults by chance; what would last for ever is in none of them
    "all": [kind for kind in KINDS if not kind.startswith(("timeout", "quota", *ROWS))],
    "sources": [kind for kind in KINDS
                if not kind.startswith(("timeout", "quota", *OF_LIBRARY))],
}

MANNERS = {"lost_answer": "reset", "reset": "reset", "lost_request": "reset",
           "reset_body": "reset_body", "timeout": "silent", "timeout_done": "silent",
           "slow": "slow", "cut": "cut", "close": "close", "chunked": "chunked",
           "gzip": "gzip"}  # fmt: skip


def matcher(pattern):
    """`POST /v1/playlists/*/items`: a star is one path segment, two stars are anything."""
    method, _, path = pattern.partition(" ")
    if not path.startswith("/"):
        raise ValueError("match must be: METHOD /path, METHOD may be *")
    parts = re.split(r"(\*\*|\*)", path)
    swap = {"*": "[^/]*", "**": ".*"}
    regex = re.compile("".join(swap.get(p) or re.escape(p) for p in parts))
    whole = "?" in path

    def matches(request):
        target = request.target if whole else request.path
        return method in ("*", request.method) and regex.fullmatch(target) is not None

    return matches


class Rule:
    """The nth request that matches, and `count` from there on."""

    def __init__(self, match, nth=1, count=1, **more):
        if type(nth) is not int or nth < 1 or type(count) is not int or count < 1:
            raise ValueError("nth and count are whole numbers from 1")
        self.match, self.matches = match, matcher(match)
        self.nth, self.count, self.seen, self.more = nth, count, 0, more

    def hits(self, request):
        if not self.matches(request):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.count

    def spent(self):
        return self.seen >= self.nth + self.count - 1


class Faults:
    def __init__(self):
        self.clear()

    def clear(self):
        self.script, self.random = [], None
        self.injected = {}

    def set_random(self, seed, rate, kinds, on, seconds):
        for kind in kinds:
            if kind not in KINDS:
                raise ValueError(f"no fault is called {kind!r}")
        if not kinds or not 0 <= rate <= 1:
            raise ValueError("rate is 0..1 and kinds is not empty")
        self.random = {"rng": random.Random(f"faults {seed}"), "rate": rate, "kinds": kinds,
                       "on": matcher(on), "match": on, "seconds": seconds}

    def add_script(self, lines):
        rules = []
        for line in lines:
            if line.get("kind") not in KINDS:
                raise ValueError(f"no fault is called {line.get('kind')!r}")
            unknown = set(line) - {"match", "nth", "count", "kind", "seconds"}
            if unknown:
                raise ValueError(f"a script line has no {unknown.pop()!r}")
            rules.append(Rule(**line))
        self.script += rules

    def pick(self, request):
        """(kind, seconds or None) for this request."""
        chosen = None
        for rule in list(self.script):
            if rule.hits(request) and chosen is None:
                chosen = rule.more["kind"], rule.more.get("seconds")
            if rule.spent():
                self.script.remove(rule)
        draw = self.random
        if chosen is None and draw and draw["on"](request):
            if draw["rng"].random() < draw["rate"]:
                chosen = draw["rng"].choice(draw["kinds"]), draw["seconds"]
        if chosen:
            self.injected[chosen[0]] = self.injected.get(chosen[0], 0) + 1
        return chosen

    def describe(self):
        return {
            "kinds": {kind: f"{when}: {what}" for kind, (when, what) in KINDS.items()},
            "script": [{"match": r.match, "nth": r.nth, "count": r.count, "seen": r.seen, **r.more}
                       for r in self.script],
            "random": self.random and {n: self.random[n] for n in ("rate", "kinds", "match")},
            "injected": self.injected}


class Holds:
    """Requests kept waiting until a test lets them go, so that no test has to sleep."""

    def __init__(self):
        self.rules, self.held, self.count = [], {}, 0
        self.changed = asyncio.Event()

    def add(self, match, nth=1, count=1, when="before"):
        if when not in ("before", "after"):
            raise ValueError("when is before or after (the request is carried out)")
        self.rules.append(Rule(match, nth, count, when=when))

    def pick(self, request):
        chosen = None
        for rule in list(self.rules):
            if rule.hits(request) and chosen is None:
                chosen = rule.more["when"]
            if rule.spent():
                self.rules.remove(rule)
        return chosen

    async def wait(self, request, when):
        """Returns the fault kind with which the test lets it go, or None."""
        self.count += 1
        key, gate = self.count, asyncio.get_running_loop().create_future()
        self.held[key] = (request, when, gate)
        self.changed.set()
        try:
            return await gate
        finally:
            self.held.pop(key, None)

    def release(self, key=None, kind=None):
        keys = list(self.held) if key is None else [key] if key in self.held else []
        for each in keys:
            gate = self.held[each][2]
            if not gate.done():
                gate.set_result(kind)
        return keys

    async def wait_held(self, count, timeout):
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        while len(self.held) < count and loop.time() < end:
            self.changed.clear()
            try:
                await asyncio.wait_for(self.changed.wait(), end - loop.time())
            except TimeoutError:
                break
        return self.list()

    def list(self):
        return [{"id": key, "when": when, "method": request.method, "path": request.path,
                 "query": request.query} for key, (request, when, _) in self.held.items()]
