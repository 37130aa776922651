"""The built program with its invented houses and clients, and clients that another toolchain made from the contract."""

import json
import os
import pathlib
import signal
import subprocess
import sys

import grpc
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]


def pytest_configure(config):
    config.addinivalue_line("markers", "real_data: needs the data sets beside the repository")
    binary = os.environ.get("COFFRET_BIN")
    if not binary:
        pytest.exit("COFFRET_BIN names no program to test", returncode=4)


@pytest.fixture(scope="session")
def stubs(tmp_path_factory):
    """The contract's messages and services, generated now by grpcio-tools."""
    import importlib.resources

    from grpc_tools import protoc

    folder = tmp_path_factory.mktemp("stubs")
    # The well-known types come with grpcio-tools.
    known = str(importlib.resources.files("grpc_tools") / "_proto")
    files = sorted(str(path) for path in (ROOT / "proto/coffret/v1").glob("*.proto"))
    asked = ["protoc", f"--proto_path={ROOT / 'proto'}", f"--proto_path={known}", f"--python_out={folder}", f"--grpc_python_out={folder}"]
    assert protoc.main(asked + files) == 0
    sys.path.insert(0, str(folder))
    import importlib

    class Stubs:
        pass

    for name in ["access", "consent", "identity", "ledger", "operation", "record"]:
        setattr(Stubs, name, importlib.import_module(f"coffret.v1.{name}_pb2"))
        setattr(Stubs, f"{name}_calls", importlib.import_module(f"coffret.v1.{name}_pb2_grpc"))
    yield Stubs
    sys.path.remove(str(folder))


class Bearer(grpc.AuthMetadataPlugin):
    """Adds a token to each call."""

    def __init__(self, token):
        self.token = token

    def __call__(self, context, callback):
        callback((("authorization", f"Bearer {self.token}"),), None)


class Line:
    """One caller's connection, with a stub for each service."""

    def __init__(self, stubs, address, authority, pair=None, token=None):
        certificate, key = (pathlib.Path(pair["certificate"]).read_bytes(), pathlib.Path(pair["key"]).read_bytes()) if pair else (None, None)
        credentials = grpc.ssl_channel_credentials(pathlib.Path(authority).read_bytes(), key, certificate)
        if token:
            credentials = grpc.composite_channel_credentials(credentials, grpc.metadata_call_credentials(Bearer(token)))
        self.channel = grpc.secure_channel(address, credentials)
        self.access = stubs.access_calls.AccessServiceStub(self.channel)
        self.consent = stubs.consent_calls.ConsentServiceStub(self.channel)
        self.identity = stubs.identity_calls.IdentityServiceStub(self.channel)
        self.ledger = stubs.ledger_calls.LedgerServiceStub(self.channel)
        self.operation = stubs.operation_calls.OperationServiceStub(self.channel)
        self.record = stubs.record_calls.RecordServiceStub(self.channel)


class Demo:
    """A running demo, and who can call it."""

    def __init__(self, stubs, folder):
        self.stubs = stubs
        self.folder = folder
        self.process = None
        self.lines = []

    def start(self):
        """Starts the program on the folder, and waits until it is ready."""
        command = [os.environ["COFFRET_BIN"], "demo", "--data", str(self.folder), "--port", "0", "--print-json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line, f"the program ended with {self.process.wait()} before it was ready"
        self.told = json.loads(line)
        self.people = self.line()
        self.operator = self.line(token=pathlib.Path(self.told["operator_token"]).read_text())
        return self

    def stop(self):
        """Ends the program as a service manager would."""
        for line in self.lines:
            line.channel.close()
        self.lines.clear()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=30) == 0

    def line(self, pair=None, token=None):
        line = Line(self.stubs, self.told["address"], self.told["authority"], pair, token)
        self.lines.append(line)
        return line

    def brand(self, key):
        """A house by its certificate."""
        return self.line(pair=self.told["brands"][key]["pair"])

    def purpose(self, house, code):
        return f"{self.told['brands'][house]['name']}/purposes/{code}"

    def customer(self, name):
        """A customer, by a token that the operator issues."""
        return self.line(token=self.customer_token(name))

    def as_customer(self, name):
        """The same for one call on the connection that all people share."""
        return {"metadata": [("authorization", f"Bearer {self.customer_token(name)}")]}

    def client(self, number):
        """One of the dozen: resource name and e-mail address."""
        client = self.told["clients"][number]
        return client["name"], client["email"]

    def customer_token(self, name):
        request = self.stubs.identity.IssueTokenRequest(role="ROLE_CUSTOMER", subject=name)
        request.lifetime.FromSeconds(3600)
        return self.operator.identity.IssueToken(request).secret


@pytest.fixture(scope="session")
def demo(stubs, tmp_path_factory):
    demo = Demo(stubs, tmp_path_factory.mktemp("demo")).start()
    yield demo
    demo.stop()


@pytest.fixture
def terms_of(stubs):
    """Makes the terms of a request to cut a piece to measure, in a demo."""
    from google.protobuf import timestamp_pb2

    def within(demo):
        def make(items, uses=0, days=90):
            end = timestamp_pb2.Timestamp()
            end.GetCurrentTime()
            end.seconds += days * 86_400
            purpose = demo.purpose("ferrante", "made_to_measure")
            terms = stubs.consent.Terms(purpose=purpose, mode="MODE_STORE", fetch="FETCH_PERIODIC", uses=uses, expire_time=end)
            terms.data_range.last_months = 240
            terms.data_life.FromSeconds(30 * 86_400)
            terms.automated_contact = stubs.consent.AUTOMATED_CONTACT_NONE
            for attribute, view in items:
                terms.items.add(attribute=attribute, view=view, needed=True, reason="To cut the piece.")
            return terms

        return make

    return within


@pytest.fixture
def terms(demo, terms_of):
    """The same, in the demo that the tests share."""
    return terms_of(demo)


@pytest.fixture
def skip(request):
    """Skips a test that can check nothing here, and says why."""

    def say(reason):
        # The test command counts pytest's own skips.
        print(f"skipped: {request.node.name}: {reason}")
        pytest.skip(reason)

    return say
