"""`policy serve`: the HTTP service on this machine."""

from dataclasses import replace
from pathlib import Path

import click
import waitress

from policy_service.app import close_app, create_app
from policy_service.cli import output
from policy_service.settings import read_settings


@click.command("serve")
@click.option("--ledger", "ledger_folder", type=click.Path(path_type=Path, exists=True), help="Default: LEDGER_DIR.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: PORT, else 8080.")
def serve_command(ledger_folder: Path | None, port: int | None) -> None:
    """Answer POST /v1/decisions over the loaded ledger until stopped."""
    settings = read_settings()
    settings = replace(settings, ledger_dir=ledger_folder or settings.ledger_dir, port=port or settings.port)
    app = create_app(settings)
    output.out.print(f"Listening on http://{settings.host}:{settings.port} (POST /v1/decisions). Stop with Ctrl-C.")
    try:
        waitress.serve(app, host=settings.host, port=settings.port, threads=4)
    finally:
        close_app(app)
