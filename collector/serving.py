"""Makes the HTTP server that the inventory describes: address, TLS, password."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from collector.expose.access import Access
from collector.expose.http import HttpServer
from collector.expose.page import Site
from collector.facade import CollectorFacade
from collector.inventory.secrets import SecretError, SecretStore
from collector.inventory.values import HttpSettings, Inventory


def http_server(
    facade: CollectorFacade,
    inventory: Inventory,
    environ: Mapping[str, str],
    listen: tuple[str, int] | None,
    site: Site | None = None,
) -> HttpServer:
    """Return the server, not yet started, or raise SecretError; `listen` takes the place of the address."""
    settings = inventory.collector.http
    store = SecretStore(inventory.folder, environ)
    host, port = listen or (settings.host, settings.port)
    return HttpServer(
        facade,
        host=host,
        port=port,
        access=_access(settings, store),
        tls=_tls(settings, store),
        site=site,
    )


def _access(settings: HttpSettings, store: SecretStore) -> Access | None:
    if settings.username is None or settings.password is None:
        return None
    return Access.of(settings.username, store.fetch(settings.password).reveal())


def _tls(settings: HttpSettings, store: SecretStore) -> ssl.SSLContext | None:
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Held to what every secret is held to: there, not empty, and nobody else may read it.
    store.fetch(settings.tls_key)
    try:
        # A key with a passphrase is an error here, not a question that a service waits on for ever.
        context.load_cert_chain(settings.tls_certificate, store.path(settings.tls_key), password="")
    except OSError as error:
        pair = f"certificate {settings.tls_certificate} and key {settings.tls_key}"
        raise SecretError(
            f"{pair} cannot be used: {error.strerror or error}", "put a matching pair there"
        ) from error
    return context
