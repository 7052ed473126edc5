"""Puts the parts of the channel together and takes them away again."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.app import Service
from bot.channels.teams import library
from bot.channels.teams.channel import TeamsChannel
from bot.channels.teams.choices import Choices
from bot.channels.teams.endpoints import MICROSOFT, THIS_MACHINE, Endpoints
from bot.channels.teams.gate import Gate, LocalGate, MicrosoftGate
from bot.channels.teams.identity import People, read_people
from bot.channels.teams.mount import PATH, Mount
from bot.channels.teams.receiving import Receiving
from bot.channels.teams.render import Renderer
from bot.channels.teams.seal import Seal
from bot.channels.teams.sending import Connector, Tokens, http_client
from bot.settings import Settings
from bot.store.profiles import Profiles

log = logging.getLogger(__name__)

WARNING = (
    "LET OP: DEELWIJZER_TEAMS_LOCAL_EMULATOR staat aan. Iedereen op deze machine kan zich nu voor een ander uitgeven. "
    "Gebruik dit alleen om te ontwikkelen, nooit voor echte vragen."
)


@asynccontextmanager
async def connection(settings: Settings, service: Service, endpoints: Endpoints | None = None) -> AsyncIterator[None]:
    """Answer people in Teams for as long as the block lasts.

    Raises:
        OSError, RuntimeError: the file with people cannot be used.
    """
    library.silence()
    local = settings.teams_local_emulator
    cloud = endpoints or (THIS_MACHINE if local else MICROSOFT)
    secret = settings.teams_app_secret
    choices = Choices.of(service.knowledge)
    people = People()
    if settings.teams_mapping:
        people = read_people(settings.teams_mapping, settings.teams_tenant, choices)
    if local:
        log.warning(WARNING)
    async with http_client(cloud) as client:
        tokens, gate = None, _gate(settings, cloud)
        if secret and not local:
            tokens = Tokens(client, settings.teams_app_id, secret, settings.teams_tenant, cloud)
        connector = Connector(client, tokens, cloud)
        seal = Seal(secret.get_secret_value() if secret else None)
        channel = TeamsChannel(
            service.assistant,
            service.knowledge,
            Profiles(service.store),
            people,
            choices,
            Renderer(seal),
            connector,
        )
        receiving = Receiving(gate, service.desk, seal, connector)
        mount = Mount(service.public)
        async with service.desk.open(channel):
            mount.register_route("POST", PATH, receiving.handle)
            log.info("Teams staat aan")
            try:
                yield
            finally:
                mount.take_away()
                await receiving.close()


def _gate(settings: Settings, endpoints: Endpoints) -> Gate:
    if settings.teams_local_emulator:
        return LocalGate(endpoints)
    return MicrosoftGate(settings.teams_app_id, settings.teams_tenant, endpoints)
