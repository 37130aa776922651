"""Real customers: an import of fit feedback, a thousand grants, their reads, and a log that holds exactly these."""

import concurrent.futures
import functools
import json
import os
import subprocess
import threading

import grpc
import pytest

from conftest import ROOT, Demo
from stories import approve, check, new_id, read, reason

DATA = ROOT.parent / "shared/data/rtr_fit/rtr_cleandata.parquet"
MAPPING = ROOT / "services/mappings/rtr_fit.toml"
FULL = os.environ.get("COFFRET_TEST_FULL") == "1"
IMPORTED = 3_000
READ = 1_000
# Fewer than an operator and a customer may call at once.
WORKERS = 8

pytestmark = pytest.mark.real_data


@pytest.fixture
def rows(tmp_path, skip):
    """The file to import, and its rows by customer, customers in the order in which they come."""
    if not DATA.is_file():
        skip("the data set of RentTheRunway is not beside the repository")
    import pyarrow.compute
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(DATA)
    chosen = pyarrow.compute.unique(table["user_id"])
    file = DATA
    if not FULL:
        chosen = chosen.slice(0, IMPORTED)
        table = table.filter(pyarrow.compute.is_in(table["user_id"], chosen))
        file = tmp_path / "slice.parquet"
        pyarrow.parquet.write_table(table, file)
    by_customer = {}
    for row in table.select(["user_id", "item_id", "fit", "height_in", "weight_lbs", "review_date"]).to_pylist():
        by_customer.setdefault(row["user_id"], []).append(row)
    return file, by_customer


@pytest.fixture
def imported(stubs, tmp_path, rows):
    """A demo whose Casa Ferrante has brought its customers."""
    file, by_customer = rows
    demo = Demo(stubs, tmp_path / "demo").start()
    demo.stop()
    command = [os.environ["COFFRET_BIN"], "import", "--data", str(demo.folder), "--brand", "Casa Ferrante", "--map", str(MAPPING)]
    done = subprocess.run([*command, "--rejected", str(tmp_path), str(file)], capture_output=True, text=True)
    # 1 says that some lines were rejected, which the whole set has and the slice has not.
    assert done.returncode == 0 or (FULL and done.returncode == 1), done.stderr
    demo.start()
    yield demo, by_customer
    demo.stop()


def external(stubs, demo, number):
    return stubs.identity.Identifier(kind="IDENTIFIER_KIND_EXTERNAL", value=str(number), brand=demo.told["brands"]["ferrante"]["name"])


def customers(stubs, demo):
    """The accounts that were imported, in the order of their making."""
    known, token = {client["name"] for client in demo.told["clients"]}, ""
    while True:
        asked = stubs.identity.ListCustomersRequest(page_size=1000, page_token=token)
        page = patient(functools.partial(demo.operator.identity.ListCustomers, asked))
        yield from (customer.name for customer in page.customers if customer.name not in known)
        token = page.next_page_token
        if not token:
            return


def everybody(work, over):
    """Runs for each, several at once, in order."""
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, over))


def patient(call):
    """Waits when the server says that calls come too often."""
    for _ in range(100):
        try:
            return call()
        except grpc.RpcError as error:
            if reason(error) != "RATE_LIMITED":
                raise
            threading.Event().wait(0.1)
    raise AssertionError("the server never had time")


def grant_all(stubs, demo, brand, wanted, terms):
    """The brand asks all of these; whoever was asked says yes. Gives grant and customer by the brand's own number."""
    asked = {}

    def ask(place_and_number):
        place, number = place_and_number
        # Every fourth is asked for less: measures only as bands.
        view = "VIEW_MASKED" if place % 4 == 0 else "VIEW_RAW"
        items = [("body.height", view), ("body.weight", view), ("purchase.fit", "VIEW_RAW")]
        request = stubs.access.RequestAccessRequest(identifier=external(stubs, demo, number), terms=terms(items), request_id=new_id())
        asked[brand.access.RequestAccess(request).request.name.rsplit("/", 1)[1]] = number

    everybody(ask, enumerate(wanted))
    found = {}

    def decide(customer):
        if len(found) == len(wanted):
            return
        call = patient(lambda: demo.as_customer(customer))
        waiting = demo.people.consent.ListRequests(
            stubs.consent.ListRequestsRequest(parent="customers/me", state="REQUEST_STATE_PENDING"), **call
        )
        for request in waiting.requests:
            grant = approve(stubs, demo.people.consent, customer, request, **call).grant
            number = asked[request.name.rsplit("/", 1)[1]]
            found[number] = (f"{demo.told['brands']['ferrante']['name']}/grants/{grant.name.rsplit('/', 1)[1]}", customer)

    everybody(decide, customers(stubs, demo))
    assert len(found) == len(wanted)
    return found


def test_a_thousand_real_customers_are_read_as_granted_and_logged_exactly(stubs, imported, terms_of):
    demo, by_customer = imported
    brand = demo.brand("ferrante")
    measured = [number for number, own in by_customer.items() if latest(own, "height_in") and latest(own, "weight_lbs")]
    wanted = measured[:READ]
    assert len(wanted) == READ
    before = check(stubs, demo.operator)
    found = grant_all(stubs, demo, brand, wanted, terms_of(demo))

    counted = {"answered": 0, "refused": 0}
    lock = threading.Lock()
    stopped = set(wanted[READ // 2 :: 50])

    def look(place_and_number):
        place, number = place_and_number
        grant, customer = found[number]
        if number in stopped:
            call = patient(lambda: demo.as_customer(customer))
            stop = stubs.consent.RevokeGrantRequest(name=f"{customer}/grants/{grant.rsplit('/', 1)[1]}", request_id=new_id())
            demo.people.consent.RevokeGrant(stop, **call)
            with pytest.raises(grpc.RpcError) as refused:
                read(stubs, brand, grant)
            assert reason(refused.value) == "GRANT_REVOKED"
            with lock:
                counted["refused"] += 1
            return
        once = new_id()
        answer = read(stubs, brand, grant, request_id=once, page_size=1000)
        assert not answer.next_page_token
        with lock:
            counted["answered"] += 1
        compare(answer, by_customer[number], masked=place % 4 == 0)
        if place % 10 == 0:
            # The same call again is the same read.
            assert read(stubs, brand, grant, request_id=once, page_size=1000).sequence == answer.sequence
        if place % 10 == 1:
            with pytest.raises(grpc.RpcError) as refused:
                read(stubs, brand, grant, [("identity.name", "VIEW_RAW")])
            assert reason(refused.value) == "ATTRIBUTE_NOT_GRANTED"
            with lock:
                counted["refused"] += 1

    everybody(look, enumerate(wanted))
    after = check(stubs, demo.operator)
    assert counted["answered"] == READ - len(stopped)
    rows = (after.reads_answered - before.reads_answered, after.reads_refused - before.reads_refused)
    assert rows == (counted["answered"], counted["refused"])


def latest(own, column):
    """What the customer's newest review with this measure says; several where several are of one day."""
    measured = [row for row in own if row[column]]
    newest = max((row["review_date"] for row in measured), default=None)
    return {row[column] for row in measured if row["review_date"] == newest}


def compare(answer, own, masked):
    """What was released is what the file says of this customer, and no more."""
    values = {}
    for record in answer.records:
        values.setdefault(record.attribute, []).append(json.loads(record.value_json))
    assert set(values) == {"body.height", "body.weight", "purchase.fit"}
    measures = values["body.height"] + values["body.weight"]
    assert len(measures) == 2
    if masked:
        assert all("value" not in measure and "band" in measure for measure in measures)
    else:
        assert values["body.height"][0]["value"] in latest(own, "height_in")
        assert values["body.weight"][0]["value"] in latest(own, "weight_lbs")
    fits = sorted((fit["item"]["id"], fit["fit"]) for fit in values["purchase.fit"])
    # The whole set has lines that the import rejects.
    expected = sorted((str(row["item_id"]), row["fit"]) for row in own)
    assert fits == expected or (FULL and set(fits) <= set(expected))
