"""What every Web API call passes: the token, the app's standing, limits, scopes, parameters."""

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from server import Response, json_response

MARKET = re.compile(r"[A-Z]{2}|from_token")
NUMBER = re.compile(r"[0-9]{1,9}")
ALLOWLIST = {
    "new": "Check settings on developer.spotify.com/dashboard, the user may not be registered.",
    "old": "User not registered in the Developer Dashboard",
    "long": "The user is not registered for this application. "
            "Please check your settings on https://developer.spotify.com/dashboard",
}  # fmt: skip
PREMIUM = ("Active premium subscription required for the owner of the app. When the subscription "
           "status changes, it can take a few hours before requests are allowed again.")
TOKEN_TEXT = {"old": "The access token expired", "new": "Missing/invalid/expired access token",
              "invalid": "Invalid access token"}
PLAIN = "text/plain"


class Refusal(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message

    def response(self):
        return error(self.status, self.message)


def error(status, message=None, headers=(), **more):
    body = {"status": status}
    if message is not None:
        body["message"] = message
    return json_response(status, {"error": {**body, **more}}, headers)


@dataclass
class Route:
    """`params`: query names; limit is (default, most).

    `body`: none, json, optional (json or nothing) or raw.
    """

    method: str
    path: str
    handler: object
    params: tuple = ()
    limit: tuple = (20, 50)
    limit_restricted: tuple = None
    offset_max: int = 100_000
    scopes: tuple = ()
    gone: bool = False  # refused in restricted, and in a grace that no longer works
    features: bool = False  # refused everywhere but in an extended app that always had it
    single: bool = False  # a read of one thing, of which bulk use is punished
    body: str = "none"
    keys: tuple = ()

    def __post_init__(self):
        self.pattern = re.compile(re.sub(r"\{\w+\}", "([^/]+)", self.path))
        self.name = f"{self.method} {self.path}"


@dataclass
class Call:
    """One accepted call, as its handler sees it."""

    request: object
    route: Route
    args: tuple
    client: str
    scopes: frozenset
    params: dict
    body: object = None

    def need(self, *scopes):
        if not all(scope in self.scopes for scope in scopes):
            raise Refusal(403, "Insufficient client scope")


class Gate:
    def __init__(self, world, audit, accounts, routes):
        self.world, self.audit, self.accounts = world, audit, accounts
        self.fixed = {(r.method, r.path): r for r in routes if "{" not in r.path}
        self.open = [r for r in routes if "{" in r.path]
        self.paths = {r.path for r in routes if "{" not in r.path}

    def find(self, method, path):
        route = self.fixed.get((method, path))
        if route:
            return route, ()
        known = path in self.paths
        for route in self.open:
            match = route.pattern.fullmatch(path)
            if match and not known:
                if route.method == method:
                    return route, match.groups()
        for route in self.open:
            known = known or route.pattern.fullmatch(path)
        raise Refusal(405 if known else 404, "Method not allowed" if known else
                      "Service not found")

    def respond(self, request, entry):
        client, name = "", request.path
        try:
            route, args = self.find(request.method, request.path[3:])
            name = route.name
            login = self.login(request)
            if isinstance(login, Response):
                return login
            client = entry["client_id"] = login.client
            self.audit.arrived(request, client, name)
            refused = self.standing(request, client)
            if refused:
                return refused
            call = self.admit(request, route, args, login)
            response = route.handler(self.world, call)
            self.audit.refusals.pop((client, name), None)
            return response
        except Refusal as refusal:
            if refusal.status == 403 and refusal.message in ("Forbidden", None):
                self.audit.forbidden(request, client, name)
            return refusal.response()

    def login(self, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if not token:
            return error(401, "No token provided")
        if scheme.lower() != "bearer":
            return error(400, "Only valid bearer authentication supported")
        login, known = self.accounts.holder(token)
        if login is None:
            self.audit.token_refused(request, token)
            wording = self.world.switches["token_wording"]
            text = TOKEN_TEXT["invalid" if not known and wording == "old" else wording]
            header = ("www-authenticate", 'Bearer realm="spotify", error="invalid_token"')
            return error(401, text, [header])
        return login

    def standing(self, request, client):
        """429 and the two texts for an app or person that may not call at all."""
        wait = self.world.limited(client)
        if wait:
            return self.too_many(request, client, *wait)
        switches = self.world.switches
        if not switches["premium"]:
            self.audit.shut(request, client)
            return Response(403, PREMIUM, PLAIN)
        if not switches["allowlisted"]:
            self.audit.shut(request, client)
            return Response(403, ALLOWLIST[switches["allowlist_wording"]], PLAIN)
        self.audit.shut_out.pop(client, None)
        return None

    def too_many(self, request, client, seconds, ban):
        ban = ban or {"reason": "", "body": "json", "retry_after": True}
        headers = [("retry-after", seconds)] if ban["retry_after"] else []
        if ban["body"] == "text":
            return Response(429, "Too many requests", PLAIN, headers)
        if ban["reason"]:
            return error(429, "Too many requests", headers, reason=ban["reason"])
        return error(429, "API rate limit exceeded", headers)

    def admit(self, request, route, args, login):
        world = self.world
        grace_over = world.regime() == "grace" and not world.switches["grace_works"]
        if route.gone and (world.restricted() or grace_over):
            raise Refusal(403, "Forbidden")
        has_features = world.regime() == "extended" and world.switches["statistics"]
        if route.features and not has_features:
            raise Refusal(403, None)
        if route.single:
            self.audit.single_read(request, login.client)
        call = Call(request, route, args, login.client, frozenset(login.scope.split()), {})
        call.need(*route.scopes)
        call.params = self.parameters(request, route)
        call.body = self.body(request, route)
        return call

    def parameters(self, request, route):
        if not request.query:
            return self.defaults(route, {})
        try:
            pairs = parse_qsl(request.query, keep_blank_values=True, strict_parsing=True,
                              errors="strict")
        except ValueError:
            raise Refusal(400, "Bad request: malformed query") from None
        params = dict(pairs)
        for name in params:
            if name not in route.params:
                raise Refusal(400, f"Unknown query parameter: {name}")
        if len(params) != len(pairs):
            raise Refusal(400, "Repeated query parameter")
        if "market" in params and not MARKET.fullmatch(params["market"]):
            raise Refusal(400, "Invalid market code")
        kinds = params.get("additional_types")
        if kinds is not None and set(kinds.split(",")) - {"track", "episode"}:
            raise Refusal(400, "Invalid additional_types")
        return self.defaults(route, params)

    def defaults(self, route, params):
        if "limit" in route.params:
            default, most = route.limit
            if route.limit_restricted and self.world.restricted():
                default, most = route.limit_restricted
            params["limit"] = whole(params.get("limit"), default, 1, most, "Invalid limit")
        if "offset" in route.params:
            params["offset"] = whole(params.get("offset"), 0, 0, route.offset_max,
                                     "Invalid offset")
        return params

    def body(self, request, route):
        if route.body == "none" or (route.body == "optional" and not request.body):
            if request.body:
                raise Refusal(400, "Unexpected request body")
            return {}
        if route.body == "raw":
            return request.body
        if request.content_type != "application/json":
            raise Refusal(400, "Error parsing JSON.")
        value = parse_json(request.body)
        if not isinstance(value, dict):
            raise Refusal(400, "Error parsing JSON.")
        for key in value:
            if key not in route.keys:
                raise Refusal(400, f"Unknown field: {key}")
        return value


def whole(text, default, low, high, message):
    if text is None:
        return default
    if not NUMBER.fullmatch(text) or not low <= int(text) <= high:
        raise Refusal(400, message)
    return int(text)


def parse_json(body):
    def once(pairs):
        value = dict(pairs)
        if len(value) != len(pairs):
            raise ValueError("repeated key")
        return value

    def no_constant(name):
        raise ValueError(name)

    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=once,
                          parse_constant=no_constant)
    except (ValueError, RecursionError):
        raise Refusal(400, "Error parsing JSON.") from None
