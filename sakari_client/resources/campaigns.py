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
            The campaign with its id.

        Raises:
            AmbiguousError: it is not known whether the campaign was created.
            SakariError: the request failed for good.
        """
        return self._create(_CREATE, campaign)

    def update(self, campaign_id: str, changes: Mapping[str, Any]) -> Record:
        """`PUT /v1/accounts/{accountId}/campaigns/{campaignId}`: change some fields of a campaign.

        It is read, merged with the changes and written whole; not at all if nothing changes.

        Returns:
            The campaign as it is now.

        Raises:
            NotFoundError: there is no such campaign.
            SakariError: a request failed for good.
        """
        return self._update(_GET, _REPLACE, changes, campaignId=campaign_id)

    def replace(self, campaign_id: str, campaign: Mapping[str, Any]) -> Record:
        """`PUT /v1/accounts/{accountId}/campaigns/{campaignId}`: write a campaign as given.

        Fields that are not given may be erased; those that are Sakari's are left out.

        Raises:
            NotFoundError: there is no such campaign.
            SakariError: the request failed for good.
        """
        return self._replace(_REPLACE, campaign, campaignId=campaign_id)

    def delete(self, campaign_id: str) -> bool:
        """`DELETE /v1/accounts/{accountId}/campaigns/{campaignId}`: remove a campaign.

        Returns:
            Whether it was there.

        Raises:
            SakariError: the request failed for good.
        """
        return self._delete(_DELETE, campaignId=campaign_id)
