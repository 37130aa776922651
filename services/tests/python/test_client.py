"""A client of another toolchain, made from the contract, against the built program."""

import json

import grpc
import pytest
import trustme

from stories import approve, ask, check, new_id, read, reason

NEEDED = [("body.height", "VIEW_RAW"), ("identity.preferred_name", "VIEW_MASKED")]


@pytest.fixture
def granted(stubs, demo, terms):
    """Has one of the dozen grant Casa Ferrante an access."""

    def make(number, **more):
        name, email = demo.client(number)
        brand = demo.brand("ferrante")
        request = ask(stubs, brand, email, terms(NEEDED, **more))
        grant = approve(stubs, demo.customer(name).consent, name, request).grant
        return brand, name, f"{demo.told['brands']['ferrante']['name']}/grants/{grant.name.rsplit('/', 1)[1]}"

    return make


def test_a_brand_reads_raw_and_masked_what_a_customer_granted(stubs, demo, terms):
    name, email = demo.client(0)
    brand = demo.brand("ferrante")
    request = ask(stubs, brand, email, terms(NEEDED))
    assert request.state == stubs.access.ACCESS_REQUEST_STATE_PENDING
    assert not brand.access.ListAccessGrants(stubs.access.ListAccessGrantsRequest(live_only=True)).grants

    customer = demo.customer(name)
    waiting = customer.consent.ListRequests(stubs.consent.ListRequestsRequest(parent="customers/me", state="REQUEST_STATE_PENDING"))
    assert [one.brand_title for one in waiting.requests] == ["Casa Ferrante"]
    decided = approve(stubs, customer.consent, name, request)
    assert decided.request.state == stubs.consent.REQUEST_STATE_APPROVED

    seen = brand.access.GetAccessRequest(stubs.access.GetAccessRequestRequest(name=request.name)).request
    assert seen.state == stubs.access.ACCESS_REQUEST_STATE_APPROVED
    answer = read(stubs, brand, seen.grant)
    values = {record.attribute: json.loads(record.value_json) for record in answer.records}
    own = {
        record.attribute: json.loads(record.value_json)
        for record in customer.record.ListRecords(stubs.record.ListRecordsRequest(parent="customers/me", page_size=1000)).records
    }
    assert values["body.height"] == own["body.height"]
    assert values["identity.preferred_name"] != own["identity.preferred_name"]
    assert own["identity.preferred_name"]["address_as"] not in answer.SerializeToString().decode("utf-8", "ignore")

    less = read(stubs, brand, seen.grant, [("body.height", "VIEW_MASKED")])
    assert str(own["body.height"]["value"]) not in json.loads(less.records[0].value_json).values()
    with pytest.raises(grpc.RpcError) as refused:
        read(stubs, brand, seen.grant, [("identity.preferred_name", "VIEW_RAW")])
    assert reason(refused.value) == "VIEW_NOT_GRANTED"
    with pytest.raises(grpc.RpcError) as refused:
        read(stubs, brand, seen.grant, [("body.weight", "VIEW_RAW")])
    assert reason(refused.value) == "ATTRIBUTE_NOT_GRANTED"


def test_an_unknown_customer_looks_like_one_who_declined(stubs, demo, terms):
    name, email = demo.client(1)
    brand = demo.brand("ferrante")
    asked = terms(NEEDED)
    declined = ask(stubs, brand, email, asked)
    demo.customer(name).consent.DeclineRequest(
        stubs.consent.DeclineRequestRequest(name=f"{name}/requests/{declined.name.rsplit('/', 1)[1]}", request_id=new_id())
    )
    unknown = ask(stubs, brand, "nobody@example.net", asked)

    def shape(request):
        request = brand.access.GetAccessRequest(stubs.access.GetAccessRequestRequest(name=request.name)).request
        begun = request.create_time.seconds
        return (
            request.state,
            request.terms.SerializeToString(deterministic=True),
            request.close_time.seconds - begun,
            request.ask_again_time.seconds - begun,
            request.HasField("counter_terms"),
            request.grant,
            len(request.handle),
        )

    def refusal(call):
        with pytest.raises(grpc.RpcError) as refused:
            call()
        error = refused.value
        status = dict(error.trailing_metadata()).get("grpc-status-details-bin")
        return error.code(), error.details(), reason(error), status

    assert shape(declined) == shape(unknown)

    def look(request):
        return stubs.access.ReadRecordsRequest(
            subject=f"subjects/{request.handle}", purpose=demo.purpose("ferrante", "made_to_measure"), reason="A try", request_id=new_id()
        )

    reads = [refusal(lambda request=request: brand.access.ReadRecords(look(request))) for request in (declined, unknown)]
    assert reads[0] == reads[1] and reads[0][2] == "NO_ACCESS"
    again = [refusal(lambda email=email: ask(stubs, brand, email, asked)) for email in (email, "nobody@example.net")]
    assert again[0][:3] == again[1][:3] and again[0][2] == "ASKED_LATELY"


def test_a_stop_holds_from_the_moment_it_returns(stubs, demo, granted):
    brand, name, grant = granted(2)
    customer = demo.customer(name)
    assert read(stubs, brand, grant).records
    customer.consent.RevokeGrant(stubs.consent.RevokeGrantRequest(name=f"{name}/grants/{grant.rsplit('/', 1)[1]}", request_id=new_id()))
    with pytest.raises(grpc.RpcError) as refused:
        read(stubs, brand, grant)
    assert (refused.value.code(), reason(refused.value)) == (grpc.StatusCode.FAILED_PRECONDITION, "GRANT_REVOKED")


def test_a_repeated_request_id_is_one_read_and_one_row(stubs, demo, granted):
    brand, _, grant = granted(3, uses=2)
    before = check(stubs, demo.operator)
    again = new_id()
    first = read(stubs, brand, grant, request_id=again)
    second = read(stubs, brand, grant, request_id=again)
    assert (first.sequence, first.commitment) == (second.sequence, second.commitment)
    assert sorted(record.value_json for record in first.records) == sorted(record.value_json for record in second.records)
    assert second.uses_left == 1
    read(stubs, brand, grant)
    with pytest.raises(grpc.RpcError) as refused:
        read(stubs, brand, grant)
    assert reason(refused.value) == "GRANT_EXHAUSTED"
    after = check(stubs, demo.operator)
    assert (after.reads_answered - before.reads_answered, after.reads_refused - before.reads_refused) == (2, 1)


def test_a_certificate_that_no_brand_has_opens_nothing(stubs, demo):
    call = stubs.access.ListAccessGrantsRequest()
    for line in (demo.line(pair=demo.told["stranger"]), demo.line()):
        with pytest.raises(grpc.RpcError) as refused:
            line.access.ListAccessGrants(call, timeout=10)
        assert (refused.value.code(), reason(refused.value)) == (grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED")


def test_a_certificate_of_another_authority_gets_no_connection(stubs, demo, tmp_path):
    other = trustme.CA().issue_cert("alba.client.example")
    pair = {"certificate": tmp_path / "other.pem", "key": tmp_path / "other.key"}
    pair["certificate"].write_bytes(other.cert_chain_pems[0].bytes())
    pair["key"].write_bytes(other.private_key_pem.bytes())
    with pytest.raises(grpc.RpcError) as refused:
        demo.line(pair=pair).access.ListAccessGrants(stubs.access.ListAccessGrantsRequest(), timeout=10)
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE


def test_nobody_calls_in_anothers_role(stubs, demo):
    name, _ = demo.client(4)
    brand = demo.brand("alba")
    with pytest.raises(grpc.RpcError) as refused:
        brand.record.ListRecords(stubs.record.ListRecordsRequest(parent=name))
    assert refused.value.code() == grpc.StatusCode.PERMISSION_DENIED
    with pytest.raises(grpc.RpcError) as refused:
        demo.operator.record.ListRecords(stubs.record.ListRecordsRequest(parent=name))
    assert refused.value.code() == grpc.StatusCode.PERMISSION_DENIED
    other, _ = demo.client(5)
    with pytest.raises(grpc.RpcError) as refused:
        demo.customer(other).record.ListRecords(stubs.record.ListRecordsRequest(parent=name))
    assert refused.value.code() == grpc.StatusCode.NOT_FOUND


def test_a_second_start_finds_what_the_first_left(stubs, tmp_path):
    from conftest import Demo

    demo = Demo(stubs, tmp_path / "again").start()
    told, before = demo.told, check(stubs, demo.operator)
    demo.stop()
    demo.start()
    assert demo.told["clients"] == told["clients"] and demo.told["brands"] == told["brands"]
    assert check(stubs, demo.operator).entries >= before.entries
    demo.stop()
