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

        Args:
            template_id: the template's id.

        Returns:
            The template.

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
            The template with its id; as given, without one, where Sakari's answer holds none.

        Raises:
            InvalidInputError: this is no object, or JSON cannot hold it.
            AmbiguousError: it is not known whether the template was created.
            SakariError: the request failed for good.
        """
        return self._create(_CREATE, template)

    def update(self, template_id: str, changes: Mapping[str, Any]) -> Record:
        """`PUT /v1/accounts/{accountId}/templates/{templateId}`: change some fields of a template.

        It is read, merged with the changes and written whole; not at all if nothing changes.

        Args:
            template_id: the template's id.
            changes: fields and their values. Objects are merged, lists replaced; None clears.

        Returns:
            The template as it is now.

        Raises:
            InvalidInputError: a field is one that Sakari alone writes (`id`, `created` …); or the
                record holds what cannot be written back exactly.
            NotFoundError: there is no such template.
            SakariError: a request failed for good.
        """
        return self._update(_GET, _REPLACE, changes, templateId=template_id)

    def replace(self, template_id: str, template: Mapping[str, Any]) -> Record:
        """`PUT /v1/accounts/{accountId}/templates/{templateId}`: write a template as given.

        Fields that are not given may be erased; those that are Sakari's are left out, as a whole
        record is given here, often just as it was read.

        Args:
            template_id: the template's id.
            template: as of `create`, or as read.

        Returns:
            The template as it is now; as given, where Sakari's answer does not hold it.

        Raises:
            InvalidInputError: this is no object, or JSON cannot hold it.
            NotFoundError: there is no such template.
            SakariError: the request failed for good.
        """
        return self._replace(_REPLACE, template, templateId=template_id)

    def delete(self, template_id: str) -> bool:
        """`DELETE /v1/accounts/{accountId}/templates/{templateId}`: remove a template.

        Args:
            template_id: the template's id.

        Returns:
            Whether it was there.

        Raises:
            SakariError: the request failed for good.
        """
        return self._delete(_DELETE, templateId=template_id)
