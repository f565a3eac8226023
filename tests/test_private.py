"""No access key is stored or shown: keys of 40 kinds in every field, and names that are none.

The keys are made up, each in the form that its issuer documents.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
import string
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagen_usage_cli import store as stores
from instagen_usage_cli.private import without_secrets
from tests.test_clients_private import CORPUS, SHOWN, Watched, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

__all__ = ["watched"]  # a fixture
DICE = random.Random(20261201)  # noqa: S311 - made-up keys
LETTERS, DIGITS = string.ascii_letters, string.digits
LOWER_HEX = "0123456789abcdef"


def drawn(length: int, alphabet: str = LETTERS + DIGITS) -> str:
    return "".join(DICE.choice(alphabet) for _ in range(length))


# Known by how they begin: looked for in every text.
KNOWN = {
    "short": "sk-1234",
    "letters": "sk-abcdefghij",
    "openai": f"sk-{drawn(48)}",
    "openai project": f"sk-proj-{drawn(40)}-{drawn(20)}_{drawn(12)}",
    "openai service account": f"sk-svcacct-{drawn(60)}",
    "anthropic": f"sk-ant-api03-{drawn(86)}-{drawn(6)}AA",
    "openrouter": f"sk-or-v1-{drawn(64, LOWER_HEX)}",
    "deepseek": f"sk-{drawn(32, LOWER_HEX)}",
    "langfuse secret": "sk-lf-7d1f6c9e-2b3a-4c5d-8e9f-0a1b2c3d4e5f",
    "langfuse public": "pk-lf-7d1f6c9e-2b3a-4c5d-8e9f-0a1b2c3d4e5f",
    "litellm": f"sk-{drawn(22)}",
    "novita": f"sk_{drawn(43)}",
    "groq": f"gsk_{drawn(52)}",
    "xai": f"xai-{drawn(80)}",
    "nvidia": f"nvapi-{drawn(64)}",
    "fireworks": "fw_3ZhK9wQbT7xLmN2pR5vY8cJd",
    "hugging face": f"hf_{drawn(34, LETTERS)}",
    "replicate": f"r8_{drawn(37)}",
    "perplexity": f"pplx-{drawn(48, LOWER_HEX)}",
    "together": f"tgp_v1_{drawn(43)}",
    "cerebras": f"csk-{drawn(48, string.ascii_lowercase + DIGITS)}",
    "chutes": f"cpk_{drawn(32, LOWER_HEX)}.{drawn(32, LOWER_HEX)}.{drawn(32)}",
    "google": f"AIzaSy{drawn(33)}",
    "google oauth": f"ya29.{drawn(60)}",
    "aws": "AKIAIOSFODNN7EXAMPLE",
    "aws session": "ASIAIOSFODNN7EXAMPLE",
    "github": f"ghp_{drawn(36)}",
    "github app": f"ghs_{drawn(36)}",
    "github fine-grained": f"github_pat_{drawn(22)}_{drawn(59)}",
    "gitlab": f"glpat-{drawn(20)}",
    "slack": f"xoxb-{drawn(12, DIGITS)}-{drawn(12, DIGITS)}-{drawn(24)}",
    "stripe": f"sk_live_{drawn(24)}",
    "stripe restricted": f"rk_live_{drawn(24)}",
    "webhook": f"whsec_{drawn(32)}",
    "langsmith": f"lsv2_pt_{drawn(32, LOWER_HEX)}_{drawn(10, LOWER_HEX)}",
    "databricks": f"dapi{drawn(32, LOWER_HEX)}",
    "npm": f"npm_{drawn(36)}",
    "sendgrid": f"SG.{drawn(22)}.{drawn(43)}",
    "jwt": f"eyJhbGciOiJIUzI1NiJ9.eyJ{drawn(40)}.{drawn(43)}",
    "bearer": f"Bearer {drawn(40)}",
}
# Known by their look alone: looked for where keys, users, projects and accounts stand.
RANDOM = {
    "aws secret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "capitals": "SECRETTOKENUPPERCASE1234567",
    "short": "a1b2c3d4e5f6g7h8",
    "azure": drawn(32, LOWER_HEX),
    "mistral": drawn(32),
    "cohere": drawn(40),
    "base64": f"{drawn(20)}-{drawn(21)}_{drawn(20)}",
}
TEXTS = ("Request ID", "Model", "Provider", "Session ID", "Error Type", "Operation", "Service Tier", "Tags")
NAMES = ("Access Key", "User", "Project", "Account")


def table(path: Path, rows: list[dict[str, str]]) -> Path:
    usual = {"Time": "2026-11-20 10:00:00", "Model": "m", "Input Tokens": "1", "Output Tokens": "1"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys((*usual, *TEXTS, *NAMES))))
        writer.writeheader()
        for second, row in enumerate(rows):
            writer.writerow(usual | {"Time": f"2026-11-20 10:{second // 60 % 60:02}:{second % 60:02}"} | row)
    return path


def leaks(watched: Watched, keys: dict[str, str], outcomes: list[Outcome]) -> list[str]:
    places = {str(path): content for path, content in watched.written().items()}
    places |= {"the tables": watched.stored().encode()}
    places |= {f"output {number}": f"{each.out}{each.err}".encode() for number, each in enumerate(outcomes)}
    return [
        f"{kind} in {place}"
        for kind, key in keys.items()
        for place, content in places.items()
        if key.removeprefix("Bearer ").encode() in content
    ]


def imported(run: Run, log: Path, *options: str) -> list[Outcome]:
    first = run("import", log, *options)
    return [first, *(run(*arguments) for arguments in SHOWN)]


def test_there_are_forty_kinds() -> None:
    assert len(KNOWN) >= 40


def test_known_keys_are_in_no_field(run: Run, watched: Watched, tmp_path: Path) -> None:
    rows = [{field: form.format(key)} for key in KNOWN.values() for field in (*TEXTS, *NAMES) for form in FORMS]
    outcomes = imported(run, table(tmp_path / "log.csv", rows))
    assert outcomes[0].code == 0, outcomes[0].err
    assert leaks(watched, KNOWN, outcomes) == []


FORMS = ("{}", "the key {} is wrong", "key={}", "team/{}")


def test_random_keys_are_no_names(run: Run, watched: Watched, tmp_path: Path) -> None:
    # Capitals alone may be a name of a user or a project.
    rows = [
        {field: key} for kind, key in RANDOM.items() for field in NAMES if kind != "capitals" or field == "Access Key"
    ]
    outcomes = imported(run, table(tmp_path / "log.csv", rows))
    assert outcomes[0].code == 0, outcomes[0].err
    assert leaks(watched, RANDOM, outcomes) == []


@pytest.mark.parametrize("field", ["access_key", "user", "project", "account", "session", "model", "provider"])
def test_set_takes_no_key(run: Run, watched: Watched, tmp_path: Path, field: str) -> None:
    log = table(tmp_path / "log.csv", [{}])
    keys = {"openai": KNOWN["openai"], "short": KNOWN["short"]}
    for key in keys.values():
        outcomes = imported(run, log, "--set", f"{field}={key}", "--again")
        assert outcomes[0].code == 0, outcomes[0].err
        assert leaks(watched, keys, outcomes) == []


def test_a_file_name_with_a_key_is_known_without_it(run: Run, watched: Watched, tmp_path: Path) -> None:
    log = table(tmp_path / f"{KNOWN['openai']}.csv", [{}, {}])
    outcomes = imported(run, log)
    assert "2 new" in outcomes[0].out
    (stored,) = json.loads(run("imports", "--format", "json").out)["rows"]
    assert Path(stored["path"]).name == f"{hashlib.sha256(KNOWN['openai'].encode()).hexdigest()[:12]}.csv"
    again = run("import", log)
    assert "1 file has not changed since the last import" in again.out
    # Of what was staged, the place that is read is written for a while.
    staged = {path: content for path, content in watched.removed.items() if "staging" not in path}
    watched.removed = staged
    assert leaks(watched, {"openai": KNOWN["openai"]}, [*outcomes, again]) == []
    assert run("forget", log).code == 0
    assert json.loads(run("imports", "--format", "json").out)["rows"] == []


def test_an_error_shows_no_key(run: Run) -> None:
    outcome = run("import", f"/nowhere/{KNOWN['openai']}.csv")
    assert outcome.code != 0
    assert KNOWN["openai"] not in outcome.err


def test_the_same_key_has_the_same_name_wherever_it_stands(run: Run, tmp_path: Path) -> None:
    key = KNOWN["openai"]
    fingerprint = hashlib.sha256(key.encode()).hexdigest()[:12]
    rows = [{"Access Key": key}, {"Access Key": f"Bearer {key}"}, {"User": key}, {"Session ID": f"of key {key}."}]
    assert run("import", table(tmp_path / "log.csv", rows)).code == 0
    with stores.open_reading(tmp_path / "usage.duckdb") as store:
        found = store.query('select access_key, "user", session from requests order by started_at').rows
    assert list(found) == [
        (fingerprint, None, None),
        (fingerprint, None, None),
        (None, fingerprint, None),
        (None, None, f"of key {fingerprint}."),
    ]


# --- in the logs of every source ----------------------------------------------------------------------------------


def planted(value: Any, key: str) -> Any:  # noqa: ANN401 - as JSON gives it
    """A record with a key in each text that is no number, no time and no name of a kind."""
    if isinstance(value, dict):
        return {name: planted(inner, key) for name, inner in value.items()}
    if isinstance(value, list):
        return [planted(inner, key) for inner in value]
    if isinstance(value, str) and len(value) > 3 and not value[0].isdigit():
        return f"{value} {key}"
    return value


def logs() -> Iterator[Path]:
    for folder in sorted(CORPUS.iterdir()):
        yield from sorted(file for file in folder.glob("*.json*") if file.suffix in {".json", ".jsonl"})


@pytest.mark.parametrize("source", sorted({file.parent.name for file in logs()}))
def test_a_key_in_any_text_of_a_log_is_not_written(run: Run, watched: Watched, tmp_path: Path, source: str) -> None:
    key = KNOWN["anthropic"]
    for file in logs():
        if file.parent.name != source:
            continue
        try:
            text = file.read_text("utf-8")
            records = [json.loads(text)] if file.suffix == ".json" else [json.loads(line) for line in text.splitlines()]
        except ValueError:
            continue
        for only in (None, "user", "project", "session", "id", "error", "model", "key", "tags", "name"):
            log = tmp_path / f"{file.stem}-{only}{file.suffix}"
            log.write_text("\n".join(json.dumps(_planted_at(each, only, key)) for each in records), "utf-8")
            run("import", log, "--source", source)
    assert leaks(watched, {"anthropic": key}, [run(*arguments) for arguments in SHOWN]) == []


def _planted_at(value: Any, only: str | None, key: str) -> Any:  # noqa: ANN401 - as JSON gives it
    """The record with the key in every text, or in those whose name says so."""
    if only is None:
        return planted(value, key)
    if isinstance(value, dict):
        return {
            name: key if isinstance(inner, str) and only in name.lower() else _planted_at(inner, only, key)
            for name, inner in value.items()
        }
    return [_planted_at(inner, only, key) for inner in value] if isinstance(value, list) else value


# --- names --------------------------------------------------------------------------------------------------------

ORDINARY = (
    "alice bob carol web app batch jobs search backend nightly research production staging eu-west-1 us-east-1a node3"
    " gpt-4o claude-code team alpha beta 2026 Q3 v2 mobile iOS android checkout payments data-science ml infra oncall"
    " müller 团队 café o'neil McDonald van-der-berg svc bot ci cd cron laptop notebook desk-top task-force risk-model"
)
WORDS = ORDINARY.split()
IDS = (
    "0d5c1f3a-7e42-4b8d-9a60-5e1c2b3d4f01",
    "01JB2S4Y8Q9ZX7W6V5T4R3P2N1",
    "cloramnkj0002jz088vzn1ja4",
    "507f1f77bcf86cd799439011",
    "proj_YGxUr4TbP9aLk2Qw8ZsVnM3c",
    "user-9fKq2LxZ8vTnB4mWc7RdYpHs",
    "org-AbC123dEf456GhI789jKl012",
    "wrkspc_01JwQvzr7rXLA5AFbjS7DqRW",
    "apikey_01Rj2N8SVvo6BePZj99NhmiT",
    "key_XjWJtRLAXRgxOxYz",
    "/home/dev/work/project-3/a1b2c3d4e5f6a7b8c9d0",
    "Team-Backend-2024-Q3-Platform",
    "myGreatProjectName2024Backend",
    "web2-api3-test4-prod5",
    "alice.smith+billing@example-company.co.uk",
    "sk-SK",
    "pk-12",
    "hf_dataset",
    "xai-grok-4-fast",
    "pplx-70b-online",
    "ask-me-anything",
    "desk-1234",
    "task-2024-11-20",
)


def ordinary_names() -> list[str]:
    dice = random.Random(7)  # noqa: S311 - names, no secrets
    names = [*WORDS, *IDS]
    while len(set(names)) < 1000:
        parts = [dice.choice(WORDS) for _ in range(dice.randint(1, 4))]
        name = dice.choice("-_ ./").join(parts)
        names.append(dice.choice((name, f"{name}@example.org", name.title(), f"{name}-{dice.randint(1, 2030)}")))
    return list(dict.fromkeys(names))[:1000]


@pytest.mark.parametrize("field", ["Access Key", "User", "Project", "Session ID"])
def test_ordinary_names_come_through_unchanged(run: Run, tmp_path: Path, field: str) -> None:
    ids = {"0d5c1f3a-7e42-4b8d-9a60-5e1c2b3d4f01", "01JB2S4Y8Q9ZX7W6V5T4R3P2N1", *IDS[2:8]}
    # Among access keys only an id that says so is none.
    names = [name for name in ordinary_names() if field != "Access Key" or name not in ids]
    assert run("import", table(tmp_path / "log.csv", [{field: name} for name in names])).code == 0
    shown = run("requests", "--period", "all", "--limit", "9999", "--wide", "--format", "json").json["rows"]
    column = {"Access Key": "access_key", "Session ID": "session"}.get(field, field.lower())
    assert set(names) - {row[column] for row in shown} == set()
    assert len(shown) == len(names)


def test_models_that_are_priced_are_no_keys() -> None:
    folder = Path(__file__).parents[1] / "pricing"
    lines = (line for file in folder.glob("*.csv") for line in file.read_text("utf-8").splitlines())
    texts = {cell for row in csv.reader(lines) for cell in row}
    assert len(texts) > 1000
    assert [text for text in texts if without_secrets(text) != text] == []


@given(st.text(max_size=60))
def test_hiding_twice_is_the_same_as_once(text: str) -> None:
    once = without_secrets(text)
    assert without_secrets(once) == once
