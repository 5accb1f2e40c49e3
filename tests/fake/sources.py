"""The services beside the music service, served under prefixes of the same address."""

from common import TARGET_MAX, Refused, take_apart
from labels import Labels
from lastfm import LastFm
from musicbrainz import MusicBrainz
from reccobeats import ReccoBeats
from server import html_response

DRIPS_S = 180.0  # how long a slow service takes over one answer


class Sources:
    def __init__(self, world, audit):
        self.world, self.audit = world, audit
        self.known = Labels(world)
        self.services = {
            "reccobeats": ReccoBeats(world, audit),
            "musicbrainz": MusicBrainz(world, audit, self.known),
            "lastfm": LastFm(world, audit, self.known)}

    def arrived(self, request, entry):
        """Called once for each request, before it is decided what becomes of it."""
        service = entry["service"]
        ask = take_apart(request, service)
        things = self.services[service].asked(ask)
        for kind, key in things:
            self.audit.note_asked(service, kind, key, entry)
        self.audit.arrived(request, service, f"{service} {things[0][0] if things else ''}".strip())
        if "authorization" in request.headers or "cookie" in request.headers:
            self.audit.frown("a credential was sent to another service", request, service)
        request.ask, request.refused = ask, self.services[service].arrived(ask)

    def down(self, service):
        """(fault kind, seconds) while the service is switched off, or None."""
        kind = self.world.switches[f"{service}_down"]
        return (kind, DRIPS_S if kind == "slow" else None) if kind else None

    def respond(self, request, entry):
        service = self.services[request.ask.service]
        if len(request.target) > TARGET_MAX:
            return html_response(414, "Request-URI Too Large")
        try:
            if request.refused:
                raise request.refused
            return service.respond(request.ask)
        except Refused as refused:
            if refused.status not in (400, 404) and refused.code != 6:
                entry["kind"] = "refused"  # says nothing about what was asked
            return service.refusal(request, refused.status, refused.text, refused.code)

    def weather(self, request):
        """How that service words an error; None for the music service."""
        if request.ask is None:
            return None
        service = self.services[request.ask.service]

        def say(status, text, headers=(), **_):
            response = service.refusal(request, status, text)
            response.headers += headers
            return response

        return say

    def others(self, request, value):
        """The answer about things that were not asked for, where the service has such a list."""
        service = request.ask and self.services[request.ask.service]
        return service.others(value) if hasattr(service, "others") else value

    def truth(self):
        """Per artist: what a test may expect of each service."""
        known, rows = self.known.docs(), []
        for artist in self.world.catalogue.artists.values():
            doc, linked = known.of_artist.get(artist.id), known.linked_docs(artist)
            rows.append({
                "id": artist.id, "name": artist.name, "families": list(artist.families),
                "found_by": known.status(artist), "mbid": doc.mbid if doc else None,
                "tags": dict(doc.tags) if doc else {},
                "linked_to": [each.mbid for each in linked or ()],
                "lastfm": self.services["lastfm"].knows(artist)})
        return {"artists": rows}
