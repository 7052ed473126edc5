"""All settings, from environment variables that start with DEELWIJZER_ (see docs/beheer.md)."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.signin.roles import WORDS, Role

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """The settings of the app process; the defaults run on one machine without any account."""

    # An error that quotes its input would show the token.
    model_config = SettingsConfigDict(env_prefix="DEELWIJZER_", extra="ignore", hide_input_in_errors=True)

    host: str = Field("127.0.0.1", description="Adres waarop de webchat luistert.")
    port: int = Field(8080, ge=1, le=65535, description="Poort van de webchat.")
    action_port: int = Field(8081, ge=1, le=65535, description="Poort voor de oproepen van Rasa (alleen loopback).")
    nlu_port: int = Field(8082, ge=1, le=65535, description="Poort van het taalproces (alleen loopback).")
    access: Literal["open", "login"] = Field(
        "open", description="open: zonder inloggen, alleen op deze machine. login: elk gesprek hoort bij één sessie."
    )
    database_url: str = Field(
        f"sqlite:///{ROOT / 'var' / 'deelwijzer.db'}",
        validation_alias="DATABASE_URL",
        description="Database: een SQLite-bestand of PostgreSQL (variabele DATABASE_URL).",
    )
    secret_file: Path = Field(
        ROOT / "var" / "secret.key",
        description="Bestand met het geheim waarmee gesprekken een sleutel krijgen; wordt gemaakt als het er niet is.",
    )
    models: Path = Field(ROOT / "var" / "models", description="Map met de getrainde taalmodellen.")
    nlu_timeout: float = Field(5.0, gt=0, description="Seconden wachten op het taalproces.")
    button_hours: int = Field(24, ge=1, description="Uren dat een knop geldig blijft.")
    case_hours: int = Field(12, ge=1, description="Uren stilte waarna een vraag een nieuw gesprek begint.")
    keep_questions_days: int = Field(365, ge=1, description="Dagen dat vragen en antwoorden bewaard blijven.")
    keep_decisions_days: int = Field(1826, ge=1, description="Dagen dat vastgelegde besluiten bewaard blijven.")
    keep_addresses_days: int = Field(
        90, ge=1, le=90, description="Dagen dat bewaard blijft waar iemand te bereiken is; hooguit 90."
    )
    keep_audit_days: int = Field(1826, ge=1, description="Dagen dat het logboek van de werkplek bewaard blijft.")
    secure_cookies: bool = Field(False, description="Cookies alleen over https (aan achter een proxy).")
    public_url: str = Field(
        "", description="Adres waarop mensen Deelwijzer openen, zoals https://deelwijzer.voorbeeld.nl; nodig bij OIDC."
    )
    session_idle_minutes: int = Field(30, ge=1, description="Minuten stilte waarna iemand opnieuw inlogt.")
    session_hours: int = Field(10, ge=1, le=24, description="Uren waarna iemand hoe dan ook opnieuw inlogt.")
    oidc_issuer: str = Field(
        "", description="Adres van de inlogdienst van je organisatie (OpenID Connect); leeg: alleen eigen accounts."
    )
    oidc_client_id: str = Field("", description="Waaronder Deelwijzer bij de inlogdienst bekend is (client-id).")
    oidc_client_secret: SecretStr | None = Field(None, description="Geheim van Deelwijzer bij de inlogdienst.")
    oidc_role_claim: str = Field("roles", min_length=1, description="Veld in het inlogbewijs waarin de rollen staan.")
    oidc_roles: str = Field(
        "", description="Welke waarde welke rol geeft, zoals Deelwijzer.FG=fg,Deelwijzer.Beheer=beheer."
    )
    oidc_municipalities: str = Field(
        "",
        description="Welke waarde welke gemeente laat zien, zoals Deelwijzer.Heumen=heumen,Deelwijzer.Alle=*; "
        "leeg: dat regel je in Deelwijzer.",
    )
    reviewed_folder: Path = Field(
        ROOT / "nlu" / "data" / "reviewed", description="Map voor voorbeelden die de FG maakt voor het taalmodel."
    )
    reviewed_cases: Path = Field(
        ROOT / "tests" / "reviewed" / "cases.yaml", description="Bestand met de testgevallen bij die voorbeelden."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Hoeveel de app in het logboek zet."
    )
    telegram_token: SecretStr | None = Field(
        None, description="Token van de Telegram-bot; zonder token staat Telegram uit."
    )
    telegram_api: str = Field(
        "https://api.telegram.org", description="Adres van de Bot API van Telegram; alleen https, of loopback."
    )
    telegram_bot_name: str = Field("", description="Naam van de bot in Telegram, voor de links in uitnodigingen.")
    telegram_open: bool = Field(False, description="Iedereen mag de bot gebruiken; uit: alleen wie uitgenodigd is.")
    telegram_only_general: bool = Field(
        False, description="In Telegram alleen algemene vragen en de quiz: geen casussen, geen vastlegging."
    )
    telegram_webhook_url: str = Field(
        "", description="Openbaar https-adres van Deelwijzer waar Telegram berichten brengt; leeg: zelf ophalen."
    )
    telegram_webhook_secret: SecretStr | None = Field(
        None, description="Geheim dat Telegram meestuurt bij elk bericht dat het brengt; nodig bij een webhook."
    )

    teams_app_id: str = Field("", description="Application (client) id van de bot in Entra; leeg: Teams staat uit.")
    teams_app_secret: SecretStr | None = Field(None, description="Geheim van de bot in Entra (client secret).")
    teams_tenant: str = Field("", description="Id van je organisatie in Entra; alleen wie daarbij hoort, telt mee.")
    teams_mapping: Path | None = Field(
        None, description="YAML-bestand met per object-id uit Entra de gemeente en de rol; leeg: mensen kiezen zelf."
    )
    teams_local_emulator: bool = Field(
        False, description="Alleen om te ontwikkelen: Teams nagebootst op deze machine, zonder controle van tokens."
    )

    @field_validator("public_url", "oidc_issuer")
    @classmethod
    def _https_or_this_machine(cls, address: str) -> str:
        address = address.strip()
        parts = urlsplit(address)
        if address and (not is_safe(address) or parts.query or parts.fragment or parts.username is not None):
            raise ValueError("het adres moet met https:// beginnen; http:// mag alleen op deze machine")
        return address

    @field_validator("public_url")
    @classmethod
    def _without_path(cls, address: str) -> str:
        if urlsplit(address).path not in ("", "/"):
            raise ValueError("achter de naam van de server mag niets staan, zoals https://deelwijzer.voorbeeld.nl")
        return address.rstrip("/")

    @field_validator("oidc_client_secret", "teams_app_secret")
    @classmethod
    def _secret_or_nothing(cls, secret: SecretStr | None) -> SecretStr | None:
        text = secret.get_secret_value().strip() if secret else ""
        return SecretStr(text) if text else None

    @field_validator("oidc_roles")
    @classmethod
    def _known_roles(cls, text: str) -> str:
        role_map(text)
        return text.strip()

    @field_validator("oidc_municipalities")
    @classmethod
    def _readable_municipalities(cls, text: str) -> str:
        municipality_map(text)
        return text.strip()

    @field_validator("telegram_token")
    @classmethod
    def _token_or_nothing(cls, token: SecretStr | None) -> SecretStr | None:
        text = token.get_secret_value().strip() if token else ""
        if text and not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", text):
            raise ValueError("dit is geen token van BotFather (cijfers, een dubbele punt, letters en cijfers)")
        return SecretStr(text) if text else None

    @field_validator("telegram_api")
    @classmethod
    def _token_never_in_the_clear(cls, address: str) -> str:
        if not is_safe(address):
            raise ValueError("het adres moet met https:// beginnen; http:// mag alleen op deze machine")
        return address.rstrip("/")

    @field_validator("telegram_bot_name")
    @classmethod
    def _name_of_a_bot(cls, name: str) -> str:
        name = name.strip().removeprefix("@")
        if name and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{3,31}", name):
            raise ValueError("dit is geen naam van een bot (letters, cijfers en _, zoals deelwijzer_bot)")
        return name

    @field_validator("telegram_webhook_url")
    @classmethod
    def _telegram_comes_over_https(cls, address: str) -> str:
        address = address.strip().rstrip("/")
        parts = urlsplit(address)
        if address and (parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("het adres moet met https:// beginnen, zoals https://deelwijzer.voorbeeld.nl")
        return address

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _hard_to_guess(cls, secret: SecretStr | None) -> SecretStr | None:
        text = secret.get_secret_value().strip() if secret else ""
        if text and not re.fullmatch(r"[A-Za-z0-9_-]{24,256}", text):
            raise ValueError("kies 24 tot 256 tekens: letters, cijfers, _ en -")
        return SecretStr(text) if text else None

    @field_validator("teams_app_id", "teams_tenant")
    @classmethod
    def _id_of_entra(cls, text: str) -> str:
        text = text.strip().lower()
        if text and not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
            raise ValueError("dit is geen id uit Entra (zoals 00000000-0000-0000-0000-000000000000)")
        return text

    @model_validator(mode="after")
    def _teams_is_whole(self) -> Settings:
        given = {
            "DEELWIJZER_TEAMS_APP_ID": self.teams_app_id,
            "DEELWIJZER_TEAMS_APP_SECRET": self.teams_app_secret,
            "DEELWIJZER_TEAMS_TENANT": self.teams_tenant,
        }
        missing = [name for name, value in given.items() if not value]
        if self.teams_local_emulator:
            if len(missing) < len(given):
                raise ValueError(
                    "DEELWIJZER_TEAMS_LOCAL_EMULATOR is alleen om te ontwikkelen en gaat niet samen met een echte app. "
                    "Zet de emulator uit, of haal de andere instellingen van Teams weg."
                )
            if not _is_loopback(self.host):
                raise ValueError("DEELWIJZER_TEAMS_LOCAL_EMULATOR mag alleen met DEELWIJZER_HOST=127.0.0.1.")
        elif missing and (len(missing) < len(given) or self.teams_mapping):
            raise ValueError(f"Teams vraagt ook om {' en '.join(missing)}. Laat alles leeg om Teams uit te zetten.")
        return self

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Settings:
        if self.telegram_webhook_url and self.telegram_webhook_secret is None:
            raise ValueError(
                "DEELWIJZER_TELEGRAM_WEBHOOK_URL vraagt ook om DEELWIJZER_TELEGRAM_WEBHOOK_SECRET: "
                "zonder geheim kan iedereen zich voordoen als Telegram."
            )
        return self

    @model_validator(mode="after")
    def _organisation_is_whole(self) -> Settings:
        needed = {
            "OIDC_ISSUER": self.oidc_issuer,
            "OIDC_CLIENT_ID": self.oidc_client_id.strip(),
            "OIDC_CLIENT_SECRET": self.oidc_client_secret,
            "OIDC_ROLES": self.oidc_roles,
        }
        if any(needed.values()):
            missing = [
                f"DEELWIJZER_{name}" for name, value in {**needed, "PUBLIC_URL": self.public_url}.items() if not value
            ]
            if missing:
                raise ValueError(f"Inloggen via je organisatie is half ingevuld. Zet ook {' en '.join(missing)}.")
        if self.public_url.startswith("https://") and not self.secure_cookies:
            raise ValueError("Bij een adres met https:// in DEELWIJZER_PUBLIC_URL hoort DEELWIJZER_SECURE_COOKIES=1.")
        return self

    @model_validator(mode="after")
    def _open_stays_home(self) -> Settings:
        if self.access == "open" and not _is_loopback(self.host):
            raise ValueError(
                f"DEELWIJZER_ACCESS=open mag alleen op deze machine zelf, niet op {self.host}. "
                "Zet DEELWIJZER_HOST=127.0.0.1 of kies DEELWIJZER_ACCESS=login."
            )
        return self


def role_map(text: str) -> dict[str, Role]:
    """Which value of the organisation gives which role, from "value=role, value=role".

    Raises:
        ValueError: in Dutch, when it cannot be read.
    """
    found: dict[str, Role] = {}
    for pair in filter(None, (one.strip() for one in text.split(","))):
        value, _, word = (one.strip() for one in pair.rpartition("="))
        if not value or word not in WORDS:
            raise ValueError(f"schrijf waarde=rol, met komma's ertussen; de rollen zijn {', '.join(WORDS)}")
        found[value] = WORDS[word]
    return found


def municipality_map(text: str) -> dict[str, str]:
    """Which value of the organisation shows which municipality, or all (`*`), from "value=id, value=*".

    Raises:
        ValueError: in Dutch, when it cannot be read.
    """
    found: dict[str, str] = {}
    for pair in filter(None, (one.strip() for one in text.split(","))):
        value, _, municipality = (one.strip() for one in pair.rpartition("="))
        if not value or not municipality:
            raise ValueError("schrijf waarde=gemeente, met komma's ertussen; waarde=* laat alle gemeenten zien")
        found[value] = municipality
    return found


def is_safe(address: str) -> bool:
    """Whether what goes to this address cannot be read on the way."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
