"""`haidang dashboards push` and `diff` against a server that keeps to Grafana's documented API."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from collector.cli import app
from collector.exits import Exit
from dashboards.push.compare import Action, change, differences, told
from tests.unit.dashboards.grafana_server import TOKEN, VIEWER, Kept, grafana

INVENTORY = """\
organisation: {name: Test, language: vi, timezone: Asia/Ho_Chi_Minh}
collector: {listen: 127.0.0.1:1, ledger: x}
defaults: {interval: 20s, deadline: 5s}
devices:
  - {id: a, name: A, role: commune, address: 127.0.0.1, icmp: {}}
"""


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    file = tmp_path / "inventory.yaml"
    file.write_text(INVENTORY, encoding="utf-8")
    return file


def run(command: str, url: str, inventory: Path, *more: str, token: str = TOKEN) -> tuple[int, str, str]:
    """Run the command; return its exit code and what it said."""
    arguments = [
        "dashboards",
        command,
        "--grafana",
        url,
        "--token",
        "env:A_TOKEN",
        "-i",
        str(inventory),
        *more,
    ]
    result = CliRunner().invoke(app, arguments, env={"A_TOKEN": token}, catch_exceptions=False)
    assert token not in result.output
    return result.exit_code, result.stdout, result.stderr


def test_pushing_twice_changes_nothing_the_second_time(inventory: Path) -> None:
    """The first push makes all, the second writes nothing at all."""
    kept = Kept()
    with grafana(kept) as url:
        code, said, _ = run("push", url, inventory)
        assert code == Exit.OK
        assert said.endswith("11 changed\n")
        assert len(kept.dashboards) == 9
        assert set(kept.folder_of.values()) == {"haidang"}
        source = kept.sources["haidang-prometheus"]
        assert source["jsonData"]["timeInterval"] == "20s"
        kept.written.clear()
        code, said, _ = run("push", url, inventory)
        assert (code, kept.written) == (Exit.OK, [])
        assert said.endswith("nothing to change\n")
        assert run("diff", url, inventory)[0] == Exit.OK


def test_a_diff_writes_nothing_and_says_what_a_push_would_do(inventory: Path) -> None:
    """Before the first push all is to be made; after a hand's change the panel that differs is named."""
    kept = Kept()
    with grafana(kept) as url:
        code, said, _ = run("diff", url, inventory)
        assert (code, kept.written) == (Exit.DIFFERENT, [])
        assert "+ dashboard haidang-wall (Hải Đăng: Màn hình trực)" in said
        run("push", url, inventory)
        kept.written.clear()
        kept.dashboards["haidang-wall"]["panels"][2]["title"] = "by hand"
        kept.sources["haidang-prometheus"]["url"] = "http://elsewhere"
        code, said, _ = run("diff", url, inventory)
        assert (code, kept.written) == (Exit.DIFFERENT, [])
        changed = said.splitlines()
        assert changed[changed.index("~ data source haidang-prometheus (Hải Đăng)") + 1].strip() == "url"
        assert "    panels[2].title" in changed
        assert "= dashboard haidang-site (Hải Đăng: Điểm)" in changed
        assert run("push", url, inventory)[1].endswith("2 changed\n")
        assert kept.written == ["PUT /api/datasources/uid/haidang-prometheus", "POST /api/dashboards/db"]
        assert kept.dashboards["haidang-wall"]["panels"][2]["title"] != "by hand"


def test_a_dashboard_in_another_folder_is_brought_back(inventory: Path) -> None:
    """Links and permissions go by the folder."""
    kept = Kept()
    with grafana(kept) as url:
        run("push", url, inventory)
        kept.folder_of["haidang-site"] = "general"
        assert "    folder" in run("diff", url, inventory)[1]
        run("push", url, inventory)
        assert kept.folder_of["haidang-site"] == "haidang"


def test_what_people_set_beside_the_data_source_stays(inventory: Path) -> None:
    """A push changes what it names, and nothing else."""
    kept = Kept()
    with grafana(kept) as url:
        run("push", url, inventory)
        kept.sources["haidang-prometheus"]["jsonData"] |= {"timeInterval": "1s", "queryTimeout": "9s"}
        run("push", url, inventory)
        assert kept.sources["haidang-prometheus"]["jsonData"] == {
            "httpMethod": "POST",
            "timeInterval": "20s",
            "queryTimeout": "9s",
        }


def test_a_grafana_below_a_path_and_another_language(inventory: Path) -> None:
    """As behind a reverse proxy."""
    kept = Kept(prefix="/monitoring/grafana", version="12.1.0-pre")
    with grafana(kept) as url:
        assert run("push", url, inventory, "--language", "en")[0] == Exit.OK
        assert kept.dashboards["haidang-wall"]["title"] == "Hải Đăng: Wall"


@pytest.mark.parametrize(
    ("kept", "token", "said"),
    [
        (
            Kept(),
            "wrong",
            (
                "haidang: {url} does not accept the token. Make one for a service account (Administration, "
                "Service accounts) and put it where --token points\n"
            ),
        ),
        (
            Kept(),
            VIEWER,
            (
                "haidang: {url}: the token may not touch the data source. Give its service account the role "
                "Admin: data sources need it\n"
            ),
        ),
        (Kept(version="9.3.6"), TOKEN, "haidang: {url} is Grafana 9.3.6; 9.4 is the oldest that will do\n"),
        (Kept(version="8.5.27"), TOKEN, "haidang: {url} is Grafana 8.5.27; 9.4 is the oldest that will do\n"),
        (
            Kept(version=""),
            TOKEN,
            "haidang: {url} answers, but not as Grafana does. Is a path missing, such as /grafana?\n",
        ),
        (
            Kept(provisioned={"haidang-availability"}),
            TOKEN,
            (
                "haidang: {url}: dashboard haidang-availability is kept by provisioning files there and "
                "cannot be pushed. Update the files instead, or take them away\n"
            ),
        ),
        (
            Kept(sources={"other": {"uid": "other", "name": "Hải Đăng"}}),
            TOKEN,
            (
                "haidang: {url} has another data source of the name 'Hải Đăng' (uid other). Rename or "
                "delete that one first\n"
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_grafana_is_said(inventory: Path, kept: Kept, token: str, said: str) -> None:
    """Which, why, what to do; on standard error, with an exit code of its own."""
    with grafana(kept) as url:
        code, _, error = run("push", url, inventory, token=token)
        assert (code, error) == (Exit.GRAFANA, said.format(url=url))


def test_an_address_where_another_program_answers(inventory: Path) -> None:
    """A path that is missing is guessed at."""
    with grafana(Kept(prefix="/grafana")) as url:
        code, _, error = run("push", url.removesuffix("/grafana"), inventory)
        assert code == Exit.GRAFANA
        assert "Is a path missing, such as /grafana?" in error


def test_an_address_where_nobody_answers(inventory: Path) -> None:
    """Refused connections and nonsense are told apart."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        code, _, error = run("push", f"http://127.0.0.1:{taken.getsockname()[1]}", inventory)
    assert code == Exit.GRAFANA
    assert "cannot be reached" in error
    assert "Traceback" not in error
    code, _, error = run("push", "grafana.example", inventory)
    assert code == Exit.GRAFANA
    assert error == (
        "haidang: 'grafana.example' is no address of a Grafana; write it as https://grafana.example/\n"
    )


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that nobody has issued but itself."""
    made, key = folder / "made.pem", folder / "key.pem"
    openssl = shutil.which("openssl")
    assert openssl is not None
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    form = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    command = [openssl, "req", *form, *subject, "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


def test_a_certificate_that_is_not_believed_and_one_that_is(inventory: Path, tmp_path: Path) -> None:
    """The message names --ca, and with it the same certificate will do."""
    made, key = certificate(tmp_path)
    with grafana(Kept(), certificate=made, key=key) as url:
        code, _, error = run("push", url, inventory)
        assert code == Exit.GRAFANA
        assert error.startswith(f"haidang: {url}: its certificate is not believed: ")
        assert error.endswith("If an authority of your own has issued it, name its file with --ca\n")
        assert run("push", url, inventory, "--ca", str(made))[0] == Exit.OK


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--token", "glsa_in_clear"], Exit.USAGE, "secret in clear"),
        (["--token", "env:NOT_SET_ANYWHERE"], Exit.SECRET, "NOT_SET_ANYWHERE"),
        (["--language", "fr"], Exit.USAGE, "not one of en, vi"),
        (["--ca", "/no/such/file"], Exit.USAGE, "there is no such file"),
    ],
)
def test_options_that_cannot_be(inventory: Path, more: list[str], code: Exit, said: str) -> None:
    """A token on the command line is refused and never repeated."""
    found, _, error = run("diff", "http://127.0.0.1:1", inventory, *more)
    assert found == code
    assert said in " ".join(error.replace("│", " ").split())
    assert "glsa_in_clear" not in error


def test_what_grafana_adds_by_itself_is_no_difference() -> None:
    """Defaults, ids and what is empty; a value that is another, or a list of another length, is one."""
    wanted = {"title": "x", "panels": [{"id": 1, "options": {"a": 1}}], "links": [], "editable": False}
    there = {
        "title": "x",
        "panels": [{"id": 1, "options": {"a": 1.0, "b": 2}, "z": 0}],
        "id": 9,
        "version": 3,
    }
    assert change("dashboard", "u", wanted, there).action is Action.SAME
    assert list(differences([1, 2], [1], "p")) == ["p: 1 instead of 2"]
    assert list(differences({"a": {"b": True}}, {"a": {"b": 1}}, "p")) == ["p.a.b"]
    many = change("dashboard", "u", {str(n): n for n in range(1, 20)}, {"title": "t"})
    assert told(many)[-1] == "    and 11 more"
