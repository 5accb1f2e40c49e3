"""The accounts service: consent page and token endpoint, for public clients with PKCE."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from server import Response, html_response, json_response

SCOPES = frozenset(
    "ugc-image-upload user-read-private user-read-email user-library-read user-library-modify "
    "user-follow-read user-follow-modify user-top-read user-read-recently-played "
    "user-read-playback-state user-modify-playback-state user-read-currently-playing streaming "
    "app-remote-control user-read-playback-position playlist-read-private "
    "playlist-read-collaborative playlist-modify-private playlist-modify-public".split())

# `http://127.0.0.1/callback` is registered; a loopback literal without a port takes any port
REDIRECT = re.compile(r"http://127\.0\.0\.1(:[1-9][0-9]{0,4})?/callback")
VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
CHALLENGE = re.compile(r"[A-Za-z0-9\-_]{43}")
CODE_LIFE_S = 600

AUTHORIZE_PARAMS = frozenset(
    "client_id response_type redirect_uri scope state code_challenge code_challenge_method "
    "show_dialog".split())
TOKEN_PARAMS = {
    "authorization_code": {"grant_type", "code", "redirect_uri", "client_id", "code_verifier"},
    "refresh_token": {"grant_type", "refresh_token", "client_id"},
}


@dataclass
class Login:
    """One consent; every token descends from one."""

    client: str
    scope: str
    consented: float
    refresh: str
    revoked: bool = False
    expired: bool = False


class Accounts:
    def __init__(self, world, audit):
        self.world, self.audit = world, audit
        self.codes = {}  # code -> its facts
        self.logins = []
        self.refreshes = {}  # refresh token -> Login; a rotated-out one stays, marked dead
        self.dead = set()
        self.access = {}  # access token -> (Login, expires)

    # consent

    def authorize(self, request):
        if request.method != "GET":
            return html_response(405, "Method not allowed")
        pairs = parse_qsl(request.query, keep_blank_values=True)
        params = dict(pairs)
        if len(params) != len(pairs):
            return html_response(400, "INVALID_REQUEST: Repeated parameter")
        if params.get("client_id") not in self.world.clients:
            return html_response(400, "INVALID_CLIENT: Invalid client")
        redirect = params.get("redirect_uri", "")
        if not self._redirect_ok(redirect):
            self.audit.frown("redirect on a wrong host or path", request, params["client_id"])
            secure = redirect.startswith(("https://", "http://127.0.0.1", "http://[::1]"))
            kind = "Invalid redirect URI" if secure else "Insecure redirect URI"
            return html_response(400, f"INVALID_CLIENT: {kind}")
        return self._consent(request, params, redirect)

    def _redirect_ok(self, redirect):
        match = REDIRECT.fullmatch(redirect)
        return bool(match) and int((match[1] or ":80")[1:]) < 65536

    def _consent(self, request, params, redirect):
        def back(**more):
            if "state" in params:
                more["state"] = params["state"]
            where = f"{redirect}?{urlencode(more, quote_via=quote)}"
            return Response(302, b"", headers=[("location", where), ("cache-control", "no-store")])

        unknown = set(params) - AUTHORIZE_PARAMS
        scopes = params.get("scope", "").split()
        if unknown:
            return html_response(400, "INVALID_REQUEST: Unknown parameter")
        if not params.get("state"):
            self.audit.frown("no state in the consent address", request, params["client_id"])
        if params.get("response_type") != "code":
            return back(error="unsupported_response_type")
        if set(scopes) - SCOPES:
            return back(error="invalid_scope")
        if params.get("code_challenge_method") != "S256":
            return back(error="invalid_request",
                        error_description="code_challenge_method must be S256")
        if not CHALLENGE.fullmatch(params.get("code_challenge", "")):
            return back(error="invalid_request", error_description="code_challenge required")
        if params.get("show_dialog", "false") not in ("true", "false"):
            return back(error="invalid_request", error_description="Invalid show_dialog")
        if self.world.switches["deny"]:
            return back(error="access_denied")
        code = "AQ" + secrets.token_urlsafe(96)
        self.codes[code] = {
            "client": params["client_id"], "redirect": redirect, "scope": " ".join(scopes),
            "challenge": params["code_challenge"], "made": self.world.now(), "used": False}
        return back(code=code)

    # tokens

    def token(self, request):
        if request.method != "POST":
            return Response(405)
        if request.query:
            self.audit.frown("token parameters in a URL", request)
            return refused("invalid_request", "Parameters belong into the body")
        if request.content_type != "application/x-www-form-urlencoded":
            return refused("unsupported_grant_type", "grant_type parameter is missing")
        pairs = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        form = dict(pairs)
        kind = form.get("grant_type")
        if kind is None:
            return refused("unsupported_grant_type", "grant_type parameter is missing")
        if kind not in TOKEN_PARAMS:
            return refused("unsupported_grant_type", f"grant_type {kind} is not supported")
        if len(form) != len(pairs) or set(form) - TOKEN_PARAMS[kind]:
            return refused("invalid_request", "Unknown or repeated parameter")
        if form.get("client_id") not in self.world.clients:
            return refused("invalid_client", "Invalid client")
        if kind == "authorization_code":
            return self._from_code(form)
        return self._from_refresh(request, form)

    def _from_code(self, form):
        facts = self.codes.get(form.get("code"))
        if "code" not in form:
            return refused("invalid_request", "code must be supplied")
        if "code_verifier" not in form:
            return refused("invalid_request", "code_verifier must be supplied")
        if facts is None or facts["used"] or facts["client"] != form["client_id"]:
            return refused("invalid_grant", "Invalid authorization code")
        facts["used"] = True
        if self.world.now() - facts["made"] > CODE_LIFE_S:
            return refused("invalid_grant", "Authorization code expired")
        if form.get("redirect_uri") != facts["redirect"]:
            return refused("invalid_grant", "Invalid redirect URI")
        verifier = form["code_verifier"]
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not VERIFIER.fullmatch(verifier) or challenge != facts["challenge"]:
            return refused("invalid_grant", "code_verifier was incorrect")
        return granted(self.log_in(form["client_id"], facts["scope"]))

    def _from_refresh(self, request, form):
        token = form.get("refresh_token", "")
        if not token:
            return refused("invalid_request", "refresh_token must be supplied")
        login = self.refreshes.get(token)
        why = self._why_dead(token, login, form["client_id"])
        if why:
            self.audit.grant_refused(request, token, form["client_id"])
            return refused("invalid_grant", why)
        answer = self._issue(login)
        if self.world.switches["rotate"]:
            self.dead.add(token)
            login.refresh = answer["refresh_token"] = self._new_refresh(login)
        return granted(answer)

    def _why_dead(self, token, login, client):
        if login is None or login.client != client:
            return "Invalid refresh token"
        if login.revoked or token in self.dead:
            return "Refresh token revoked"
        age = self.world.now() - login.consented
        if login.expired or age > self.world.switches["login_ttl_s"]:
            return "Refresh token expired"
        return None

    def log_in(self, client, scope):
        login = Login(client, scope, self.world.now(), "")
        login.refresh = self._new_refresh(login)
        self.logins.append(login)
        return {**self._issue(login), "refresh_token": login.refresh}

    def _new_refresh(self, login):
        token = "AQ" + secrets.token_urlsafe(96)
        self.refreshes[token] = login
        return token

    def _issue(self, login):
        token = "BQ" + secrets.token_urlsafe(120)
        life = self.world.switches["access_ttl_s"]
        self.access[token] = (login, self.world.now() + life)
        return {"access_token": token, "token_type": "Bearer", "expires_in": life,
                "scope": login.scope}

    def holder(self, token):
        """The login of a living access token; (None, was it ever one) otherwise."""
        login, until = self.access.get(token, (None, 0))
        if login is None or self.world.now() >= until or login.revoked:
            return None, login is not None
        return login, True

    def expire_access(self, token=None):
        for each in [token] if token else list(self.access):
            if each in self.access:
                self.access[each] = (self.access[each][0], 0)

    def end_logins(self, revoked):
        for login in self.logins:
            login.revoked, login.expired = login.revoked or revoked, login.expired or not revoked

    # across restarts

    def save(self):
        rows = [{**vars(login), "tokens": [t for t, owner in self.refreshes.items()
                                           if owner is login]} for login in self.logins]
        index = {id(login): n for n, login in enumerate(self.logins)}
        return {"logins": rows, "dead": sorted(self.dead),
                "access": {t: [index[id(owner)], until]
                           for t, (owner, until) in self.access.items()}}

    def load(self, saved):
        for row in saved["logins"]:
            tokens = row.pop("tokens")
            login = Login(**row)
            self.logins.append(login)
            self.refreshes.update({token: login for token in tokens})
        self.dead = set(saved["dead"])
        self.access = {t: (self.logins[n], until) for t, (n, until) in saved["access"].items()}


def refused(code, text):
    return json_response(400, {"error": code, "error_description": text})


def granted(answer):
    return json_response(200, answer, [("cache-control", "no-store")])
