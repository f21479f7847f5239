from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import requests

    from tests.emulator.conftest import Api

ADA, BOB = "+12125550188", "+12125550187"
HEADER = "country,firstName,lastName,email,mobile,tags,jobTitle"
ADAS_LAST = "Example, Countess"
APPENDED: list[Any] = ["Augusta", ADAS_LAST, ["vip", "press", "new"], {"jobTitle": "Writer"}]
ADAS_ROW = f'US,Ada,"Example, Countess",ada@example.com,{ADA},vip|press,Writer'


def _upload(api: Api, text: str | bytes, **query: Any) -> requests.Response:
    body = text if isinstance(text, bytes) else text.encode()
    headers = {"Content-Type": "text/csv; charset=utf-8"}
    return api.call("POST", "contacts", data=body, headers=headers, params=query)


def _done(api: Api, *rows: str, **query: Any) -> dict[str, Any]:
    response = _upload(api, "\r\n".join([HEADER, *rows]), **query)
    assert response.status_code == 201
    data: dict[str, Any] = response.json()["data"]
    return data


def _counts(data: dict[str, Any]) -> list[int]:
    return [data[name] for name in ("submitted", "inserted", "updated", "success")]


def test_rows_become_contacts(api: Api) -> None:
    data = _done(api, ADAS_ROW, f"GB,,,,{BOB},,")
    ada, bob = data["contacts"]
    assert (ada["firstName"], ada["lastName"], ada["email"]) == (
        "Ada",
        ADAS_LAST,
        "ada@example.com",
    )
    assert [tag["tag"] for tag in ada["tags"]] == ["vip", "press"]
    assert ada["attributes"] == {"jobTitle": "Writer"}
    assert (ada["mobile"]["number"], ada["mobile"]["country"]) == (ADA, "US")
    assert (bob["firstName"], bob["tags"], bob["attributes"]) == (None, [], {})
    assert (_counts(data), data["errors"]) == ([2, 2, 0, 2], [])
    assert api.rows("contacts", limit=2) == [bob, ada]


def test_a_number_without_its_country_code_is_read_by_the_country_column(api: Api) -> None:
    data = _done(api, "GB,,,,020 7946 0123,,")
    assert data["contacts"][0]["mobile"]["number"] == "+442079460123"


def test_impossible_numbers_do_not_stop_the_others(api: Api) -> None:
    data = _done(api, "US,Eve,,,12,vip,Spy", ADAS_ROW, "US,Dan,,,,,")
    assert _counts(data) == [3, 1, 0, 1]
    eve, dan = data["errors"]
    assert eve == {
        "firstName": "Eve",
        "mobile": {"number": "12", "country": "US"},
        "tags": [{"tag": "vip", "visible": True}],
        "attributes": {"jobTitle": "Spy"},
        "error": {"code": "CONT-001", "description": "Invalid mobile number"},
    }
    assert (dan["firstName"], dan["error"]["code"]) == ("Dan", "CONT-001")
    assert len(api.server.ids("contacts")) == 131


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (None, APPENDED),
        ("append", APPENDED),
        ("core", ["Augusta", ADAS_LAST, ["vip", "press"], {"jobTitle": "Writer"}]),
        ("remove", ["Augusta", None, ["new"], {}]),
    ],
)
def test_the_merge_strategy_is_that_of_a_single_contact(
    api: Api, strategy: str | None, expected: list[Any]
) -> None:
    first = _done(api, ADAS_ROW)["contacts"][0]
    query = {"mergeStrategy": strategy} if strategy else {}
    data = _done(api, f"US,Augusta,,,{ADA},new,", **query)
    merged = data["contacts"][0]
    assert _counts(data) == [1, 0, 1, 1]
    assert merged["id"] == first["id"]
    tags = [tag["tag"] for tag in merged["tags"]]
    assert [merged["firstName"], merged["lastName"], tags, merged["attributes"]] == expected


def test_an_unknown_merge_strategy_is_refused(api: Api) -> None:
    assert _upload(api, f"mobile\n{ADA}\n", mergeStrategy="all").status_code == 400


def test_a_number_that_comes_twice_is_one_contact(api: Api) -> None:
    data = _done(api, ADAS_ROW, f"US,Augusta,,,{ADA},,")
    assert _counts(data) == [2, 1, 1, 2]
    assert len({contact["id"] for contact in data["contacts"]}) == 1
    assert api.rows("contacts", limit=1)[0]["firstName"] == "Augusta"


def test_a_number_that_is_known_can_be_an_error(api: Api) -> None:
    api.server.switch(duplicate="error")
    data = _done(api, ADAS_ROW, ADAS_ROW)
    assert _counts(data) == [2, 1, 0, 1]
    assert data["errors"][0]["error"]["code"] == "EMU-DUPLICATE"


def test_a_byte_order_mark_and_blank_lines_do_not_matter(api: Api) -> None:
    data = _upload(api, f"\ufeffmobile\n\n{ADA}\n\n").json()["data"]
    assert _counts(data) == [1, 1, 0, 1]


def test_a_header_alone_is_an_upload_of_nothing(api: Api) -> None:
    assert _counts(_done(api)) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"country,Mobile\nUS,{ADA}\n",
        f'mobile,firstName\n{ADA},Ada\n{BOB},"Bob\n',
        f'mobile,firstName\n{ADA},"Ada"da\n',
        f"mobile,firstName\n{ADA},Ada\n{BOB},Bob,Example\n",
        f"mobile,firstName\n{ADA},Zo\u00eb\n".encode("latin-1"),
    ],
    ids=["empty", "no mobile", "open quote", "text after quote", "a cell too many", "latin-1"],
)
def test_what_is_no_file_of_contacts_is_refused_whole(api: Api, text: str | bytes) -> None:
    response = _upload(api, text)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "EMU-BAD-REQUEST")
    assert len(api.server.ids("contacts")) == 130


def test_csv_can_be_rejected(api: Api) -> None:
    api.server.switch(csv="reject")
    assert _upload(api, f"mobile\n{ADA}\n").status_code == 415
    assert len(api.server.ids("contacts")) == 130
    api.server.switch(csv="accept")
    assert _upload(api, f"mobile\n{ADA}\n").status_code == 201


def test_csv_lists_can_be_left_empty(api: Api) -> None:
    api.server.switch(csv_lists="counts")
    data = _done(api, ADAS_ROW, "US,,,,12,,")
    assert (data["contacts"], data["errors"], _counts(data)) == ([], [], [2, 1, 0, 1])


def test_a_bad_row_can_fail_the_whole_upload(api: Api) -> None:
    api.server.switch(csv_bad_row="fails_all")
    response = _upload(api, f"mobile\n{ADA}\n12\n")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "CONT-001")
    assert len(api.server.ids("contacts")) == 130
    assert _upload(api, f"mobile\n{ADA}\n{BOB}\n").status_code == 201


def test_csv_max_rows(api: Api) -> None:
    api.server.switch(csv_max_rows=2)
    response = _upload(api, f"mobile\n{ADA}\n{BOB}\n+12125550186\n")
    assert (response.status_code, response.json()["error"]["code"]) == (413, "EMU-TOO-LARGE")
    assert len(api.server.ids("contacts")) == 130
    assert _upload(api, f"mobile\n{ADA}\n{BOB}\n").status_code == 201


def test_create_status_is_also_that_of_an_upload(api: Api) -> None:
    api.server.switch(create_status=200)
    assert _upload(api, f"mobile\n{ADA}\n").status_code == 200
