"""What is sent: a text, and what goes along with it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sakari_client.errors import InvalidInputError, NotFoundError, RequestRefusedError
from target_sakari.failure import is_run_wide
from target_sakari.guards.files import local_file
from target_sakari.guards.plain import plain
from target_sakari.ledger.key import content_of
from target_sakari.others.known_names import KnownNames
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from pathlib import Path

    from sakari_client.client import SakariClient
    from sakari_client.resources.base import Record
    from target_sakari.mapping.inputs import SendInput
    from target_sakari.send_settings import SendSettings


@dataclass(frozen=True)
class Content:
    """What a text is, before Sakari fills in `{{firstName}}` and the like.

    Sends of equal content may go into one request.

    Attributes:
        text: as it is sent.
        type: SMS or MMS.
        media: addresses, and paths of local files.
        group: id of the group of numbers to send from.
        strategy: as Sakari has it.
        hash: by `key.content_of`, of the text as the record or the template has it.
    """

    text: str = field(repr=False)
    type: Literal["SMS", "MMS"]
    media: tuple[str, ...] = field(repr=False)
    group: str | None
    strategy: str | None
    hash: str


class Contents:
    """Finds out what records want to send. Templates are asked for once in a run."""

    def __init__(self, client: SakariClient, settings: SendSettings) -> None:
        self._client = client
        self._settings = settings
        self._templates: dict[str, Record | None] = {}
        self._names: KnownNames | None = None

    def of(self, wanted: SendInput) -> Content:
        """What a record wants to send.

        Raises:
            RejectedError: there is no such template, or several; it has no text; or a file is not
                one that may be sent.
            SakariError: templates cannot be asked for.
        """
        template = {} if wanted.text is not None else self._template(wanted)
        text = wanted.text if wanted.text is not None else template.get("template")
        if not isinstance(text, str) or not text.strip():
            raise RejectedError(Reason.NO_TEXT, "The template has no text.")
        media = wanted.media or _addresses(template.get("media"))
        for one in media:
            if not _is_address(one):
                local_file(one, self._settings.media_folder, self._settings.max_media_mb)
        kind = _type(wanted.type or template.get("type"), media)
        return Content(
            plain(text) if self._settings.plain_characters else text,
            kind,
            media,
            wanted.phone_number_group,
            wanted.conversation_strategy,
            content_of(text, kind, media),
        )

    def _template(self, wanted: SendInput) -> Record:
        if wanted.template_id is not None:
            if wanted.template_id not in self._templates:
                self._templates[wanted.template_id] = self._ask(wanted.template_id)
            found = self._templates[wanted.template_id]
            if found is None:
                raise RejectedError(Reason.NOT_FOUND, "Sakari has no template of this id.")
            return found
        if self._names is None:
            templates = self._client.templates
            self._names = KnownNames(templates.list(), templates.identify)
        fitting = self._names.of_name(wanted.template_name)
        if len(fitting) > 1:
            ids = ", ".join(sorted(str(one.get("id")) for one in fitting))
            raise RejectedError(
                Reason.AMBIGUOUS_MATCH,
                f"{len(fitting)} templates have this name: {ids}. Give the id of one.",
            )
        if not fitting:
            raise RejectedError(Reason.NOT_FOUND, "Sakari has no template of this name.")
        return fitting[0]

    def _ask(self, template_id: str) -> Record | None:
        try:
            return self._client.templates.get(template_id)
        except (NotFoundError, RequestRefusedError, InvalidInputError) as error:
            if is_run_wide(error):
                raise
            return None


class Shared:
    """Local files, each shared with Sakari once in a run. For any number of threads."""

    def __init__(self, client: SakariClient, settings: SendSettings) -> None:
        self._client = client
        self._settings = settings
        self._links: dict[Path, str] = {}
        self._lock = threading.Lock()

    def addresses(self, content: Content) -> list[str]:
        """The media of a text as addresses.

        Raises:
            RejectedError: a file has gone meanwhile, or has become too large.
            SakariError: it cannot be shared.
        """
        return [one if _is_address(one) else self._share(one) for one in content.media]

    def _share(self, name: str) -> str:
        file = local_file(name, self._settings.media_folder, self._settings.max_media_mb)
        with self._lock:
            if file not in self._links:
                self._links[file] = self._client.files.share(file, as_form=True).link
            return self._links[file]


def _is_address(medium: str) -> bool:
    return medium.lower().startswith(("http://", "https://"))


def _type(named: Any, media: tuple[str, ...]) -> Literal["SMS", "MMS"]:
    match str(named or "").upper():
        case "SMS":
            return "SMS"
        case "MMS":
            return "MMS"
    return "MMS" if media else "SMS"


def _addresses(media: Any) -> tuple[str, ...]:
    """The addresses of a template's media."""
    urls = (
        [one.get("url") for one in media if isinstance(one, dict)]
        if isinstance(media, list)
        else []
    )
    return tuple(url for url in urls if isinstance(url, str) and _is_address(url))
