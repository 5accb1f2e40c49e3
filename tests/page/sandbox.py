"""A fake and a daemon for the tests of the page, commanded by sandbox.mjs.

One JSON command a line on stdin, {"do": NAME, ...}; one JSON answer a line on stdout. All is ended
and removed when stdin ends. Arguments: those of the fake.
"""

import json
import os
import signal
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
import harness  # noqa: E402


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Sandbox(harness.Scenario):
    fake_arguments = tuple(sys.argv[1:])

    def runTest(self):
        pass

    def about(self):
        """The port stays the same when the daemon is started anew, as a person's does."""
        self.port = free_port()
        self.environment["GENRED_DAEMON_LISTEN"] = f"127.0.0.1:{self.port}"
        return {"url": f"http://127.0.0.1:{self.port}/", "fake": self.fake.about,
                "directory": self.directory}

    def do_start(self, environment):
        """A variable that is null is taken away, now and later."""
        for name, value in environment.items():
            self.environment.pop(name, None)
            if value is not None:
                self.environment[name] = value
        self.start()

    def do_stop(self, kill):
        self.stop(signal.SIGKILL if kill else signal.SIGTERM)

    def do_login(self):
        self.login()

    def do_ctl(self, arguments, stdin):
        done = self.run_ctl("--json", *arguments, stdin=stdin)
        return {"status": done.returncode, "output": done.stdout, "error": done.stderr}

    def do_log(self):
        return self.log()


def main():
    sandbox = Sandbox()
    sandbox.setUp()
    try:
        print(json.dumps(sandbox.about()), flush=True)
        for line in sys.stdin:
            command = json.loads(line)
            try:
                answer = {"answer": getattr(sandbox, "do_" + command.pop("do"))(**command)}
            except Exception as error:  # the test is told, and decides
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), flush=True)
    finally:
        sandbox.doCleanups()


main()
