"""The API's resources: a module for each, and a method for each operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_client.resources.campaigns import Campaigns
from sakari_client.resources.contacts import Contacts
from sakari_client.resources.conversations import Conversations
from sakari_client.resources.messages import Messages
from sakari_client.resources.newer import Calls, Forms, Links
from sakari_client.resources.templates import Templates
from sakari_client.resources.webhooks import Webhooks

if TYPE_CHECKING:
    from sakari_client.resources.base import Resource

RESOURCES: tuple[type[Resource], ...] = (
    Contacts,
    Messages,
    Templates,
    Campaigns,
    Conversations,
    Webhooks,
    Calls,
    Links,
    Forms,
)
"""Every resource that can be listed."""
