"""An older database is put back under a killed server: nothing is signed until somebody accepts the loss, and then a new log goes on."""

import os
import shutil
import subprocess

from served import Served, served, until

FILES = ["vault.db", "vault.db-wal", "vault.db-shm"]


def accept(config, reason="The disk was lost"):
    command = [os.environ["COFFRET_BIN"], "ledger", "accept-loss", "--config", config, "--reason", reason]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_loss_is_accepted_by_a_command_and_both_logs_stay_served(stubs, tmp_path):
    data, backup = tmp_path / "data", tmp_path / "backup"
    backup.mkdir()
    server = Served(stubs, data)
    server.grow(5)
    origin = server.checkpoint().checkpoint.origin
    in_backup = server.signed(5)
    server.kill()
    for name in FILES:
        if (data / name).exists():
            shutil.copy(data / name, backup)
    server = Served(stubs, data)
    server.grow(30)
    size = server.signed(in_backup + 29)
    published = server.published()
    running = accept(server.config)
    assert running.returncode == 1 and "Another Coffret process uses this data folder" in running.stderr
    server.kill()
    whole = accept(server.config)
    assert whole.returncode == 1 and "Nothing is lost" in whole.stderr, whole.stderr

    for name in FILES:
        (data / name).unlink(missing_ok=True)
        if (backup / name).exists():
            shutil.copy(backup / name, data)
    with served(stubs, data) as server:
        until(lambda: server.log().stopped == "LOG_ROLLED_BACK", "LOG_ROLLED_BACK")
        server.grow(2)
        assert server.published(origin) == published
        config = server.config
    assert accept(config, "").returncode == 1
    accepted = accept(config)
    assert accepted.returncode == 0, accepted.stderr
    assert f"{origin}-2" in accepted.stdout and f"{origin}, last known at {size} leaves" in accepted.stdout
    assert len(list((data / "log/losses").iterdir())) == 1
    again = accept(config)
    assert again.returncode == 1 and "Nothing is lost" in again.stderr

    with served(stubs, data) as server:
        server.grow(1)
        log = until(lambda: (lambda log: log if log.waiting == 0 and log.published_size == log.size > 3 else None)(server.log()), "the new log")
        assert (log.origin, log.stopped) == (f"{origin}-2", "")
        assert server.checkpoint().checkpoint.origin == f"{origin}-2"
        assert server.published().startswith(f"{origin}-2\n")
        assert server.published(origin) == published, "the old one is served as it was"
        entries = server.ledger.ListDeploymentEntries(stubs.ledger.ListDeploymentEntriesRequest(page_size=10), **server.bearer).entries
        (told,) = [entry for entry in entries if entry.kind == "ledger.loss_accepted"]
        assert "The disk was lost" in told.details_json
        proof = server.ledger.GetInclusionProof(stubs.ledger.GetInclusionProofRequest(name=told.name), **server.bearer).proof
        assert proof.checkpoint.origin == f"{origin}-2"
        check = server.ledger.CheckLedger(stubs.ledger.CheckLedgerRequest(), **server.bearer)
        assert list(check.faults) == []
        config, key = server.config, server.checkpoint().checkpoint.verifier_key

    # An export of either log verifies.
    coffret = os.environ["COFFRET_BIN"]
    for name in ["new", "old"]:
        log = ["--log", origin] if name == "old" else []
        export = [coffret, "export", "ledger", "--config", config, "--to", tmp_path / name, "--reason", "Audit", *log]
        subprocess.run(export, check=True, capture_output=True)
        key = (tmp_path / name / "log-key.txt").read_text()
        (tmp_path / f"{name}.key").write_text(key)
        verify = subprocess.run([coffret, "verify", "--key", tmp_path / f"{name}.key", tmp_path / name], capture_output=True, text=True)
        assert verify.returncode == 0, verify.stdout
