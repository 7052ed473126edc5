"""A small OpenID Connect provider on loopback: discovery, sign-in, tokens and keys, and ways to be wrong.

It lets everyone in as `person` at once, checks the proof of the code (PKCE) and gives each code once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT = "deelwijzer-in-a-test"
SECRET = "a made-up secret of the client"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)


@dataclass
class Provider:
    """The provider; a test changes `person`, or what is in `wrong`.

    `wrong` may hold: claims to give instead (`claims`, None leaves one out), `sign` (another way to sign
    the claims), `metadata` (other metadata), `token` (another answer of the token endpoint).
    """

    issuer: str
    clock: Callable[[], datetime]
    person: dict[str, Any] = field(
        default_factory=lambda: {"sub": "person-1", "name": "Noor Verzonnen", "roles": ["Deelwijzer.FG"]}
    )
    wrong: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    asked: list[Mapping[str, str]] = field(default_factory=list)
    once: bool = True  # a code works once

    def app(self) -> FastAPI:
        """The application."""
        app = FastAPI(openapi_url=None)
        app.add_api_route("/.well-known/openid-configuration", self._metadata, methods=["GET"])
        app.add_api_route("/authorize", self._authorize, methods=["GET"])
        app.add_api_route("/token", self._token, methods=["POST"])
        app.add_api_route("/keys", self._keys, methods=["GET"])
        return app

    async def _metadata(self) -> Response:
        described = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/logout",
            "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
        }
        return JSONResponse(described | self.wrong.get("metadata", {}))

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 302)

    async def _token(self, request: Request) -> Response:
        if "token" in self.wrong:
            return Response(**self.wrong["token"])
        sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(sent["code"], None) if self.once else self.codes.get(sent["code"])
        if asked is None or not self._is_client(request, sent) or sent["redirect_uri"] != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        proof = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=")
        if proof.decode() != asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {"access_token": "of no use here", "token_type": "Bearer", "id_token": self.id_token(asked)}
        )

    async def _keys(self) -> Response:
        return JSONResponse(KeySet([KEY]).as_dict(private=False))

    def id_token(self, asked: Mapping[str, str]) -> str:
        """The signed token for a request to sign in."""
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
            **self.wrong.get("claims", {}),
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        sign: Callable[[dict[str, Any]], str] = self.wrong.get("sign", signed)
        return sign(claims)

    @staticmethod
    def _is_client(request: Request, sent: Mapping[str, str]) -> bool:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        by_header = request.headers.get("authorization") == f"Basic {basic}"
        return by_header or (sent.get("client_id"), sent.get("client_secret")) == (CLIENT, SECRET)


def signed(claims: dict[str, Any]) -> str:
    """As it should be."""
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)


def signed_by_another(claims: dict[str, Any]) -> str:
    """With a key of somebody else under the same name."""
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER_KEY)


def unsigned(claims: dict[str, Any]) -> str:
    """With `alg` none and no signature."""
    return f"{_part({'alg': 'none', 'kid': 'one'})}.{_part(claims)}."


def signed_with_the_secret(claims: dict[str, Any]) -> str:
    """With what both sides know, instead of the key that only the provider has."""
    return _hs256(claims, SECRET.encode())


def signed_with_the_public_key(claims: dict[str, Any]) -> str:
    """With the public key as if it were a shared secret."""
    return _hs256(claims, KEY.as_pem(private=False))


def altered(claims: dict[str, Any]) -> str:
    """Signed well, and then made into somebody else."""
    head, _, signature = signed(claims).split(".")
    return f"{head}.{_part({**claims, 'sub': 'person-2'})}.{signature}"


def _hs256(claims: dict[str, Any], key: bytes) -> str:
    signing = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{_part(claims)}"
    made = base64.urlsafe_b64encode(hmac.digest(key, signing.encode(), "sha256")).rstrip(b"=").decode()
    return f"{signing}.{made}"


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
