"""`/templates`: texts to be used again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sakari_client.http.retry import Repeat
from sakari_client.http.transport import Operation
from sakari_client.resources.base import Record, Resource

if TYPE_CHECKING:
    from collections.abc import Mapping

_GET = Operation("GET", "/templates/{templateId}")
_CREATE = Operation(
    "POST",
    "/templates",
    Repeat.HARMFUL,
    look_up="the name with templates.list({'name': …})",
)
_REPLACE = Operation("PUT", "/templates/{templateId}")
_DELETE = Operation("DELETE", "/templates/{templateId}")


class Templates(Resource):
    """The account's templates. The filter finds parts of a name."""

    name = "templates"
    filters = ("name",)

    def get(self, template_id: str) -> Record:
        """`GET /v1/accounts/{accountId}/templates/{templateId}`: one template.

        Raises:
            NotFoundError: there is no such template.
            SakariError: the request failed for good.
        """
        return self._get(_GET, templateId=template_id)

    def create(self, template: Mapping[str, Any]) -> Record:
        """`POST /v1/accounts/{accountId}/templates`: a new template, also where one has that name.

        Args:
            template: `{name, template, type}`: the text, with placeholders such as
                `{{firstName}}`; the type is SMS or Web.

        Returns:
            The template with its id.

        Raises:
            AmbiguousError: it is not known whether the template was created.
            SakariError: the request failed for good.
        """
        return self._create(_CREATE, template)

    def update(self, template_id: str, changes: Mapping[str, Any]) -> Record:
        """`PUT /v1/accounts/{accountId}/templates/{templateId}`: change some fields of a template.

        It is read, merged with the changes and written whole; not at all if nothing changes.

        Returns:
            The template as it is now.

        Raises:
            NotFoundError: there is no such template.
            SakariError: a request failed for good.
        """
        return self._update(_GET, _REPLACE, changes, templateId=template_id)

    def replace(self, template_id: str, template: Mapping[str, Any]) -> Record:
        """`PUT /v1/accounts/{accountId}/templates/{templateId}`: write a template as given.

        Fields that are not given may be erased; those that are Sakari's are left out.

        Raises:
            NotFoundError: there is no such template.
            SakariError: the request failed for good.
        """
        return self._replace(_REPLACE, template, templateId=template_id)

    def delete(self, template_id: str) -> bool:
        """`DELETE /v1/accounts/{accountId}/templates/{templateId}`: remove a template.

        Returns:
            Whether it was there.

        Raises:
            SakariError: the request failed for good.
        """
        return self._delete(_DELETE, templateId=template_id)
