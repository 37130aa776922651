"""`coffret serve` as a process on a data folder of its own, in plaintext on this machine."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import grpc

PATIENCE = 60


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(look, what):
    """What is wanted, as soon as it is there."""
    end = time.monotonic() + PATIENCE
    last = None
    while time.monotonic() < end:
        try:
            found, last = look(), None
        except (grpc.RpcError, urllib.error.URLError, ConnectionError) as error:
            found, last = None, error
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} does not come; last: {last}")


class Served:
    """`coffret serve` on a data folder, with or without the witness."""

    def __init__(self, stubs, data, witness=None):
        self.stubs, self.data = stubs, data
        self.port = free_port()
        self.config = data.with_name(f"{data.name}-{self.port}.toml")
        lines = [f'listen = "127.0.0.1:{self.port}"', f'data = "{data}"', 'audience = "https://vault.example"', "insecure_loopback = true"]
        lines += ["[ledger]", "sign_every_ms = 100"]
        lines += ["[limits]", "staff = { per_second = 0, at_once = 0 }", "address = { per_second = 0, at_once = 0 }"]
        if witness:
            lines += ["[[ledger.witness]]", 'name = "aics"', f'key = "{witness.key}"', f'url = "{witness.url}"']
        self.config.write_text("\n".join(lines) + "\n")
        token = [os.environ["COFFRET_BIN"], "token", "--config", self.config, "--subject", "operators/jane"]
        token = subprocess.run(token, capture_output=True, text=True, check=True).stdout.strip()
        self.bearer = {"metadata": [("authorization", f"Bearer {token}")]}
        self.process = subprocess.Popen([os.environ["COFFRET_BIN"], "serve", "--config", self.config])
        self.channel = grpc.insecure_channel(f"127.0.0.1:{self.port}")
        self.ledger = stubs.ledger_calls.LedgerServiceStub(self.channel)
        self.operation = stubs.operation_calls.OperationServiceStub(self.channel)
        until(self.log, "the server")

    def checkpoint(self):
        return until(lambda: self.ledger.GetCheckpoint(self.stubs.ledger.GetCheckpointRequest()), "a checkpoint")

    def log(self):
        return self.operation.GetHealth(self.stubs.operation.GetHealthRequest(), **self.bearer).log

    def grow(self, number):
        """As many entries more, each a brand."""
        for _ in range(number):
            brand = self.stubs.operation.Brand(title="Maison", legal_name="Maison SA", country="FR", contact="dpo@maison.example")
            self.operation.CreateBrand(self.stubs.operation.CreateBrandRequest(brand=brand), **self.bearer)

    def signed(self, at_least=0):
        """Waits until nothing waits, and all is published; gives the size."""

        def settled():
            log = self.log()
            done = log.waiting == 0 and log.size == log.signed_size == log.published_size
            return log.size if done and log.size > at_least else None

        return until(settled, "the checkpoint")

    def witnessed(self, size):
        return until(lambda: (lambda found: found if found.witnessed_size >= size else None)(self.checkpoint()), "the cosignature")

    def published(self, origin=None):
        origin = origin or self.checkpoint().checkpoint.origin
        year = origin.rsplit("/", 1)[1]
        return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ledger/{year}/checkpoint").read().decode()

    def kill(self):
        self.channel.close()
        self.process.kill()
        self.process.wait(timeout=PATIENCE)

    def stop(self):
        self.channel.close()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=PATIENCE) == 0


@contextlib.contextmanager
def served(*arguments):
    server = Served(*arguments)
    try:
        yield server
    finally:
        server.stop()
