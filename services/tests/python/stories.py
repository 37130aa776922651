"""What the tests do again and again."""

import uuid

from google.rpc import error_details_pb2
from grpc_status import rpc_status


def new_id():
    """A request id."""
    return str(uuid.uuid4())


def reason(error):
    """The stable reason in `grpc-status-details-bin`."""
    for detail in rpc_status.from_call(error).details:
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            return info.reason
    return None


def ask(stubs, brand, email, terms):
    """A brand asks a person by e-mail address."""
    request = stubs.access.RequestAccessRequest(terms=terms, request_id=new_id())
    request.identifier.kind = stubs.identity.IDENTIFIER_KIND_EMAIL
    request.identifier.value = email
    return brand.access.RequestAccess(request).request


def approve(stubs, consent, customer, request, **call):
    """The customer reads the notice and says yes, as asked."""
    name = f"{customer}/requests/{request.name.rsplit('/', 1)[1]}"
    notice = consent.GetRequest(stubs.consent.GetRequestRequest(name=name, language="en"), **call).request.notice
    answer = stubs.consent.ApproveRequestRequest(name=name, notice_sha256=notice.sha256, notice_language="en", request_id=new_id())
    return consent.ApproveRequest(answer, **call)


def read(stubs, brand, grant, items=(), request_id=None, **more):
    """A brand reads under a grant."""
    request = stubs.access.ReadRecordsRequest(grant=grant, reason="To cut the piece.", request_id=request_id or new_id(), **more)
    for attribute, view in items:
        request.items.add(attribute=attribute, view=view)
    return brand.access.ReadRecords(request)


def check(stubs, operator):
    """The whole ledger, checked page by page; the last page has the totals."""
    request = stubs.ledger.CheckLedgerRequest()
    while True:
        found = operator.ledger.CheckLedger(request, timeout=60)
        assert list(found.faults) == []
        print(f"{found.streams} of {found.all_streams} streams checked, {found.entries} entries", flush=True)
        if not found.next_page_token:
            return found
        request.page_token = found.next_page_token
