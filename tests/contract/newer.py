"""What the document of version 1.0.1 does not have and Sakari's newer documentation does.

From the pages of developer.sakari.io, api-reference: accounts, calls, forms, links; in brief, as
far as the emulator answers. One thing is added: `offset` and `limit` of calls and links, which show
a `pagination` object all the same.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_ACCOUNT = "/v1/accounts/{accountId}"
_TEXT: Json = {"type": "string"}
_NUMBER: Json = {"type": "number"}
_FLAG: Json = {"type": "boolean"}
_TIME: Json = {"type": "string", "format": "date-time"}


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


def _array(items: Json) -> Json:
    return {"type": "array", "items": items}


def _known(schema: str) -> Json:
    return {"$ref": f"#/components/schemas/{schema}"}


_DATED = {"created": _known("Updated"), "updated": _known("Updated")}
_CALL = _object(
    id=_TEXT,
    direction=_TEXT,
    status=_TEXT,
    contact=_known("ContactIdentifiers"),
    phoneNumber=_object(id=_TEXT, number=_TEXT, country=_TEXT),
    **_DATED,
)
_LINK = _object(
    id=_TEXT,
    keyId=_TEXT,
    name=_TEXT,
    domain=_object(id=_TEXT, name=_TEXT),
    destinationUrl=_TEXT,
    shortenedUrl=_TEXT,
    contactTracking=_FLAG,
    sourceTracking=_FLAG,
    stats=_object(totalClicks=_NUMBER, uniqueClicks=_NUMBER, ctr=_NUMBER),
    **_DATED,
)
_FORM = _object(
    id=_TEXT, name=_TEXT, impressions=_NUMBER, conversions=_NUMBER, active=_TIME, **_DATED
)
_BALANCE = _object(balance=_NUMBER, country=_TEXT, segmentPrice=_NUMBER, segments=_NUMBER)
_PLACE = _object(
    line1=_TEXT,
    line2=_TEXT,
    city=_TEXT,
    state=_TEXT,
    postalCode=_TEXT,
    country=_object(code=_TEXT, flag=_TEXT, dialing=_TEXT, name=_TEXT, aliass=_array(_TEXT)),
)
_WHOLE_ACCOUNT = _object(
    id=_TEXT,
    apiCredentials=_object(id=_TEXT, secret=_TEXT),
    name=_TEXT,
    externalName=_TEXT,
    legalName=_TEXT,
    plan=_object(
        id=_TEXT,
        name=_TEXT,
        price=_NUMBER,
        credit=_NUMBER,
        billingFrequency=_TEXT,
        pricing=_object(),
    ),
    balance=_NUMBER,
    defaults=_object(country=_object(code=_TEXT, name=_TEXT)),
    subscription=_object(activeUntil=_TEXT),
    nextBillingDate=_TEXT,
    trialExpiry=_TIME,
    info=_object(website=_TEXT, phone=_TEXT, email=_TEXT, address=_PLACE),
    billing=_object(name=_TEXT, email=_TEXT, address=_PLACE, tax=_object()),
    options=_object(
        autotopup=_object(amount=_NUMBER, below=_NUMBER, lastTopup=_TIME),
        customDomain=_object(id=_TEXT, domain=_TEXT, renewAt=_TEXT, created=_known("Updated")),
    ),
    integrations=_object(),
    partner=_object(submitted=_TIME, approved=_TIME, rejected=_TIME, contact=_TEXT),
)


def add(document: Json) -> None:
    """Put the newer paths into the document, in place."""
    one_page = document["components"]["schemas"]["PaginatedResponse"]
    paths = document["paths"]
    for name, schema, filters in (
        ("calls", _CALL, ()),
        ("links", _LINK, ("q",)),
        ("forms", _FORM, ("q", "orderBy")),
    ):
        page = {"allOf": [one_page, _object(data=_array(schema))]}
        paths[f"{_ACCOUNT}/{name}"] = _get(page, "offset", "limit", filters=filters)
        paths[f"{_ACCOUNT}/{name}/{{id}}"] = _get(_object(success=_FLAG, data=schema))
    paths[f"{_ACCOUNT}/balance"] = _get(_object(success=_FLAG, data=_BALANCE))
    paths[_ACCOUNT] = _get(_object(success=_FLAG, data=_WHOLE_ACCOUNT))


def _get(answer: Json, *shared: str, filters: tuple[str, ...] = ()) -> Json:
    """A GET with parameters that the document has, and filters that it has not."""
    parameters = [{"$ref": f"#/components/parameters/{name}"} for name in ("accountId", *shared)]
    named = [{"name": name, "in": "query", "schema": _TEXT} for name in filters]
    responses = {"200": answer, "4XX": _known("ErrorResponse"), "5XX": _known("ErrorResponse")}
    return {
        "get": {
            "parameters": [*parameters, *named],
            "responses": {
                status: {"content": {"application/json": {"schema": schema}}}
                for status, schema in responses.items()
            },
        }
    }
