"""Decides whether what comes in is from Teams, for this bot, and from the own organisation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Protocol

import jwt
from microsoft_teams.api.auth.cloud_environment import PUBLIC, with_overrides
from microsoft_teams.apps.auth import TokenValidator

from bot.channels.teams.endpoints import Endpoints

CHANNEL_ID = "msteams"
# A token with an unknown key makes us fetch the keys anew; a stranger must not make us do that all the time.
SECONDS_BETWEEN_KEYS = 30.0
KEY_TIMEOUT = 10


class Refused(Exception):
    """Nothing of this is taken in.  `why` is one of a few words, for counting."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class Gate(Protocol):
    """Lets an activity in, or not."""

    async def check(self, authorization: str, activity: Mapping[str, Any]) -> None:
        """Do nothing, or refuse.

        Raises:
            Refused: it is not let in.
        """


class MicrosoftGate:
    """Asks for a token that Microsoft signed for this bot, and for one tenant."""

    def __init__(self, app_id: str, tenant: str, endpoints: Endpoints) -> None:
        cloud = with_overrides(PUBLIC, openid_metadata_url=endpoints.metadata, token_issuer=endpoints.issuer)
        self._validator = _Validator.for_service(app_id, cloud=cloud)
        self._tenant = tenant.casefold()
        self._endpoints = endpoints

    async def check(self, authorization: str, activity: Mapping[str, Any]) -> None:
        """The signature, the issuer, the audience and the time; then where it comes from."""
        scheme, _, token = authorization.partition(" ")
        if scheme.casefold() != "bearer" or not token:
            raise Refused(HTTPStatus.UNAUTHORIZED, "token")
        service_url = activity.get("serviceUrl")
        # The library compares the address with the one in the token, but only when there is one.
        if not isinstance(service_url, str) or not self._endpoints.trusts(service_url):
            raise Refused(HTTPStatus.FORBIDDEN, "service_url")
        try:
            # In a thread: the library fetches the keys of Microsoft while everybody waits.
            await asyncio.to_thread(lambda: asyncio.run(self._validate(token, service_url)))
        except jwt.PyJWKClientConnectionError:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "keys") from None
        except jwt.PyJWTError:
            raise Refused(HTTPStatus.UNAUTHORIZED, "token") from None
        if activity.get("channelId") != CHANNEL_ID:
            raise Refused(HTTPStatus.FORBIDDEN, "channel")
        if tenants_of(activity) != {self._tenant}:
            raise Refused(HTTPStatus.FORBIDDEN, "tenant")

    async def _validate(self, token: str, service_url: str) -> None:
        await self._validator.validate_token(token, service_url)


class LocalGate:
    """For development on this machine: no token, and answers never leave the machine."""

    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints

    async def check(self, authorization: str, activity: Mapping[str, Any]) -> None:
        """Only where the answer would go."""
        service_url = activity.get("serviceUrl")
        if not isinstance(service_url, str) or not self._endpoints.trusts(service_url):
            raise Refused(HTTPStatus.FORBIDDEN, "service_url")


def tenants_of(activity: Mapping[str, Any]) -> set[str]:
    """Every tenant that an activity names; it is only let in when that is one."""
    conversation, data = activity.get("conversation"), activity.get("channelData")
    tenant = data.get("tenant") if isinstance(data, Mapping) else None
    named = (
        conversation.get("tenantId") if isinstance(conversation, Mapping) else None,
        tenant.get("id") if isinstance(tenant, Mapping) else None,
    )
    return {str(one).casefold() for one in named if one}


class _SparingKeys(jwt.PyJWKClient):
    """The keys of Microsoft, not fetched more often than now and then."""

    def __init__(self, uri: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(uri, timeout=KEY_TIMEOUT)
        self._monotonic = monotonic
        self._fetched_at: float | None = None

    def fetch_data(self) -> Any:
        """As the library's, or a refusal when it did so a moment ago."""
        now = self._monotonic()
        if self._fetched_at is not None and now - self._fetched_at < SECONDS_BETWEEN_KEYS:
            raise jwt.PyJWKClientError("de sleutels zijn net opgehaald")
        self._fetched_at = now
        try:
            return super().fetch_data()
        except jwt.PyJWKClientConnectionError:
            self._fetched_at = None  # away is no reason to wait
            raise


class _Validator(TokenValidator):
    """The validator of the library, with the keys above."""

    def __init__(self, jwt_validation_options: Any) -> None:
        super().__init__(jwt_validation_options)
        self._jwks_client = _SparingKeys(jwt_validation_options.jwks_uri)
