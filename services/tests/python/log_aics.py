"""The same export, checked with `aics-tlog`, which needs Python 3.12: run as a program, with the export, the key and the witness policy.

Says `good`, or what is wrong, and ends with 1.
"""

import base64
import pathlib
import sys

import aics_tlog


def audit(folder, key):
    folder = pathlib.Path(folder)
    note = aics_tlog.parse_note((folder / "checkpoint").read_bytes())
    lines = [line.split(" ") for line in (folder / "witness-policy.txt").read_text().splitlines()]
    witnesses = tuple(aics_tlog.parse_vkey(line[2]) for line in lines if line[0] == "witness")
    quorum = next(int(line[2]) for line in lines if line[0] == "group")
    policy = aics_tlog.WitnessPolicy(quorum=quorum, witnesses=witnesses)
    found = aics_tlog.verify_checkpoint(note, aics_tlog.parse_vkey(key), policy=policy)
    if not found.ok:
        raise ValueError(found.error or "the checkpoint is not good")
    head = aics_tlog.parse_checkpoint(note.text)
    size, root = head.size, head.root
    reader = aics_tlog.FileSystemTileReader(folder)
    report = aics_tlog.audit_tiles(reader, size, root)
    proofs = 0
    for path in sorted((folder / "proofs").iterdir()):
        _, index, rest = path.read_text().split("\n", 2)
        hashes = [base64.b64decode(line) for line in rest.split("\n\n")[0].splitlines()]
        index = int(index.removeprefix("index "))
        entry = aics_tlog.read_entry(reader, index, size)
        if not aics_tlog.verify_leaf_inclusion(entry, index, size, hashes, root):
            raise ValueError(f"{path.name} proves nothing")
        if hashes != aics_tlog.inclusion_proof_from_tiles(reader, index, size):
            raise ValueError(f"{path.name} is another proof than the tiles give")
        proofs += 1
    growths = 0
    beside = folder.with_name(folder.name + ".checkpoints")
    for path in sorted(beside.glob("*.checkpoint")):
        old = aics_tlog.parse_note(path.read_bytes())
        if not aics_tlog.verify_checkpoint(old, aics_tlog.parse_vkey(key)).ok:
            raise ValueError(f"{path.name} is not signed")
        old = aics_tlog.parse_checkpoint(old.text)
        hashes = [base64.b64decode(line) for line in path.with_suffix(".proof").read_text().splitlines()]
        if not aics_tlog.verify_consistency(old.size, size, old.root, root, hashes):
            raise ValueError(f"{path.name}: the log has not only grown")
        growths += 1
    return f"{report.tiles} tiles, {report.bundles} bundles, {proofs} inclusion proofs, {growths} consistency proofs"


if __name__ == "__main__":
    try:
        print("good:", audit(sys.argv[1], sys.argv[2]))
    except Exception as error:  # whatever it is: the verifier did not accept
        sys.exit(f"{type(error).__name__}: {error}")
