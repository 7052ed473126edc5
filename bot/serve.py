"""Runs the app's two listeners inside one event loop: the public one and the internal one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI


class _Listener(uvicorn.Server):
    """A uvicorn server that leaves the signals to the program it is part of."""

    def install_signal_handlers(self) -> None:
        """Nothing: Ctrl-C is handled once, by the program."""


@asynccontextmanager
async def listening(app: FastAPI, host: str, port: int) -> AsyncIterator[None]:
    """Serve an application on a port for as long as the block lasts.

    Raises:
        OSError: when the listener cannot start (see `bot.supervise.port_in_use`).
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = _Listener(config)
    task = asyncio.create_task(server._serve())
    try:
        while not server.started:
            if task.done():
                raise OSError(f"poort {port} kan niet geopend worden")
            await asyncio.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        await asyncio.wait({task}, timeout=10)
