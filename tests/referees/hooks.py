"""What Schemathesis cannot take from the contract: credentials, the rules of `x-rules`, and the payor.

The rules are written here once more, apart from the crate. They are held both ways: a valid body that breaks one must be
refused, and only such a body may be. Of those about requests `email-part-lengths` is missing, as Schemathesis takes it for a part
of the format `email`.
"""

import atexit
import base64
import calendar
import collections
import itertools
import json
import os

import requests
import schemathesis
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import RejectedPositiveData, UndefinedStatusCode

BASE = os.environ["FLINKS_PAY_BASE_URL"]
CLIENT = os.environ["FLINKS_PAY_CLIENT_ID"]
SECRET = os.environ["FLINKS_PAY_CLIENT_SECRET"]
# Only where the simulator takes nothing else.
API_KEY = os.environ.get("FLINKS_PAY_API_KEY")
BASIC = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
AUTHORIZE, CREATE, CANCEL, CONFIRM = "authorize", "createSession", "cancelSession", "confirmGuarantee"

aside = requests.Session()


def operation_of(case):
    return case.operation.definition.raw["operationId"]


def is_valid(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


# --- credentials -------------------------------------------------------------------------------------------------------------


def new_token():
    answer = aside.post(f"{BASE}/api/v1/authorize", {"grant_type": "client_credentials"}, headers={"Authorization": BASIC})
    answer.raise_for_status()
    return answer.json()["access_token"]


@schemathesis.auth(refresh_interval=None).skip_for(operation_id=AUTHORIZE)
class OfACall:
    """A bearer token, or an API key with its client."""

    shared = None

    def get(self, case, context):
        if API_KEY:
            return {"x-api-key": API_KEY, "x-client-id": CLIENT}
        # A token that has created a session creates no other.
        if operation_of(case) == CREATE:
            return {"Authorization": f"Bearer {new_token()}"}
        OfACall.shared = OfACall.shared or new_token()
        return {"Authorization": f"Bearer {OfACall.shared}"}

    def set(self, case, credentials, context):
        case.headers.update(credentials)


@schemathesis.auth(refresh_interval=None).apply_to(operation_id=AUTHORIZE)
class OfTheClient:
    """HTTP Basic where the form has no credentials, as they stand in one place only."""

    def get(self, case, context):
        return BASIC

    def set(self, case, basic, context):
        form = case.body if isinstance(case.body, dict) else {}
        if "Username" not in form and "Password" not in form:
            case.headers["Authorization"] = basic


@schemathesis.hook
def map_body(context, body):
    """Half of the forms with credentials have the right ones: nobody would guess them."""
    if context.operation.definition.raw["operationId"] == AUTHORIZE and isinstance(body, dict):
        if {"Username", "Password"} <= body.keys() and len(str(body["Username"])) % 2:
            return {**body, "Username": CLIENT, "Password": SECRET}
    return body


# --- the rules of `x-rules` --------------------------------------------------------------------------------------------------


def at(body, *names):
    for name in names:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def day_exists(text):
    year, month, day = map(int, text.split("-"))
    # The century is not sent, and a leap day exists if it does in one that people live in.
    return any(day <= calendar.monthrange(century + year, month)[1] for century in (1900, 2000))


def runs_code(url):
    return url.split(":", 1)[0].lower() in ("javascript", "data", "vbscript")


def broken_rules(operation, body):
    """The rules that a body breaks which the schema accepts."""
    if operation == AUTHORIZE:
        if ("Username" in body) != ("Password" in body):
            yield "credentials-paired"
    if operation != CREATE:
        return
    low, high = at(body, "options", "limits", "minimumAmount"), at(body, "options", "limits", "maximumAmount")
    amount = at(body, "amount")
    if low is not None and high is not None and low > high:
        yield "limits-ordered"
    if amount is not None and (low is not None and amount < low or high is not None and amount > high):
        yield "amount-within-limits"
    redirect = at(body, "options", "redirectPreferences") or {}
    urls = [redirect.get("urlSuccess"), redirect.get("urlExit")]
    if redirect.get("mode") == "RedirectUri" and None in urls:
        yield "redirect-urls"
    if any(url and runs_code(url) for url in urls):
        yield "redirect-url-scheme"
    if at(body, "payor", "birthDate") and not day_exists(at(body, "payor", "birthDate")):
        yield "birth-date-exists"


# --- the payor and the sessions ----------------------------------------------------------------------------------------------

GUARANTEED = {
    "type": "EFT",
    "direction": "DEBIT",
    "amount": 120.5,
    "options": {"guarantee": {"enable": True}},
    "payor": {"firstName": "Robin", "lastName": "Tester"},
}

# Sessions that have ended, and the calls whose guarantee waited for them.
ended = set()
awaited = set()
# How often each was seen. All are wanted: .ci/referees.py reads them.
seen = collections.Counter(
    {
        "rule credentials-paired": 0,
        "rule limits-ordered": 0,
        "rule amount-within-limits": 0,
        "rule redirect-urls": 0,
        "rule redirect-url-scheme": 0,
        "rule birth-date-exists": 0,
        "sessions cancelled": 0,
        "guarantees decided about": 0,
        "exception another_type": 0,
        "exception broken_rule": 0,
        "exception ended_already": 0,
        "exception nothing_awaited": 0,
    }
)
confirmations = itertools.count()


def session_of(case):
    return case.path_parameters.get("sessionId")


def comes_to_the_guarantee(session):
    """Whether the payor of a session can be brought to where its guarantee waits for a decision. It ends without one."""
    while True:
        step = aside.post(f"{BASE}/_sandbox/sessions/{session}/step")
        if step.status_code == 409 and step.json()["error"] == "decision_pending":
            return True
        if step.status_code != 200 or step.json()["over"]:
            ended.add(session)
            return False


@schemathesis.hook
def before_call(context, case, kwargs):
    """A guarantee waits where one is to be confirmed: that of the session given, or every other time of one more."""
    if operation_of(case) != CONFIRM or not is_valid(case):
        return
    if case.meta.phase.name != TestPhase.STATEFUL and next(confirmations) % 2:
        order = {"request": GUARANTEED, "until": {"step": "GuaranteeOffer"}}
        answer = aside.post(f"{BASE}/_sandbox/sessions", json=order)
        answer.raise_for_status()
        case.path_parameters["sessionId"] = answer.json()["sessionId"]
    if comes_to_the_guarantee(session_of(case)):
        awaited.add(case.id)


@schemathesis.check
def rules_are_kept(ctx, response, case):
    """A valid request is refused where it breaks a rule, and a session ends once."""
    operation, status = operation_of(case), response.status_code
    if not is_valid(case):
        return
    rules = sorted(broken_rules(operation, case.body)) if isinstance(case.body, dict) else []
    seen.update(f"rule {rule}" for rule in rules)
    # Credentials that are not whole may also be said to be wrong ones.
    if rules and status not in ((400, 401) if operation == AUTHORIZE else (400,)):
        raise AssertionError(f"{status} for what breaks {', '.join(rules)}")
    if operation in (CANCEL, CONFIRM) and status == 200:
        if session_of(case) in ended:
            raise AssertionError("a session that has ended was ended or decided about")
        if operation == CANCEL or not case.body["guaranteeAccepted"]:
            ended.add(session_of(case))
        seen["sessions cancelled" if operation == CANCEL else "guarantees decided about"] += 1


# --- failures that are none --------------------------------------------------------------------------------------------------


def another_type(failure, case, response):
    """A body of another type is refused with 415 (RFC 9110, section 15.5.16), for which no source of the contract has a status."""
    return isinstance(failure, UndefinedStatusCode) and response.status_code == 415 and not is_valid(case)


def broken_rule(failure, case, response):
    """A rule of `x-rules` is broken, which a schema cannot say."""
    refused = isinstance(failure, RejectedPositiveData) and response.status_code == 400
    return refused and isinstance(case.body, dict) and any(broken_rules(operation_of(case), case.body))


def ended_already(failure, case, response):
    """The rule `cancel-open-only`: the session has ended before."""
    refused = isinstance(failure, RejectedPositiveData) and response.status_code == 400
    return refused and operation_of(case) == CANCEL and session_of(case) in ended


def nothing_awaited(failure, case, response):
    """The rule `guarantee-pending-only`: there is none, or it has been decided about."""
    refused = isinstance(failure, RejectedPositiveData) and response.status_code == 400
    return refused and operation_of(case) == CONFIRM and case.id not in awaited


EXCEPTIONS = [another_type, broken_rule, ended_already, nothing_awaited]


@schemathesis.hook
def filter_failure(context, failure, case, response):
    for exception in EXCEPTIONS:
        if exception(failure, case, response):
            seen[f"exception {exception.__name__}"] += 1
            return False
    return True


@atexit.register
def tell():
    with open(os.environ["REFEREES_SEEN"], "w", encoding="utf-8") as file:
        json.dump(seen, file)
