"""A NATS server of a test's own: on a free port of this machine, with its own store, killed and started again."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time

import nats

PROGRAM = "nats-server"
CONFIGURATION = """
host: 127.0.0.1
port: {port}
max_payload: {max_payload}
jetstream {{ store_dir: "{store}", max_file_store: 1GB, max_memory_store: 16MB }}
{rest}
"""


class Broker:
    """Starts at once; `kill` and `start` are its life, `close` its end."""

    def __init__(self, folder, *, max_payload=1_048_576, rest="", started=True):
        self.folder, self.process = folder, None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        said = CONFIGURATION.format(port=self.port, store=folder / "store", max_payload=max_payload, rest=rest)
        (folder / "nats.conf").write_text(said)
        if started:
            self.start()

    @property
    def url(self):
        return f"nats://127.0.0.1:{self.port}"

    def start(self):
        command = [shutil.which(PROGRAM), "-c", str(self.folder / "nats.conf"), "-l", str(self.folder / "log")]
        self.process = subprocess.Popen(command)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self.process.poll() is None, (self.folder / "log").read_text()
                time.sleep(0.02)
            else:
                return
        raise AssertionError((self.folder / "log").read_text())

    def kill(self):
        self.process.kill()
        self.process.wait(20)

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()

    async def client(self, **given):
        """A plain client, to look at what is in the server."""
        return await nats.connect(given.pop("url", self.url), allow_reconnect=False, **given)
