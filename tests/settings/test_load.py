from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from settings_files import load

from digest.assets import folder
from digest.errors import SettingsError
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
    assert load(tmp_path, DIGEST_SIGNALS__WEIGHTS__NOVELTY="2.5").signals.weights.novelty == 2.5


def test_the_file_named_in_the_environment_is_read(tmp_path: Path) -> None:
    file = tmp_path / "named.toml"
    file.write_text('title = "Named"')
    assert load_settings(file=None, environment={"DIGEST_CONFIG": str(file)}).title == "Named"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("titel = 'x'", r"titel in .*own\.toml is not a setting; did you mean title\?"),
        ("[mail]\nsmtp_prot = 25", r"mail\.smtp_prot in .*own\.toml is not a setting; did you mean mail\.smtp_port\?"),
        ("smtp_host = 'x'", r"did you mean mail\.smtp_host\?"),
        ("[mail]\ntransport = 'pigeon'", r"mail\.transport in .*own\.toml: input should be 'outbox' or 'smtp'"),
        ("[mail]\nsmtp_port = 99999", r"mail\.smtp_port in .*own\.toml: .*less than or equal to 65535"),
        ("[mail]\nfrom = 'nobody'", r"mail\.from in .*own\.toml: must be a mail address"),
        ('[mail]\nfrom = "a@b\\r\\nBcc: c@d"', r"mail\.from in .*own\.toml: must be one line"),
        ("[mail]\ntransport = 'smtp'", r"from must be an address of your own"),
        ("[arxiv]\nseconds_between_requests = 1", r"at least 3 for addresses at arxiv\.org"),
        ("[arxiv]\nrss_url = 'ftp://x'", r"arxiv\.rss_url in .*own\.toml: must be a web address"),
        ("[arxiv]\ncategories = []", r"arxiv\.categories in .*own\.toml"),
        ("arxiv = 3", r"arxiv in .*own\.toml"),
        ("title = 'a\u0000b'", r"own\.toml"),
        ('title = "a\\nb"', r"title in .*own\.toml: must be one line of plain text"),
        ("x = " + "[" * 3000, r"own\.toml: it is not valid TOML"),
        ("x = " + "9" * 5000, r"own\.toml: it is not valid TOML"),
        ("[signals.weights]\nteam = 1e308", r"signals\.weights\.team in .*own\.toml"),
        ("title = \n[mail]", r"own\.toml: it is not valid TOML: .*line 1"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file_and_what_is_allowed(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        load(tmp_path, content)
    assert "\n" not in str(caught.value)


def test_every_wrong_setting_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, "titel = 'x'", DIGEST_MAIL__SMTP_PORT="many")
    assert "titel" in str(caught.value)
    assert "DIGEST_MAIL__SMTP_PORT in the environment" in str(caught.value)


def test_an_unknown_variable_is_told_by_its_own_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DIGEST_MAIL__SMTP_HOTS in the environment is not a setting"):
        load(tmp_path, DIGEST_MAIL__SMTP_HOTS="x")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load_settings(file=tmp_path / "nowhere.toml", environment={})


def test_less_than_three_seconds_is_allowed_for_another_server(tmp_path: Path) -> None:
    here = {f"DIGEST_ARXIV__{kind}_URL": "http://127.0.0.1:1/x/" for kind in ("RSS", "ATOM", "LISTING", "QUERY")}
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
