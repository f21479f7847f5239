"""A send as it is planned: to whom, and what; and how a person is shown it beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from sakari_client import phone, segments
from sakari_client.cli import ended
from sakari_client.cli.plain import masked
from sakari_client.errors import SakariError
from sakari_client.plural import many
from sakari_client.resources.recipients import People

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sakari_client.client import SakariClient
    from sakari_client.resources.base import Record

_SHOWN = 3


@dataclass(frozen=True)
class Whom:
    """Who would get a text.

    Attributes:
        shown: each as a number, `contact ID` or `conversation ID`.
        sharing: how many of them, found by a tag, have a number that another one has too.
    """

    shown: tuple[str, ...]
    sharing: int = 0


@dataclass(frozen=True)
class Plan:
    """What was asked for.

    Attributes:
        text: to send.
        numbers: E.164.
        contacts: ids.
        conversations: ids.
        tags: everybody who has one of them.
        media: how many pictures and the like go along.
    """

    text: str
    numbers: tuple[str, ...]
    contacts: tuple[str, ...]
    conversations: tuple[str, ...]
    tags: tuple[str, ...]
    media: int

    def check(self) -> None:
        """Refuse what cannot be sent, before anybody is asked about it.

        Raises:
            UsageError: there is no text, or nobody to send it to, or somebody twice.
        """
        if not self.text.strip():
            raise click.UsageError("the text is empty. Nothing was sent.")
        try:
            self.text.encode()
        except UnicodeEncodeError:
            raise click.UsageError("the text is not UTF-8. Nothing was sent.") from None
        named = (self.numbers, self.contacts, self.conversations)
        if not any((*named, self.tags)):
            raise click.UsageError(
                "nobody to send to: give --to, --contact, --conversation or --tag."
            )
        if any(len(set(one)) < len(one) for one in named):
            raise click.UsageError("a recipient is given twice. Nothing was sent.")

    def recipients(self, sakari: SakariClient) -> Whom:
        """Who would get the text.

        Raises:
            SakariError: it could not be read who has a tag.
            UsageError: somebody who is named has a tag too, and would get two texts.
            Ended: nobody has a tag.
        """
        tagged = {}
        for tag in self.tags:
            tagged.update(self._having(sakari, tag))
        people = People()
        for contact in tagged.values():
            people.add(contact)
        shown = (
            *self.numbers,
            *(f"contact {one}" for one in self.contacts),
            *(f"conversation {one}" for one in self.conversations),
            *(phone.of(contact) or f"contact {one}" for one, contact in tagged.items()),
        )
        return Whom(shown, people.sharing())

    def _having(self, sakari: SakariClient, tag: str) -> dict[str, Record]:
        """All who have a tag, by id."""
        named = People()
        for number in self.numbers:
            named.add({"mobile": {"number": number}})
        for contact_id in self.contacts:
            named.add({"id": contact_id})
        found = {}
        for contact in sakari.contacts.list({"tags": tag}):
            if not _has(contact, tag):
                continue
            contact_id = sakari.contacts.identify(contact)
            if named.know({**contact, "id": contact_id}):
                raise click.UsageError(
                    f"somebody given by --to or --contact has the tag {tag} too, and would get "
                    "the text twice: leave that one out. Nothing was sent."
                )
            found[contact_id] = contact
        if not found:
            raise ended.Ended(ended.Code.REFUSED, f"nobody has the tag {tag}. Nothing was sent.")
        return found


def _has(contact: Record, tag: str) -> bool:
    """Whether a contact has a tag; Sakari's filter also finds those that only hold its name."""
    tags = contact.get("tags")
    if not isinstance(tags, list):
        return True
    return tag in [one.get("tag") if isinstance(one, dict) else one for one in tags]


def tell(sakari: SakariClient, plan: Plan, whom: Whom) -> None:
    """Show on stderr who gets what."""
    ended.say(_who(whom.shown))
    if plan.tags:
        # Others may be given or lose the tag until Sakari looks.
        tags = " or ".join(plan.tags)
        ended.say(f"That is who has the tag {tags} now; Sakari looks again when it sends.")
        if whom.sharing:
            ended.say(
                f"{whom.sharing:,} of them share a phone number with another contact: whoever has "
                "it may get the text more than once."
            )
    ended.say(f"Text: {many(len(plan.text), 'character')}, {_size(plan)}")
    try:
        left = sakari.account.balance()
    except SakariError:
        ended.say("Balance: cannot be read")
    else:
        _tell_balance(left, plan, len(whom.shown))


def _tell_balance(left: Record, plan: Plan, recipients: int) -> None:
    """Say what is left, and so that it is not enough; what media cost is not known."""
    balance, enough = left.get("balance"), left.get("segments")
    if not isinstance(enough, int | float):
        ended.say(f"Balance: {'unknown' if balance is None else balance}")
        return
    ended.say(f"Balance: {balance}, enough for {enough} segment{'' if enough == 1 else 's'}")
    takes = segments.count(plan.text).segments * recipients
    if takes > enough and not plan.media:
        ended.say(
            f"The balance is not enough: it is enough for {many(enough, 'segment')}; this takes "
            f"about {takes:,}."
        )


def _size(plan: Plan) -> str:
    """What is paid for each recipient, as far as it is known before placeholders are filled in."""
    if plan.media:
        return f"and {plan.media} media"
    counted = segments.count(plan.text)
    about = "about " if "{{" in plan.text else ""
    return f"{about}{many(counted.segments, 'segment')} ({counted.encoding})"


def _who(recipients: Sequence[str]) -> str:
    number = many(len(recipients), "recipient")
    if not recipients:
        return f"To {number}"
    first = ", ".join(masked(one) if one[0] == "+" else one for one in recipients[:_SHOWN])
    more = len(recipients) - _SHOWN
    return f"To {number}: {first}" + (f", and {more:,} more" if more > 0 else "")
