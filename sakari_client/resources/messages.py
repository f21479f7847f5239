"""`/messages`: texts, sent and received."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sakari_client.errors import InvalidInputError
from sakari_client.http.bodies import as_json
from sakari_client.http.envelope import whole
from sakari_client.http.retry import Repeat
from sakari_client.http.transport import Operation
from sakari_client.resources.base import Record, Resource
from sakari_client.resources.recipients import (
    is_text,
    read_filters,
    read_media,
    read_recipients,
)
from sakari_client.resources.sent import Recipient, SendResult, read_result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

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

        Args:
            message_id: the message's id.

        Returns:
            The message.

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
        before_try: Callable[[], None] = lambda: None,
    ) -> SendResult:
        """`POST /v1/accounts/{accountId}/messages`: send a text. It costs money.

        It is never sent a second time where the first may have arrived: the API has no key to
        know a repeated send by.

        Nobody may be named twice, by id or by number however it is written. That a number and an
        id, or a conversation, are of one contact cannot be known, nor whom filters find: one
        person named in two such ways gets two texts.

        Args:
            template: the text; Sakari fills in `{{firstName}}` and the like.
            contacts: numbers in international form (`+15551234567`), or contacts as the API has
                them: `{id}`, or `{mobile: {number, country}, firstName …}`.
            conversations: ids of conversations to answer in.
            filters: everybody who has one of `{tags: […]}`, or fits `attributes`; neither may be
                an empty list.
            type: MMS if there are media, else SMS.
            media: addresses of pictures and the like; `files.share` makes one of a file.
            conversation_strategy: as Sakari has it; its values are not documented.
            phone_number_group: id of the group of numbers to send from.
            dry_run: check all of it, and send nothing; each recipient is `planned`.
            before_try: called just before each try, however long Sakari makes it wait for its turn;
                it must make no request itself. What it raises ends the call, and nothing was sent.

        Returns:
            What became of each recipient. Accepted is not delivered: read the message again.

        Raises:
            InvalidInputError: there is no text, or nobody to send it to, or somebody twice, or
                something is not of the kind that it must be. Nothing was sent.
            AmbiguousError: nobody knows whether it was sent; the message says what to look up.
            RequestRefusedError: Sakari refused it as a whole. Nothing was sent.
            SakariError: the request failed for good. Nothing was sent.
        """
        if not is_text(template):
            raise InvalidInputError("template", "is empty, or not text: there is nothing to send.")
        if type not in (None, "SMS", "MMS"):
            raise InvalidInputError("type", "must be SMS or MMS.")
        for name, value in {
            "conversation_strategy": conversation_strategy,
            "phone_number_group": phone_number_group,
        }.items():
            if value is not None and not is_text(value):
                raise InvalidInputError(name, "must be text that is not empty.")
        asked = read_recipients(contacts, conversations)
        chosen, links = read_filters(filters), read_media(media)
        if not asked and not chosen:
            raise InvalidInputError("contacts, conversations, filters", "name nobody to send to.")
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
        answer = self._transport.call(_SEND, body=body, read=whole, before_try=before_try)
        return read_result(asked, answer, filtered=bool(chosen))
