"""The daemon's documents and events over its unix socket."""

import http.client
import json
import socket

TIMEOUT_S = 60


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=TIMEOUT_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT_S)
        self.sock.connect(self.path)


def get(path, target, status=200):
    """The JSON document at target, after checking the answer's status."""
    connection = Connection(path)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == status, (answer.status, text)
        return json.loads(text)
    finally:
        connection.close()


class Events:
    """All events from when this is made."""

    def __init__(self, path):
        self.connection = Connection(path)
        self.connection.request("GET", "/api/events")
        self.answer = self.connection.getresponse()
        assert self.answer.readline() == b":\n"  # from now on the daemon tells us

    def wait(self, message_type):
        """The next event of that type; others are passed over."""
        while line := self.answer.readline():
            if line.startswith(b"data: "):
                event = json.loads(line[6:])
                if event["message_type"] == message_type:
                    return event
        raise AssertionError("the events ended")

    def close(self):
        self.answer.close()
        self.connection.close()
