"""Signing in through the organisation: OpenID Connect, with a code and a proof of who asked for it (PKCE)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import httpx
from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]
from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.parameters import prepare_token_request  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from bot.settings import Settings, is_safe, municipality_map, role_map
from bot.signin.roles import SEEING, Role, in_order

# Signatures that only the organisation can make; never "none", never with a shared secret.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
ALL: Final = "*"  # stands for every municipality
LEEWAY: Final = 60  # seconds that two clocks may differ
_TIMEOUT: Final = 10.0  # seconds
_METADATA_LIFE: Final = timedelta(hours=1)
_SCOPE: Final = "openid profile"


class OidcError(Exception):
    """The organisation did not vouch for anyone; the text is a word for the audit log, and holds nothing else."""


@dataclass(frozen=True)
class Organisation:
    """The sign-in of an organisation, and what Deelwijzer is to it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    role_claim: str
    roles: Mapping[str, Role]
    municipalities: Mapping[str, str]
    redirect_uri: str

    @classmethod
    def of(cls, settings: Settings) -> Organisation | None:
        """As the settings say; None when people sign in with accounts of our own only."""
        if not settings.oidc_issuer or settings.oidc_client_secret is None:
            return None
        return cls(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id.strip(),
            client_secret=settings.oidc_client_secret.get_secret_value(),
            role_claim=settings.oidc_role_claim,
            roles=role_map(settings.oidc_roles),
            municipalities=municipality_map(settings.oidc_municipalities),
            redirect_uri=f"{settings.public_url}/inloggen/terug",
        )


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in, known by a random secret that only this browser has, in a cookie.

    What goes along with it follows from the secret, so that nothing needs to be kept here.
    """

    secret: str = field(repr=False)

    @property
    def state(self) -> str:
        """Comes back with the browser: shows that it began here."""
        return self._made("state")

    @property
    def nonce(self) -> str:
        """Comes back in the signed token: shows that it was made for this attempt."""
        return self._made("nonce")

    @property
    def verifier(self) -> str:
        """Goes to the organisation only with the code: shows that the code is ours."""
        return self._made("verifier")

    def _made(self, purpose: str) -> str:
        made = hmac.digest(self.secret.encode(), purpose.encode(), "sha256")
        return urlsafe_b64encode(made).decode().rstrip("=")


@dataclass(frozen=True)
class Vouched:
    """Who the organisation says this is."""

    subject: str  # a hash of issuer and subject
    name: str
    roles: tuple[Role, ...]
    municipalities: tuple[str, ...] | None = None  # that it may see, none: all; None when it is not said there


class Oidc:
    """Speaks with the sign-in of an organisation.

    Args:
        organisation: which one.
        clock: tells the time in UTC.
        client: makes the requests; nothing is sent after a redirect.
    """

    def __init__(
        self, organisation: Organisation, clock: Callable[[], datetime], client: httpx.AsyncClient | None = None
    ) -> None:
        self._organisation = organisation
        self._clock = clock
        self._client = client
        self._metadata: dict[str, Any] = {}
        self._read_at: datetime | None = None

    async def way_in(self, attempt: Attempt) -> str:
        """The address to which the browser goes to sign in.

        Raises:
            OidcError: when the organisation does not answer as it should.
        """
        organisation = self._organisation
        address = self._endpoint(await self._described(), "authorization_endpoint")
        client = OAuth2Client(
            None,
            organisation.client_id,
            redirect_uri=organisation.redirect_uri,
            scope=_SCOPE,
            code_challenge_method="S256",
        )
        made, _ = client.create_authorization_url(
            address, state=attempt.state, code_verifier=attempt.verifier, nonce=attempt.nonce
        )
        return str(made)

    async def vouched(self, attempt: Attempt, answer: Mapping[str, str]) -> Vouched:
        """Who came back, by the parameters that the browser brought.

        Raises:
            OidcError: when anything at all is not as it should be.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise OidcError("state")
        if answer.get("iss", self._organisation.issuer) != self._organisation.issuer:
            raise OidcError("issuer")
        if "error" in answer or not answer.get("code"):
            raise OidcError("refused")
        described = await self._described()
        token = await self._token(described, attempt, answer["code"])
        claims = await self._claims(described, attempt, token)
        return self._person(claims)

    async def way_out(self) -> str | None:
        """Where one signs out at the organisation as well, when it has such a page."""
        try:
            described = await self._described()
            return self._endpoint(described, "end_session_endpoint")
        except OidcError:
            return None

    async def _described(self) -> dict[str, Any]:
        """What the organisation says of itself, read again after a while."""
        now = self._clock()
        if self._read_at is None or now - self._read_at >= _METADATA_LIFE:
            place = f"{self._organisation.issuer.rstrip('/')}/.well-known/openid-configuration"
            read = await self._json("GET", place)
            if read.get("issuer") != self._organisation.issuer:
                raise OidcError("issuer")
            self._metadata, self._read_at = read, now
        return self._metadata

    async def _token(self, described: Mapping[str, Any], attempt: Attempt, code: str) -> dict[str, Any]:
        organisation = self._organisation
        ways = described.get("token_endpoint_auth_methods_supported") or ["client_secret_post"]
        way = "client_secret_post" if "client_secret_post" in ways else "client_secret_basic"
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=organisation.redirect_uri, code_verifier=attempt.verifier
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        address, headers, body = ClientAuth(organisation.client_id, organisation.client_secret, way).prepare(
            "POST", self._endpoint(described, "token_endpoint"), headers, body
        )
        return await self._json("POST", address, content=body, headers=headers)

    async def _claims(self, described: Mapping[str, Any], attempt: Attempt, token: Mapping[str, Any]) -> dict[str, Any]:
        """What the signed token says, when it was made by this organisation, for us, now and for this attempt."""
        organisation = self._organisation
        # Read each time: an organisation may withdraw a key.
        keys = await self._json("GET", self._endpoint(described, "jwks_uri"))
        try:
            signed = jwt.decode(
                str(token["id_token"]),
                KeySet.import_key_set(keys),  # type: ignore[arg-type]
                registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False),
            )
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                options={
                    "iss": {"essential": True, "value": organisation.issuer},
                    "aud": {"essential": True, "value": organisation.client_id},
                    "sub": {"essential": True},
                },
                params={
                    "nonce": attempt.nonce,
                    "client_id": organisation.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            # The text of it may quote the token.
            raise OidcError("token") from None
        return dict(claims)

    def _person(self, claims: Mapping[str, Any]) -> Vouched:
        organisation = self._organisation
        given = claims.get(organisation.role_claim, [])
        values = [given] if isinstance(given, str) else given if isinstance(given, list) else []
        words = [one for one in values if isinstance(one, str)]
        roles = in_order(organisation.roles[one] for one in words if one in organisation.roles)
        towns = tuple(organisation.municipalities[one] for one in words if one in organisation.municipalities)
        if organisation.municipalities and not towns:
            # Seeing everything has to be given; it is not what is left when nothing is.
            roles = tuple(role for role in roles if role not in SEEING)
        name = next((one for key in ("name", "preferred_username") if isinstance(one := claims.get(key), str)), "")
        who = hashlib.sha256(f"{organisation.issuer}\0{claims['sub']}".encode()).hexdigest()
        seen = (() if ALL in towns else towns) if organisation.municipalities else None
        return Vouched(who, name, roles, seen)

    def _endpoint(self, described: Mapping[str, Any], name: str) -> str:
        address = described.get(name)
        if not isinstance(address, str) or not is_safe(address):
            raise OidcError("metadata")
        return address

    async def _json(self, method: str, address: str, **sent: Any) -> dict[str, Any]:
        client = self._client or httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False)
        try:
            response = await client.request(method, address, **sent)
            read = response.raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            told = isinstance(error, httpx.HTTPStatusError) and error.response.status_code < 500
            raise OidcError("answer" if told else "connection") from None
        finally:
            if client is not self._client:
                await client.aclose()
        if not isinstance(read, dict):
            raise OidcError("connection")
        return read
