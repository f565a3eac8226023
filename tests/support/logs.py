"""Files of logs, and what must not be kept of them."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MODEL = "openai/gpt-oss-120b"


def written(path: Path, content: bytes, ending: str = "") -> Path:
    """The content in a file, compressed as its ending says."""
    path = path.with_name(path.name + ending)
    if ending == ".gz":
        content = gzip.compress(content)
    elif ending == ".zst":
        import pyarrow as pa

        with pa.output_stream(str(path), compression="zstd") as out:
            out.write(content)
        return path
    path.write_bytes(content)
    return path


def lines(records: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


SECRETS = {
    "openai": "sk-proj-Zq3vT9xL2mN8bK4wP6rS1dF7gH5jC0aE",
    "openrouter": "sk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "anthropic": "sk-ant-api03-aB_cD-eF1gH2iJ3kL4mN5oP6qR7sT8uV9wX0yZ-AbCdEf",
    "uuid": "3f2b8c1d-9e4a-4b7f-8a6d-5c0e1f2a3b4d",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "hex": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "groq": "gsk_Zq3vT9xL2mN8bK4wP6rS1dF7",
    "hugging face": "hf_ZqvTxLmNbKwPrSdFgHjCaEyUoIlQ",
    "google": "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
    "nvidia": "nvapi-aB3_dE5-gH7_jK9-mN1_pQ2-sT4_vW6-yZ8_aB0-dE3_gH5-jK7_mN9",
}


def litellm_record(number: int) -> dict[str, Any]:
    start = 1_790_000_000 + number
    return {
        "id": f"chatcmpl-{number:032x}",
        "call_type": "acompletion",
        "custom_llm_provider": "openai",
        "status": "success",
        "startTime": start,
        "endTime": start + 0.5,
        "model": MODEL,
        "api_base": "https://llm.submodel.ai/v1",
        "prompt_tokens": number,
        "completion_tokens": 1,
        "total_tokens": number + 1,
        "response_cost": 0.0,
        "messages": [{"role": "user", "content": f"PLANTED question {number}"}],
    }
