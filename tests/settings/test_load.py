from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from settings_files import load

from digest.assets import folder
from digest.errors import SettingsError
from digest.settings.keys import known_keys
from digest.settings.layers import read_file
from digest.settings.load import load_settings
from digest.settings.starter import starter_file

if TYPE_CHECKING:
    from pathlib import Path


def test_the_shipped_defaults_are_settings() -> None:
    settings = load_settings(file=None, environment={})
    assert settings.title == "The Daily Preprint"
    assert settings.arxiv.seconds_between_requests == 3
    assert settings.mail.transport == "outbox"


def test_the_environment_goes_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    content = 'title = "From the file"\n[mail]\nsmtp_port = 2525\nsmtp_host = "file.example.org"\n'
    settings = load(tmp_path, content, DIGEST_MAIL__SMTP_HOST="environment.example.org")
    assert settings.title == "From the file"
    assert settings.mail.smtp_port == 2525
    assert settings.mail.smtp_host == "environment.example.org"
    assert settings.mail.outbox_dir == "var/outbox"


@pytest.mark.parametrize("written", ["cs.CL, math.NT", '["cs.CL", "math.NT"]'])
def test_a_list_in_the_environment_is_written_with_commas_or_as_json(tmp_path: Path, written: str) -> None:
    assert load(tmp_path, DIGEST_ARXIV__CATEGORIES=written).arxiv.categories == ("cs.CL", "math.NT")


def test_weights_three_tables_deep_come_from_the_environment(tmp_path: Path) -> None:
    assert load(tmp_path, DIGEST_SIGNALS__WEIGHTS__NOVELTY="2.5").signals.weights["novelty"] == 2.5


def test_the_file_named_in_the_environment_is_read(tmp_path: Path) -> None:
    file = tmp_path / "named.toml"
    file.write_text('title = "Named"')
    assert load_settings(file=None, environment={"DIGEST_CONFIG": str(file)}).title == "Named"


OWN = r"in .*own\.toml "
WEB_ADDRESS = "must be a web address like https://example\\.org"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("titel = 'x'", rf"titel {OWN}is not a setting; did you mean title\?"),
        ("[mail]\nsmtp_prot = 25", rf"mail\.smtp_prot {OWN}is not a setting; did you mean mail\.smtp_port\?"),
        ("[mial]\ntransport = 'smtp'", rf"mial\.transport {OWN}is not a setting; did you mean mail\.transport\?"),
        ("smtp_host = 'x'", rf"smtp_host {OWN}is not a setting; did you mean mail\.smtp_host\?"),
        ("[moon]", rf"moon {OWN}is not a setting; allowed here: title, .*, \[arxiv\], \[mail\], .*\[signals\]"),
        ("[signals.moon]\nfull = 1", rf"signals\.moon\.full {OWN}is not .*allowed here: \[signals\.weights\]\."),
        ("[mail]\nqqqq = 1", rf"mail\.qqqq {OWN}is not a setting; allowed here: mail\.transport, mail\.outbox_dir, "),
        ("[signals.weights]\nteem = 1", rf"signals\.weights\.teem {OWN}.*did you mean signals\.weights\.team\?"),
        ("[signals.weights]\nqqqq = 1", "allowed here: signals.weights.attention, .*, signals.weights.venue"),
        ("arxiv = 3", rf"arxiv {OWN}must be a table; its keys are arxiv\.categories, arxiv\.contact"),
        ("[[mail]]", rf"mail {OWN}must be a table; its keys are mail\.transport"),
        ("[title]\nlong = 'x'", rf"title\.long {OWN}is inside of title, which must be text of 1 to 100 letters"),
        ("title = 5", rf"title {OWN}must be text of 1 to 100 letters"),
        ("title = ''", rf"title {OWN}must be text of 1 to 100 letters"),
        ("title = ['a']", rf"title {OWN}must be text of 1 to 100 letters"),
        ("title = {}", rf"title {OWN}must be text of 1 to 100 letters"),
        ("title = 2026-11-20", rf"title {OWN}must be text of 1 to 100 letters"),
        ('title = "a\\nb"', rf"title {OWN}must be one line of plain text"),
        ("secret_key = 7", rf"secret_key {OWN}must be text"),
        ("secret_key = ' '", rf"secret_key {OWN}must be empty, or text that nobody can guess"),
        ("old_secret_keys = ['old', '']", rf"old_secret_keys {OWN}must be a list of texts that are not empty"),
        ("database_url = ''", rf"database_url {OWN}must be text that is not empty"),
        ("base_url = 'localhost:8000'", rf"base_url {OWN}must be a web address like https://example"),
        ("base_url = 'https://example.org/?a=b'", rf"base_url {OWN}must be a web address .* without \? and #"),
        ("[mail]\ntransport = 'pigeon'", rf'mail\.transport {OWN}must be "outbox" or "smtp"'),
        ("[mail]\nsmtp_security = 1", rf'mail\.smtp_security {OWN}must be "none", "starttls" or "tls"'),
        ("[mail]\nsmtp_port = 99999", rf"mail\.smtp_port {OWN}must be a whole number from 1 to 65535"),
        ("[mail]\nsmtp_port = 2.5", rf"mail\.smtp_port {OWN}must be a whole number from 1 to 65535"),
        ("[mail]\nsmtp_port = true", rf"mail\.smtp_port {OWN}must be a whole number from 1 to 65535"),
        ("[mail]\nsmtp_port = nan", rf"mail\.smtp_port {OWN}must be a whole number from 1 to 65535"),
        ("[mail]\nfrom = 'nobody'", rf"mail\.from {OWN}must be a mail address like digest@example\.org"),
        ('[mail]\nfrom = "a@b\\r\\nBcc: c@d"', rf"mail\.from {OWN}must be one line of plain text"),
        ("[mail]\nbounce_address = 'x'", rf"mail\.bounce_address {OWN}must be empty, or a mail address"),
        (
            f"[mail]\nbounce_address = '{'b' * 24}@x.org'",
            rf"mail\.bounce_address {OWN}must be an address with at most 23 characters before the @",
        ),
        ("[arxiv]\nseconds_between_requests = 1", rf"arxiv\.seconds_between_requests {OWN}must be at least 3 for add"),
        ("[arxiv]\nseconds_between_requests = -1", rf"{OWN}must be a number of seconds from 0 to 86400"),
        ("[arxiv]\ntimeout_seconds = inf", rf"{OWN}must be a number of seconds above 0, at most 3600"),
        ("[arxiv]\nrss_url = 'ftp://x'", rf"arxiv\.rss_url {OWN}{WEB_ADDRESS}"),
        ("[arxiv]\nrss_url = 'http://['", rf"arxiv\.rss_url {OWN}{WEB_ADDRESS}"),
        ("[arxiv]\nrss_url = 'https://arxiv.org:x'", rf"arxiv\.rss_url {OWN}{WEB_ADDRESS}"),
        ("[arxiv]\nrss_url = 5", rf"arxiv\.rss_url {OWN}{WEB_ADDRESS}"),
        ("[arxiv]\ncategories = []", rf'arxiv\.categories {OWN}must be a list such as \["cs\.CL", "math"\]'),
        ("[arxiv]\ncategories = 'cs.CL'", rf"arxiv\.categories {OWN}must be a list such as"),
        ("[arxiv]\ncategories = ['cs.CL', 3, 4]", rf"arxiv\.categories {OWN}must be a list such as [^;]*$"),
        ("[edition]\ndiversity = nan", rf"edition\.diversity {OWN}must be a number from 0 to 1\."),
        ("[signals.weights]\nteam = 1e308", rf"signals\.weights\.team {OWN}must be a number from 0 to 1000"),
        ("[signals.weights]\nteam = false", rf"signals\.weights\.team {OWN}must be a number from 0 to 1000"),
        ("[signals]\nweights = 1", rf"signals\.weights {OWN}must be a table; its keys are signals\.weights\.attention"),
        ("title = 'a\u0000b'", r"own\.toml"),
        ("x = " + "[" * 3000, r"own\.toml: it is not valid TOML"),
        ("x = " + "9" * 5000, r"own\.toml: it is not valid TOML"),
        ("title = \n[mail]", r"own\.toml: it is not valid TOML: .*line 1"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file_and_what_is_allowed(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        load(tmp_path, content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("TITLE", "", "must be text of 1 to 100 letters"),
        ("MAIL__SMTP_PORT", "many", "must be a whole number from 1 to 65535"),
        ("MAIL__SMTP_PORT", "", "must be a whole number from 1 to 65535"),
        ("EDITION__DIVERSITY", "nan", "must be a number from 0 to 1"),
        ("SIGNALS__WEIGHTS__TEAM", "-1", "must be a number from 0 to 1000"),
        ("ARXIV__CATEGORIES", "", "must be a list such as"),
        ("ARXIV__CATEGORIES", '["cs.CL"', "must be a list such as"),
        ("ARXIV__CATEGORIES", "[1]", "must be a list such as"),
        ("MAIL__SMTP_HOTS", "x", r"is not a setting; did you mean DIGEST_MAIL__SMTP_HOST\?"),
        ("MAIL__QQQQ", "x", "is not a setting; allowed here: DIGEST_MAIL__TRANSPORT, "),
        ("QQQQ", "x", "is not a setting; allowed here: DIGEST_TITLE, .*, DIGEST_ARXIV__…, DIGEST_MAIL__…"),
        ("MAIL", "x", "must be a table; its keys are DIGEST_MAIL__TRANSPORT"),
        ("TITLE__LONG", "x", "is inside of DIGEST_TITLE, which must be text"),
    ],
)
def test_a_wrong_variable_is_told_by_its_own_name(tmp_path: Path, variable: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=f"DIGEST_{variable} in the environment {said}"):
        load(tmp_path, **{f"DIGEST_{variable}": value})


def test_every_wrong_setting_is_told_at_once(tmp_path: Path) -> None:
    content = "titel = 'x'\n[arxiv]\nseconds_between_requests = 1\nretires = 3\n[mail]\nsmtp_security = 'x'"
    variables = {"DIGEST_MAIL__SMTP_PORT": "many", "DIGEST_TITEL": "y", "DIGEST_EDITION": "x"}
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, content, **variables)
    own = tmp_path / "own.toml"
    named = {f"{key} in {own}" for key in ("titel", "arxiv.seconds_between_requests", "arxiv.retires")}
    named |= {f"mail.smtp_security in {own}", *(f"{name} in the environment" for name in variables)}
    assert {name for name in named if name not in str(caught.value)} == set()
    assert str(caught.value).count(";") >= len(named) - 1


SMTP = "[mail]\ntransport = 'smtp'\nfrom = 'digest@preprint.test'\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[mail]\ntransport = 'smtp'", r"mail\.from \(not set in .*own\.toml\) must be an address of your own while"),
        (f"{SMTP}smtp_host = ' '", rf"mail\.smtp_host {OWN}must be the name of your mail server while mail\.transport"),
        (
            f"{SMTP}smtp_host = 'mx.preprint.test'",
            r"base_url \(not set in .*own\.toml\) must be the https:// address at",
        ),
        (f"base_url = 'http://preprint.test'\n{SMTP}", rf"base_url {OWN}must be the https:// address at which readers"),
    ],
)
def test_mail_by_smtp_needs_a_server_a_sender_and_links_that_readers_can_follow(
    tmp_path: Path, content: str, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        load(tmp_path, content)


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://preprint.test", "mx.preprint.test"),
        ("http://localhost:8000", "127.0.0.1"),
        ("http://[::1]:8000", "localhost"),
    ],
)
def test_mails_go_to_others_with_https_and_to_a_server_on_this_machine_to_try_them(
    tmp_path: Path, base_url: str, host: str
) -> None:
    settings = load(tmp_path, f"base_url = '{base_url}'\n{SMTP}smtp_host = '{host}'")
    assert (settings.base_url, settings.mail.smtp_host) == (base_url, host)


def test_an_outbox_needs_no_address_of_your_own(tmp_path: Path) -> None:
    assert load(tmp_path, "base_url = 'http://preprint.test'").base_url == "http://preprint.test"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"No such file.*digest init writes such a file"):
        load_settings(file=tmp_path / "nowhere.toml", environment={})


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "digest.toml").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"digest\.toml: Is a directory\. Name a file"):
        load_settings(file=None, environment={})


def test_less_than_three_seconds_is_allowed_for_another_server(tmp_path: Path) -> None:
    here = {f"DIGEST_ARXIV__{kind}_URL": "http://127.0.0.1:1/x/" for kind in ("RSS", "ATOM", "LISTING", "QUERY", "OAI")}
    settings = load(tmp_path, "[arxiv]\nseconds_between_requests = 0", **here)
    assert settings.arxiv.rss_url == "http://127.0.0.1:1/x"


def test_secrets_show_nowhere(tmp_path: Path) -> None:
    settings = load(tmp_path, DIGEST_MAIL__SMTP_PASSWORD="hunter2", DIGEST_SECRET_KEY="s3cret")
    assert "hunter2" not in repr(settings)
    assert "s3cret" not in repr(settings)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, DIGEST_MAIL__SMTP_PASSWORD="hunter2", DIGEST_MAIL__SMTP_PORT="x")
    assert "hunter2" not in str(caught.value)


def test_the_starter_file_changes_nothing_and_names_every_setting(tmp_path: Path) -> None:
    content = starter_file()
    assert load(tmp_path, content) == load(tmp_path)
    uncommented = "\n".join(
        line.removeprefix("# ") for line in content.splitlines() if " = " in line or line[:1] == "["
    )
    shipped = tomllib.loads((folder("config") / "digest.toml").read_text(encoding="utf-8"))
    assert tomllib.loads(uncommented) == shipped


def test_every_setting_and_every_signals_weight_has_a_shipped_default() -> None:
    shipped = read_file(folder("config") / "digest.toml").values
    assert set(shipped) == set(known_keys())
