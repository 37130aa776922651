"""An export of the log, checked with what others wrote: `metamorphic-log`, `pymerkle`, `aics-tlog` and Python's own library."""

import os
import pathlib
import subprocess
import sys

import pytest

ENTRIES = 3_000
PROOFS = 100
AICS = pathlib.Path(__file__).with_name("log_aics.py")

# Each kind of file, one of it, and which of its bytes is flipped: one that says something.
KINDS = {
    "checkpoint": ("checkpoint", b"\n3000\n", 1),
    "key": ("log-key.txt", b"+", 3),
    "policy": ("witness-policy.txt", b"witness w1 ", 14),
    "bundle": ("tile/entries/007", b"commit", 12),
    "partial bundle": ("tile/entries/011.p/184", b"commit", 12),
    "tile": ("tile/0/007", b"", 99),
    "partial tile": ("tile/0/011.p/184", b"", 99),
    "tile of level 1": ("tile/1/000.p/11", b"", 99),
    "events": ("events.jsonl", b"\"leaf\":\"", 40),
    "table": ("events.csv", b"customer.created", 3),
    "openings": ("openings.jsonl", b"\"key\":\"", 10),
    "proof": ("proofs/300.tlog-proof", b"index 300\n", 14),
}
# Nothing but the manifest speaks of these.
LISTED = {"columns": ("events.parquet", b"PAR1", 40), "readme": ("README.md", b"", 5), "manifest": ("manifest.json", b"\"size\":", 8), "signature": ("manifest.sig", b"\n\n", 60)}
# What a verifier of tiles and checkpoints sees.
OF_THE_TREE = ["checkpoint", "policy", "bundle", "partial bundle", "tile", "partial tile", "tile of level 1", "proof"]


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """An invented log's export, its key, and ten older checkpoints."""
    maker = os.environ.get("COFFRET_MAKE_EXPORT")
    if not maker:
        print("skipped: COFFRET_MAKE_EXPORT names no program that makes an export")
        pytest.skip("COFFRET_MAKE_EXPORT names no program that makes an export")
    folder = tmp_path_factory.mktemp("log") / "export"
    said = subprocess.run([maker, folder, str(ENTRIES), str(PROOFS)], capture_output=True, text=True, check=True).stdout
    return folder, said.split("the key is ")[1].strip()


@pytest.fixture(scope="session")
def theirs():
    """Our audit with the packages of others; where one has no build for this machine, a skip that says so."""
    for package in ["metamorphic_log", "pymerkle"]:
        pytest.importorskip(package, reason=f"{package} does not run here", exc_type=(ImportError, OSError))
    import log_audit

    return log_audit


@pytest.fixture(scope="session")
def aics(sample):
    """Runs the audit of aics-tlog; a skip where there is no Python 3.12 for it."""
    python = os.environ.get("COFFRET_AICS_PYTHON")
    if not python:
        pytest.skip("aics-tlog needs Python 3.12 or newer, which is not here")

    def run():
        folder, key = sample
        return subprocess.run([python, AICS, folder, key], capture_output=True, text=True)

    return run


class Flipped:
    """A file with one bit changed, until the end of the block."""

    def __init__(self, folder, where):
        name, mark, behind = where
        self.path = folder / name
        self.bytes = self.path.read_bytes()
        self.at = self.bytes.index(mark) + behind

    def __enter__(self):
        changed = bytearray(self.bytes)
        changed[self.at] ^= 1
        self.path.write_bytes(changed)

    def __exit__(self, *_):
        self.path.write_bytes(self.bytes)


def older(folder):
    """Older checkpoints, each with its consistency proof."""
    for path in sorted(folder.with_name("export.checkpoints").glob("*.checkpoint")):
        yield path.read_text(), path.with_suffix(".proof").read_text()


def test_others_accept_the_export_a_hundred_inclusion_proofs_and_ten_consistency_proofs(sample, theirs):
    folder, key = sample
    note, head, tree = theirs.audit(folder, key)
    assert head.size == ENTRIES
    assert len(list((folder / "proofs").iterdir())) == PROOFS
    grown = 0
    for old, proof in older(folder):
        theirs.check_consistency(old, proof, note, key, tree)
        grown += 1
    assert grown == 10


@pytest.mark.parametrize("kind", KINDS)
def test_others_reject_a_flipped_bit_in_each_kind_of_file(sample, theirs, kind):
    folder, key = sample
    with Flipped(folder, KINDS[kind]):
        with pytest.raises(Exception):
            theirs.audit(folder, key, manifest=False)
    theirs.audit(folder, key, manifest=False)


@pytest.mark.parametrize("kind", [*KINDS, *LISTED])
def test_the_manifest_alone_shows_every_flipped_bit(sample, theirs, kind):
    folder, key = sample
    with Flipped(folder, (KINDS | LISTED)[kind]):
        with pytest.raises(Exception):
            theirs.check_manifest(folder, key)


def test_others_reject_a_flipped_bit_in_a_consistency_proof_and_in_an_older_checkpoint(sample, theirs):
    folder, key = sample
    note, _, tree = theirs.audit(folder, key)
    for old, proof in older(folder):
        other = proof[:5] + ("A" if proof[5] != "A" else "B") + proof[6:]
        with pytest.raises(Exception):
            theirs.check_consistency(old, other, note, key, tree)
        number = old.split("\n")[1]
        with pytest.raises(Exception):
            theirs.check_consistency(old.replace(number, str(int(number) ^ 1), 1), proof, note, key, tree)


def test_others_reject_another_key(sample, theirs):
    folder, key = sample
    name, id, encoded = key.split("+", 2)
    with pytest.raises(Exception):
        theirs.audit(folder, f"{name}+{id}+{encoded[:5]}{'A' if encoded[5] != 'A' else 'B'}{encoded[6:]}")


def test_pyarrow_reads_in_columns_what_the_table_says(sample):
    import csv
    import datetime

    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    folder, _ = sample
    table = parquet.read_table(folder / "events.parquet")
    with open(folder / "events.csv", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    assert table.column_names == list(rows[0])
    assert table.num_rows == len(rows) == ENTRIES
    assert table.schema.field("time").type == pyarrow.timestamp("us", tz="UTC")
    assert table.schema.field("index").type == table.schema.field("sequence").type == pyarrow.int64()
    assert table.schema.field("attributes").type == pyarrow.list_(pyarrow.field("element", pyarrow.string(), nullable=False))
    sealed = 0
    for row, found in zip(rows, table.to_pylist(), strict=True):
        sealed += row["type"] == "sealed"
        for name, value in found.items():
            if isinstance(value, datetime.datetime):
                assert value == datetime.datetime.fromisoformat(row[name])
                continue
            text = " ".join(value) if isinstance(value, list) else "" if value is None else str(value)
            # What a spreadsheet would run stands behind an apostrophe, in the table alone.
            assert row[name].removeprefix("'") == text, name
    assert sealed > 0


def test_aics_accepts_the_export(aics):
    done = aics()
    assert done.stdout == "good: 13 tiles, 12 bundles, 100 inclusion proofs, 10 consistency proofs\n", done.stderr


@pytest.mark.parametrize("kind", OF_THE_TREE)
def test_aics_rejects_a_flipped_bit_in_each_kind_of_file(sample, aics, kind):
    with Flipped(sample[0], KINDS[kind]):
        assert aics().returncode == 1
    assert aics().returncode == 0


@pytest.mark.parametrize("kind", [*KINDS, *LISTED])
def test_our_own_verifier_rejects_the_same(sample, kind):
    folder, key = sample
    command = [os.environ["COFFRET_BIN"], "verify", "--key", key, folder]
    with Flipped(folder, (KINDS | LISTED)[kind]):
        assert subprocess.run(command, capture_output=True).returncode == 1
    assert subprocess.run(command, capture_output=True).returncode == 0
