"""Receipts and consent records, checked by tools that are not ours: JWS by cryptography, JSON Schema by jsonschema, SHACL by pySHACL."""

import base64
import copy
import hashlib
import hmac
import json

import jsonschema
import pyshacl
import pytest
import rdflib
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from conftest import ROOT
from stories import approve, ask, new_id

STANDARDS = ROOT / "proto/standards"
ITEMS = [("body.height", "VIEW_RAW"), ("identity.preferred_name", "VIEW_MASKED")]


def decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def jcs(value):
    """RFC 8785, for what has only integers, and names whose order in UTF-16 is that in Unicode."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@pytest.fixture(scope="module")
def agreed(stubs, demo):
    """One of the dozen says yes, pauses, stops, and says no to another; their line, the grant, and the receipts."""
    name, email = demo.client(4)
    brand, customer = demo.brand("ferrante"), demo.customer(name)

    from google.protobuf import timestamp_pb2

    end = timestamp_pb2.Timestamp()
    end.GetCurrentTime()
    end.seconds += 90 * 86_400
    terms = stubs.consent.Terms(
        purpose=demo.purpose("ferrante", "made_to_measure"),
        mode="MODE_STORE",
        fetch="FETCH_PERIODIC",
        uses=12,
        expire_time=end,
        onward=["Atelier Rossi"],
        predictions=True,
        automated_contact="AUTOMATED_CONTACT_DRAFTS",
        reward="A first fitting.",
    )
    terms.frequency.count = 3
    terms.frequency.period = stubs.consent.PERIOD_DAY
    terms.data_range.last_months = 24
    terms.data_life.FromSeconds(30 * 86_400)
    for attribute, view in ITEMS:
        terms.items.add(attribute=attribute, view=view, needed=True, reason="To cut the piece.")
    decided = approve(stubs, customer.consent, name, ask(stubs, brand, email, terms))
    grant = decided.grant.name
    paused = customer.consent.PauseGrant(stubs.consent.PauseGrantRequest(name=grant, request_id=new_id()))
    stopped = customer.consent.RevokeGrant(stubs.consent.RevokeGrantRequest(name=grant, request_id=new_id()))
    return customer, grant, [decided.receipt, paused.receipt, stopped.receipt]


def record(stubs, customer, name, form):
    answer = customer.consent.ExportConsentRecord(stubs.consent.ExportConsentRecordRequest(name=name, form=form))
    assert answer.losses
    return json.loads(answer.record_json)


@pytest.fixture
def records(stubs, agreed):
    """The grant and each decision as consent records of ISO/IEC TS 27560."""
    customer, grant, receipts = agreed
    names = [grant] + [receipt.name for receipt in receipts]
    return [record(stubs, customer, name, "CONSENT_RECORD_FORM_ISO_27560") for name in names]


def test_a_receipt_verifies_and_opens_its_leaf(stubs, demo, agreed):
    _, _, receipts = agreed
    keys = json.loads(demo.people.consent.ListReceiptKeys(stubs.consent.ListReceiptKeysRequest()).jwks_json)["keys"]
    for receipt, decision in zip(receipts, ["approve", "pause", "revoke"], strict=True):
        head, body, signature = receipt.jws.split(".")
        header, payload = json.loads(decode(head)), json.loads(decode(body))
        key = next(key for key in keys if key["kid"] == header["kid"])
        thumbprint = hashlib.sha256(jcs({name: key[name] for name in ("crv", "kty", "x")})).digest()
        assert decode(key["kid"]) == thumbprint
        assert (header["alg"], header["typ"]) == ("EdDSA", "consent-receipt+jwt")
        public = Ed25519PublicKey.from_public_bytes(decode(key["x"]))
        public.verify(decode(signature), f"{head}.{body}".encode())
        with pytest.raises(InvalidSignature):
            public.verify(decode(signature), f"{head}.{body}x".encode())
        assert decode(body) == jcs(payload)
        assert payload["consent"]["decision"] == decision
        entry = payload["entry"]
        commitment = hmac.new(bytes.fromhex(entry["key"]), jcs(entry["details"]), hashlib.sha256).hexdigest()
        assert commitment == entry["commitment"] == receipt.commitment
        if "terms_sha256" in entry["details"]:
            assert hashlib.sha256(jcs(payload["consent"]["terms"])).hexdigest() == entry["details"]["terms_sha256"]


def test_records_are_valid_by_our_json_schema(records):
    schema = json.loads((STANDARDS / "iso27560.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for record in records:
        validator.validate(record)
    broken = copy.deepcopy(records[0])
    broken["dpv:hasConsentStatus"] = []
    assert not validator.is_valid(broken)


def graph(record):
    return rdflib.Graph().parse(data=json.dumps(record), format="json-ld")


def conforms(record):
    shapes = rdflib.Graph().parse(STANDARDS / "iso27560.shacl.ttl")
    return pyshacl.validate(graph(record), shacl_graph=shapes, meta_shacl=True)


def test_records_conform_to_our_shapes(records):
    for record in records:
        conforming, _, text = conforms(record)
        assert conforming, text


def values(node):
    """How many values the properties below a node have: each must become a triple."""
    if not isinstance(node, dict):
        return 0
    count = 0
    for name, inner in node.items():
        if name == "@context" or name == "@id":
            continue
        for one in inner:
            count += 1 + (0 if name == "@type" else values(one))
    return count


def test_no_property_is_lost_on_the_way_to_a_graph(records):
    for record in records:
        # A statement that is made twice, such as the type of the controller, is one triple.
        assert len(graph(record)) > 0.8 * values(record)
        terms = {term for triple in graph(record) for term in triple if isinstance(term, rdflib.URIRef)}
        known = ("https://w3id.org/dpv", "http://purl.org/dc/terms/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "urn:uuid:")
        assert all(term.startswith(known) for term in terms), terms


@pytest.mark.parametrize(
    "path,value",
    [
        (("dpv:hasConsentStatus",), []),
        (("dpv:hasConsentStatus", 0, "@type"), ["dpv:ConsentTerminated"]),
        (("dpv:hasConsentStatus", 0, "dpv:isIndicatedAtTime"), ["yesterday"]),
        (("dpv:hasConsentStatus", 0, "dpv:isIndicatedBy"), []),
        (("dpv:hasDataController",), []),
        (("dpv:hasDataController", 0, "dpv:hasCountry"), [{"@id": "loc:France"}]),
        (("dpv:hasIdentifier",), ["another"]),
        (("dpv:hasProcess", 0, "dpv:hasPersonalData"), []),
        (("dpv:hasProcess", 0, "dpv:hasPersonalData", 0, "dpv:hasNecessity"), [{"@id": "dpv:Perhaps"}]),
        (("dpv:hasProcess", 0, "dpv:hasProcessing"), [{"@id": "dpv:Sell"}]),
        (("dpv:hasProcess", 0, "dpv:hasDuration"), [{"@type": ["dpv:EndlessDuration"]}]),
        (("dpv:hasProcess", 0, "dpv:hasStorageCondition", 0, "dpv:hasDuration"), ["for ever"]),
        (("dpv:hasNotice", 0, "dct:identifier"), ["a notice"]),
    ],
)
def test_our_shapes_refuse_what_is_not_such_a_record(records, path, value):
    broken = copy.deepcopy(records[0])
    *steps, last = path
    node = broken
    for step in steps:
        node = node[step]
    assert node[last] != value
    node[last] = value
    conforming, _, _ = conforms(broken)
    assert not conforming
