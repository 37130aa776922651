"""The log of a real server, cosigned by a witness that others wrote: `aics-witness`, which needs Python 3.12 and is reported as skipped without."""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request

import pytest
from served import PATIENCE, free_port, served, until

NAME = "witness.example/aics"

# Run with their Python: the published checkpoint against the log's key and the witness's.
CHECK = """
import sys, aics_tlog
note, log, witness = sys.argv[1:]
policy = aics_tlog.WitnessPolicy(quorum=1, witnesses=(aics_tlog.parse_vkey(witness),))
found = aics_tlog.verify_checkpoint(aics_tlog.parse_note(note.encode()), aics_tlog.parse_vkey(log), policy=policy)
sys.exit(0 if found.ok else str(found.error))
"""


@pytest.fixture(scope="session")
def python():
    """A Python of 3.12 or newer with their packages; a skip where there is none."""
    found = os.environ.get("COFFRET_AICS_PYTHON")
    if not found:
        pytest.skip("aics-witness needs Python 3.12 or newer, which is not here")
    return found


class Outside:
    """The witness, as a process of its own."""

    def __init__(self, python, folder):
        self.command = [python, "-m", "aics_witness"]
        self.config = folder / "witness.json"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        listen = f"127.0.0.1:{self.port}"
        self.key = self.run("init", "--name", NAME, "--listen", listen).strip()
        self.process = subprocess.Popen([*self.command, "serve", "--config", self.config])
        until(lambda: urllib.request.urlopen(f"{self.url}/healthz").status == 200, "the witness")

    def run(self, verb, *arguments):
        done = subprocess.run([*self.command, verb, "--config", self.config, *arguments], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def trust(self, origin, key):
        self.run("add-log", "--origin", origin, "--vkey", key)
        self.process.send_signal(signal.SIGHUP)

    def status(self):
        return json.loads(self.run("status", "--json"))["logs"][0]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)


@pytest.fixture
def witness(python, tmp_path):
    witness = Outside(python, tmp_path)
    yield witness
    witness.stop()


def test_a_witness_of_others_cosigns_the_growth_of_the_log_and_an_export_carries_it(stubs, python, witness, tmp_path):
    data = tmp_path / "data"
    with served(stubs, data, witness) as server:
        # It does not know the log yet, and the log does not wait.
        until(lambda: [one.fault for one in server.log().witnesses] == ["WITNESS_REFUSES"], "the refusal")
        first = server.signed()
        known = server.checkpoint()
        assert (known.witnessed_size, list(known.disagreeing_witnesses)) == (0, [])
        witness.trust(known.checkpoint.origin, known.checkpoint.verifier_key)
        server.witnessed(first)
        sizes = []
        for number in [1, 7, 300]:
            server.grow(number)
            size = server.signed(first)
            answer = server.witnessed(size)
            sizes.append(answer.witnessed_size)
            note = until(lambda: (lambda note: note if note.count("\n— ") == 2 else None)(server.published()), "the cosigned checkpoint")
            checked = subprocess.run([python, "-c", CHECK, note, known.checkpoint.verifier_key, witness.key], capture_output=True, text=True)
            assert checked.returncode == 0, checked.stderr
            assert answer.witnessed.note.count("\n— ") == 2 and answer.witnessed.size == answer.witnessed_size
        assert sizes == sorted(set(sizes)) and sizes[-1] >= first + 308
        # With a cosignature that nobody made, theirs refuses it.
        forged = note[:-10] + ("A" if note[-10] != "A" else "B") + note[-9:]
        assert subprocess.run([python, "-c", CHECK, forged, known.checkpoint.verifier_key, witness.key], capture_output=True).returncode != 0
        (only,) = server.log().witnesses
        assert (only.name, only.fault, only.cosigned_size) == (NAME, "", sizes[-1])
        config = server.config
    assert witness.status()["size"] >= sizes[-1] and witness.status()["evidence"] == 0

    folder, policy = tmp_path / "export", tmp_path / "policy.txt"
    coffret = os.environ["COFFRET_BIN"]
    done = subprocess.run(
        [coffret, "export", "ledger", "--config", config, "--to", folder, "--reason", "Audit"], capture_output=True, text=True
    )
    assert done.returncode == 0 and "witnesses" not in done.stderr, done.stderr
    policy.write_text(f"witness outside {witness.key}\nquorum outside\n")
    verify = [coffret, "verify", "--json", "--key", known.checkpoint.verifier_key, "--witness-policy", policy, folder]
    report = subprocess.run(verify, capture_output=True, text=True)
    assert report.returncode == 0, report.stdout
    assert {check["check"]: check["outcome"] for check in json.loads(report.stdout)["checks"]}["witnesses"] == "pass"


@pytest.mark.parametrize("kind", ["rolled back", "forked"])
def test_a_witness_of_others_refuses_a_second_history_and_the_server_that_has_it_says_so_and_stops(stubs, witness, tmp_path, kind):
    data, second = tmp_path / "data", tmp_path / "second"
    with served(stubs, data, witness) as server:
        known = server.checkpoint().checkpoint
        witness.trust(known.origin, known.verifier_key)
        server.grow(3)
        server.witnessed(server.signed())
    shutil.copytree(data, second)
    with served(stubs, data, witness) as server:
        server.grow(20)
        size = server.signed()
        server.witnessed(size)
    assert witness.status()["size"] >= size
    if kind == "forked":
        # The second history goes on unseen, past the first.
        with served(stubs, second) as server:
            assert server.checkpoint().checkpoint.verifier_key == known.verifier_key
            server.grow(60)
            server.signed(witness.status()["size"])
    before = witness.status()
    reason = {"rolled back": "LOG_ROLLED_BACK", "forked": "LOG_FORKED"}[kind]
    with served(stubs, second, witness) as server:
        until(lambda: server.log().stopped == reason, reason)
        log = server.log()
        assert [(one.name, one.fault) for one in log.witnesses] == [(NAME, "WITNESS_DISAGREES")]
        assert log.witnessed_size < before["size"]
        assert list(server.checkpoint().disagreeing_witnesses) == [NAME]
        # What is written waits, and is not signed.
        signed = log.signed_size
        server.grow(2)
        time.sleep(1)
        log = server.log()
        assert (log.signed_size, log.stopped) == (signed, reason) and log.waiting + log.size > signed
    theirs = [path.read_text() for path in (second / "log/evidence").glob("*.checkpoint")]
    assert len(theirs) == 1 and theirs[0].startswith(known.origin)
    after = witness.status()
    assert (after["size"], after["root"]) == (before["size"], before["root"])
    if kind == "forked":
        assert after["evidence"] > 0, "the witness keeps what it was shown"
    # The first history goes on, and the witness with it.
    with served(stubs, data, witness) as server:
        server.grow(1)
        server.witnessed(server.signed(before["size"]))
        assert list(server.checkpoint().disagreeing_witnesses) == []
