"""`/campaigns`: texts to many, by hand or by schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sakari_client.http.retry import Repeat
from sakari_client.http.transport import Operation
from sakari_client.resources.base import Record, Resource

if TYPE_CHECKING:
    from collections.abc import Mapping

_GET = Operation("GET", "/campaigns/{campaignId}")
_CREATE = Operation(
    "POST",
    "/campaigns",
    Repeat.HARMFUL,
    look_up="the name with campaigns.list({'name': …})",
)
_REPLACE = Operation("PUT", "/campaigns/{campaignId}")
_DELETE = Operation("DELETE", "/campaigns/{campaignId}")


class Campaigns(Resource):
    """The account's campaigns. The filter finds parts of a name."""

    name = "campaigns"
    filters = ("name",)
    read_only = frozenset({"id", "created", "updated", "lastJob", "nextExecution"})

    def get(self, campaign_id: str) -> Record:
        """`GET /v1/accounts/{accountId}/campaigns/{campaignId}`: one campaign.

        Args:
            campaign_id: the campaign's id.

        Returns:
            The campaign.

        Raises:
            NotFoundError: there is no such campaign.
            SakariError: the request failed for good.
        """
        return self._get(_GET, campaignId=campaign_id)

    def create(self, campaign: Mapping[str, Any]) -> Record:
        """`POST /v1/accounts/{accountId}/campaigns`: a new campaign, also where one has that name.

        Args:
            campaign: `{name, trigger: {code}, template, filters: {contacts, tags, attributes}}`;
                the code is M (manual), S (scheduled), FU (file upload) or V2.

        Returns:
            The campaign with its id; as given, without one, where Sakari's answer holds none.

        Raises:
            InvalidInputError: this is no object, or JSON cannot hold it.
            AmbiguousError: it is not known whether the campaign was created.
            SakariError: the request failed for good.
        """
        return self._create(_CREATE, campaign)

    def update(self, campaign_id: str, changes: Mapping[str, Any]) -> Record:
        """`PUT /v1/accounts/{accountId}/campaigns/{campaignId}`: change some fields of a campaign.

        It is read, merged with the changes and written whole; not at all if nothing changes.

        Args:
            campaign_id: the campaign's id.
            changes: fields and their values. Objects are merged, lists replaced; None clears.

        Returns:
            The campaign as it is now.

        Raises:
            InvalidInputError: a field is one that Sakari alone writes (`id`, `created` …); or the
                record holds what cannot be written back exactly.
            NotFoundError: there is no such campaign.
            SakariError: a request failed for good.
        """
        return self._update(_GET, _REPLACE, changes, campaignId=campaign_id)

    def replace(self, campaign_id: str, campaign: Mapping[str, Any]) -> Record:
        """`PUT /v1/accounts/{accountId}/campaigns/{campaignId}`: write a campaign as given.

        Fields that are not given may be erased; those that are Sakari's are left out, as a whole
        record is given here, often just as it was read.

        Args:
            campaign_id: the campaign's id.
            campaign: as of `create`, or as read.

        Returns:
            The campaign as it is now; as given, where Sakari's answer does not hold it.

        Raises:
            InvalidInputError: this is no object, or JSON cannot hold it.
            NotFoundError: there is no such campaign.
            SakariError: the request failed for good.
        """
        return self._replace(_REPLACE, campaign, campaignId=campaign_id)

    def delete(self, campaign_id: str) -> bool:
        """`DELETE /v1/accounts/{accountId}/campaigns/{campaignId}`: remove a campaign.

        Args:
            campaign_id: the campaign's id.

        Returns:
            Whether it was there.

        Raises:
            SakariError: the request failed for good.
        """
        return self._delete(_DELETE, campaignId=campaign_id)
