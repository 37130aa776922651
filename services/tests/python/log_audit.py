"""An auditor who trusts nothing of ours: an export, checked with packages that others wrote and with Python's own library.

`metamorphic-log` (Rust behind a C interface) verifies notes, checkpoints and proofs; `pymerkle` builds the tree anew from the entries.
"""

import base64
import csv
import hashlib
import hmac
import json
import pathlib

import metamorphic_log
import pymerkle


class Bad(Exception):
    """Something in the export is not as it should be."""


def demand(holds, what):
    if not holds:
        raise Bad(what)


def tile_name(number):
    """The path of a tile's number: groups of three digits, all but the last behind an x."""
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def places(size, level):
    """Number, width and path of the tiles of a level in a tree."""
    count = size >> (8 * level)
    for number in range((count + 255) // 256):
        width = min(256, count - 256 * number)
        yield number, width, tile_name(number) + ("" if width == 256 else f".p/{width}")


def read_entries(folder, size):
    """The entries out of their bundles."""
    entries = []
    for _, width, path in places(size, 0):
        data = (folder / "tile/entries" / path).read_bytes()
        found = []
        while data:
            length = int.from_bytes(data[:2], "big")
            demand(len(data) >= 2 + length, "a bundle is cut off")
            found.append(data[2 : 2 + length])
            data = data[2 + length :]
        demand(len(found) == width, "a bundle is not as wide as its name says")
        entries += found
    return entries


def read_hashes(text):
    return [base64.b64decode(line, validate=True) for line in text.splitlines()]


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def check_tiles(folder, size, tree):
    """Every tile against the hashes of the level below."""
    hashes = [tree.get_leaf(index + 1) for index in range(size)]
    level = 0
    while size >> (8 * level):
        for number, width, path in places(size, level):
            found = (folder / "tile" / str(level) / path).read_bytes()
            demand(found == b"".join(hashes[256 * number : 256 * number + width]), f"tile/{level}/{path}")
        row = hashes[: len(hashes) // 256 * 256]
        for _ in range(8):
            row = [node(row[place], row[place + 1]) for place in range(0, len(row), 2)]
        hashes, level = row, level + 1


def check_proof(path, note, key, head, tree, entries):
    """A .tlog-proof: by metamorphic-log, and against the proof that pymerkle makes."""
    name, index, rest = path.read_text().split("\n", 2)
    demand(name == "c2sp.org/tlog-proof@v1" and index == f"index {path.stem}", "a proof of something else")
    hashes, with_note = rest.split("\n\n", 1) if not rest.startswith("\n") else ("", rest[1:])
    demand(with_note == note, "a proof with another checkpoint")
    index, hashes = int(path.stem), read_hashes(hashes)
    leaf = hashlib.sha256(b"\0" + entries[index]).digest()
    metamorphic_log.checkpoint_verify_inclusion(with_note, [key], index, leaf, hashes)
    theirs = tree.prove_inclusion(index + 1, head.size)
    demand(theirs.path == [leaf, *hashes], "pymerkle makes another proof")
    theirs.path = [leaf, *hashes]
    pymerkle.verify_inclusion(leaf, head.root, theirs, index=index + 1, size=head.size)


def check_consistency(old, proof, new, key, tree):
    """That the log has only grown: our proof by metamorphic-log, and both roots by pymerkle, whose own proofs are of another form."""
    before, after = metamorphic_log.checkpoint_verify(old, [key]), metamorphic_log.checkpoint_verify(new, [key])
    metamorphic_log.checkpoint_verify_consistency(old, new, [key], read_hashes(proof))
    theirs = tree.prove_consistency(before.size, after.size)
    pymerkle.verify_consistency(before.root, after.root, theirs, prior_size=before.size, later_size=after.size)


def check_manifest(folder, key):
    """The signature of the manifest, and the files that it lists."""
    signature, manifest = (folder / "manifest.sig").read_text(), (folder / "manifest.json").read_bytes()
    metamorphic_log.verify_signed_note(signature, [key])
    origin = key.split("+")[0]
    signed = f"coffret-export/1\n{origin}\n{hashlib.sha256(manifest).hexdigest()}\n"
    demand(signature.split("\n\n")[0] + "\n" == signed, "the signature is of another manifest")
    listed = {file["path"]: file for file in json.loads(manifest)["files"]}
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    demand(found - {"manifest.json", "manifest.sig"} == set(listed), "other files than those listed")
    for name, file in listed.items():
        data = (folder / name).read_bytes()
        demand((len(data), hashlib.sha256(data).hexdigest()) == (file["bytes"], file["sha256"]), name)


def check_events(folder, entries):
    """Openings against commitments; each line of the events and each row of the table against its entry."""
    opened = {}
    for line in (folder / "openings.jsonl").read_text().splitlines():
        opening = json.loads(line)
        leaf = json.loads(entries[opening["index"]])
        made = hmac.new(bytes.fromhex(opening["key"]), opening["details"].encode(), hashlib.sha256).hexdigest()
        demand(made == leaf["commit"], f"opening {opening['index']}")
        opened[opening["index"]] = opening["details"]
    events = (folder / "events.jsonl").read_text().splitlines()
    with open(folder / "events.csv", newline="") as table:
        rows = list(csv.DictReader(table, strict=True))
    demand(len(events) == len(rows) == len(entries), "other numbers of lines")
    for index, (line, row, entry) in enumerate(zip(events, rows, entries, strict=True)):
        event, leaf = json.loads(line), json.loads(entry)
        demand(event["leafindex"] == row["index"] == str(index), f"event {index}: index")
        demand(base64.b64decode(event["leaf"], validate=True) == entry, f"event {index}: leaf")
        demand(event["id"] == row["id"] == leaf["id"] and row["commitment"] == leaf["commit"], f"event {index}: id")
        demand(event["specversion"] == "1.0" and event["source"], f"event {index}: not a CloudEvent")
        if index not in opened:
            demand(event["type"] == "coffret.ledger.sealed" and row["type"] == "sealed" and "data" not in event, f"event {index}")
            continue
        details = json.loads(opened[index])
        demand(json.dumps(event["data"], ensure_ascii=False, separators=(",", ":"), sort_keys=True) == opened[index], f"event {index}: data")
        demand(event["type"] == "coffret.ledger." + details["type"] and event["time"] == details["time"], f"event {index}: type, time")
        demand(event["subject"] == f"{details['stream']}/{details['sequence']}", f"event {index}: subject")
        for cell in ["type", "time", "stream", "sequence", "result", "brand", "grant", "purpose", "request", "advisor", "reason"]:
            # What a spreadsheet would run stands behind an apostrophe.
            demand(row[cell].removeprefix("'") == str(details.get(cell, "")), f"row {index}: {cell}")
        for cell in ["attributes", "records"]:
            demand(row[cell] == " ".join(details.get(cell, [])), f"row {index}: {cell}")
        who = details["who"]
        demand((row["role"], row["name"]) == (who["role"], who.get("name", "")), f"row {index}: who")


def check_policy(folder, key):
    """The keys of the policy are whole: each id is that of its key."""
    lines = [line.split(" ") for line in (folder / "witness-policy.txt").read_text().splitlines()]
    demand([line[1] for line in lines if line[0] == "log"] == [key], "the policy is for another log")
    names = []
    for line in lines:
        if line[0] == "witness":
            name, id, encoded = line[2].split("+", 2)
            demand(hashlib.sha256(name.encode() + b"\n" + base64.b64decode(encoded, validate=True)).hexdigest()[:8] == id, "a witness's key")
            names.append(line[1])
    demand(lines[-2:] == [["group", "witnesses", "2", *names], ["quorum", "witnesses"]], "the policy has no such quorum")


def audit(folder, key, manifest=True):
    """Checks an export; raises at the first fault. Without the manifest, what the others find alone."""
    folder = pathlib.Path(folder)
    if manifest:
        check_manifest(folder, key)
    demand((folder / "log-key.txt").read_text() == key + "\n", "the folder claims another key")
    note = (folder / "checkpoint").read_text()
    head = metamorphic_log.checkpoint_verify(note, [key])
    check_policy(folder, key)
    entries = read_entries(folder, head.size)
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    tree.append_entries(entries)
    demand(tree.get_root(head.size) == head.root, "the entries do not lead to the root")
    check_tiles(folder, head.size, tree)
    for path in sorted((folder / "proofs").iterdir()):
        check_proof(path, note, key, head, tree, entries)
    check_events(folder, entries)
    return note, head, tree
