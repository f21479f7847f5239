"""`/messages`: texts, sent and received."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from sakari_client import phone
from sakari_client.errors import InvalidInputError
from sakari_client.http.bodies import as_json
from sakari_client.http.envelope import whole
from sakari_client.http.retry import Repeat
from sakari_client.http.transport import Operation
from sakari_client.resources.base import Record, Resource
from sakari_client.resources.sent import Recipient, SendResult, names_asked, read_result

if TYPE_CHECKING:
    from collections.abc import Iterable

_GET = Operation("GET", "/messages/{messageId}")
_SEND = Operation(
    "POST",
    "/messages",
    Repeat.HARMFUL,
    look_up="the recipients' latest messages (messages.list by contactId or conversationId)",
)


class Messages(Resource):
    """The account's messages, sent and received."""

    name = "messages"
    filters = ("contactId", "conversationId")

    def get(self, message_id: str) -> Record:
        """`GET /v1/accounts/{accountId}/messages/{messageId}`: one message, with its status now.

        Raises:
            NotFoundError: there is no such message.
            SakariError: the request failed for good.
        """
        return self._get(_GET, messageId=message_id)

    def send(  # noqa: PLR0913 - as many as the API has
        self,
        template: str,
        *,
        contacts: Iterable[str | Mapping[str, Any]] = (),
        conversations: Iterable[str] = (),
        filters: Mapping[str, Any] | None = None,
        type: Literal["SMS", "MMS"] | None = None,  # noqa: A002 - the API's name
        media: Iterable[str] = (),
        conversation_strategy: str | None = None,
        phone_number_group: str | None = None,
        dry_run: bool = False,
    ) -> SendResult:
        """`POST /v1/accounts/{accountId}/messages`: send a text. It costs money.

        It is never sent a second time where the first may have arrived: the API has no key to
        know a repeated send by.

        Args:
            template: the text; Sakari fills in `{{firstName}}` and the like.
            contacts: numbers in international form (`+15551234567`), or contacts as the API has
                them: `{id}`, or `{mobile: {number, country}, firstName …}`.
            conversations: ids of conversations to answer in.
            filters: everybody who has one of `{tags: […]}`, or fits `attributes`.
            type: MMS if there are media, else SMS.
            media: addresses of pictures and the like; `files.share` makes one of a file.
            conversation_strategy: as Sakari has it; its values are not documented.
            phone_number_group: id of the group of numbers to send from.
            dry_run: check all of it, and send nothing; each recipient is `planned`.

        Returns:
            What became of each recipient. Accepted is not delivered: read the message again.

        Raises:
            InvalidInputError: there is no text, or nobody to send it to. Nothing was sent.
            AmbiguousError: nobody knows whether it was sent; the message says what to look up.
            RequestRefusedError: Sakari refused it as a whole. Nothing was sent.
            SakariError: the request failed for good. Nothing was sent.
        """
        if not template.strip():
            raise InvalidInputError("template", "is empty: there is no text to send.")
        lists = {"contacts": contacts, "conversations": conversations, "media": media}
        for name, given in lists.items():
            if isinstance(given, str | Mapping):
                raise InvalidInputError(name, "must be a list, also of one.")
        asked: list[Record] = [
            *({"conversation": one} for one in conversations),
            *({"contact": _contact(one)} for one in contacts),
        ]
        chosen = {name: value for name, value in (filters or {}).items() if value}
        if not asked and not chosen:
            raise InvalidInputError("contacts, conversations, filters", "name nobody to send to.")
        names = [name for one in asked for name in names_asked(one)]
        if len(set(names)) < len(names):
            raise InvalidInputError("contacts, conversations", "name somebody twice.")
        links = [{"url": url} for url in media]
        request = {
            "conversations": [one["conversation"] for one in asked if "conversation" in one],
            "contacts": [one["contact"] for one in asked if "contact" in one],
            "filters": chosen,
            "template": template,
            "type": type or ("MMS" if links else "SMS"),
            "media": links,
            "conversationStrategy": conversation_strategy,
            "phoneNumberFilter": phone_number_group and {"group": {"id": phone_number_group}},
        }
        body = as_json({name: value for name, value in request.items() if value}, str(_SEND))
        if dry_run:
            return SendResult(tuple(Recipient(one, "planned") for one in asked))
        return read_result(asked, self._transport.call(_SEND, body=body, read=whole))


def _contact(asked: str | Mapping[str, Any]) -> Record:
    """A contact as the API has it. Of one who is only a number, the number tells the country."""
    if not isinstance(asked, str):
        if asked.get("id") is None and phone.number_of(asked) is None:
            raise InvalidInputError("contacts", "hold one with neither id nor mobile.number.")
        return dict(asked)
    number = phone.e164(asked)
    if number is None:
        raise InvalidInputError(
            "contacts", "hold a number that cannot be one; give it as +15551234567."
        )
    country = phone.country_of(number)
    return {"mobile": {"number": number, **({"country": country} if country else {})}}
