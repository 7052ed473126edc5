"""All settings, from environment variables that start with DEELWIJZER_ (see docs/beheer.md)."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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
    models: Path = Field(ROOT / "var" / "models", description="Map met de getrainde taalmodellen.")
    nlu_timeout: float = Field(5.0, gt=0, description="Seconden wachten op het taalproces.")
    button_hours: int = Field(24, ge=1, description="Uren dat een knop geldig blijft.")
    case_hours: int = Field(12, ge=1, description="Uren stilte waarna een vraag een nieuw gesprek begint.")
    keep_questions_days: int = Field(365, ge=1, description="Dagen dat vragen en antwoorden bewaard blijven.")
    keep_decisions_days: int = Field(1826, ge=1, description="Dagen dat vastgelegde besluiten bewaard blijven.")
    keep_addresses_days: int = Field(
        90, ge=1, le=90, description="Dagen dat bewaard blijft waar iemand te bereiken is; hooguit 90."
    )
    secure_cookies: bool = Field(False, description="Cookies alleen over https (aan achter een proxy).")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Hoeveel de app in het logboek zet."
    )
    telegram_token: SecretStr | None = Field(
        None, description="Token van de Telegram-bot; zonder token staat Telegram uit."
    )
    telegram_api: str = Field(
        "https://api.telegram.org", description="Adres van de Bot API van Telegram; alleen https, of loopback."
    )

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
        parts = urlsplit(address)
        if not parts.hostname or not (
            parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))
        ):
            raise ValueError("het adres moet met https:// beginnen; http:// mag alleen op deze machine")
        return address.rstrip("/")

    @model_validator(mode="after")
    def _open_stays_home(self) -> Settings:
        if self.access == "open" and not _is_loopback(self.host):
            raise ValueError(
                f"DEELWIJZER_ACCESS=open mag alleen op deze machine zelf, niet op {self.host}. "
                "Zet DEELWIJZER_HOST=127.0.0.1 of kies DEELWIJZER_ACCESS=login."
            )
        return self


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
