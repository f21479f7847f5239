"""Resources that only Sakari's newer documentation has (developer.sakari.io, api-reference).

They are not in the OpenAPI document of API 1.0.1, and were not tried against the live API.
"""

from __future__ import annotations

from sakari_client.resources.base import Resource


class Calls(Resource):
    """`/calls`: the history of voice calls.

    The newer documentation shows no `offset` and `limit`, but a `pagination` object as of every
    list that has them; so they are taken to be there. No filter is documented.
    """

    name = "calls"


class Links(Resource):
    """`/links`: shortened links and their clicks. The filter searches several fields."""

    name = "links"
    filters = ("q",)
    # As of webhooks: a `pagination` object, but no `offset` and `limit`.
    paged = False


class Forms(Resource):
    """`/forms`: lead forms. The filter searches several fields.

    `orderBy` is documented too, but not what it may be; it is left out.
    """

    name = "forms"
    filters = ("q",)
