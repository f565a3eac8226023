"""LiteLLM's and models.dev's price lists as lines of ours: prices worked out by hand, refusals with their line."""

from __future__ import annotations

import json
import random
import tempfile
import time
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from instagen_usage_cli.errors import BadPrices
from instagen_usage_cli.prices import foreign, lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from instagen_usage_cli.prices.foreign import Converted

    Give = Callable[[Any], Converted]
    Refuse = Callable[[Any], str]

PRICES = Path(__file__).parent / "prices"
ON = date(2026, 11, 23)
LITELLM = PRICES / "litellm_1_109_1.json"
MODELS_DEV = PRICES / "models_dev.json"


def written(content: Any) -> str:  # noqa: ANN401 - JSON
    return content if isinstance(content, str) else json.dumps(content, indent=2)


@pytest.fixture
def give(tmp_path: Path) -> Give:
    """Read a file with that content."""

    def reading(content: Any) -> Converted:  # noqa: ANN401 - JSON
        path = tmp_path / "list.json"
        path.write_text(written(content), "utf-8")
        return foreign.read(path, on=ON)

    return reading


@pytest.fixture
def refuse(give: Give, tmp_path: Path) -> Refuse:
    """Read a file with that content, and say with which line and why it was refused."""

    def refusing(content: Any) -> str:  # noqa: ANN401 - JSON
        with pytest.raises(BadPrices) as refused:
            give(content)
        before, after = str(refused.value).split(" cannot be used: line ")
        assert before == f"the prices {tmp_path / 'list.json'}"
        return after

    return refusing


def prices(line: lines.Line) -> str:
    """The prices of a line, in one line."""
    said = [(name, getattr(line, name)) for name in lines.PRICES]
    return " ".join(f"{name}={price}" for name, price in said if price is not None)


def told(converted: Converted, model: str, provider: str | None = None) -> dict[tuple[str, int | None], str]:
    """The prices of a model, by service tier and size."""
    found = [line for line in converted.lines if line.model == model and provider in {None, line.provider}]
    assert len({line.provider for line in found}) == 1
    return {(line.tier, line.input_above): prices(line) for line in found}


def why(converted: Converted) -> dict[str, str]:
    return {each.model: each.why for each in converted.left_out}


def litellm(**entry: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"m": {"litellm_provider": "p", "mode": "chat", **entry}}


def models_dev(cost: Any, **model: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"p": {"id": "p", "models": {"m": {"id": "m", "cost": cost, **model}}}}


# --- LiteLLM, from the real file ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> Converted:
    return foreign.read(LITELLM, on=ON)


def test_a_price_per_token_is_one_per_million(real: Converted) -> None:
    (line,) = [line for line in real.lines if line.provider == "vercel_ai_gateway"]
    assert line == lines.Line(
        provider="vercel_ai_gateway",
        model="anthropic/claude-sonnet-4.5",  # vercel_ai_gateway/anthropic/claude-sonnet-4.5
        input=Decimal(3),  # 3e-06
        output=Decimal(15),  # 1.5e-05
        cache_read=Decimal("0.3"),  # 3e-07
        cache_write_5m=Decimal("3.75"),  # 3.75e-06
        effective_from=ON,
        checked_on=ON,
        source="litellm_1_109_1.json",
    )


def test_an_entry_names_its_page(real: Converted) -> None:
    assert {line.source for line in real.lines if line.model == "gpt-5.4"} == {
        "https://developers.openai.com/api/docs/pricing"
    }


def test_sizes_and_batches_combine(real: Converted) -> None:
    assert told(real, "claude-haiku-5-5") == {
        ("", None): "input=0.1 output=0.5 cache_read=0.01 cache_write_5m=0.125 cache_write_1h=0.2",
        ("", 100_000): "input=0.5 output=2.5 cache_read=0.05 cache_write_5m=0.625 cache_write_1h=1",
        # An hour in the cache has no price for batches: it stays at the ordinary one.
        ("batch", None): "input=0.05 output=0.25 cache_read=0.005 cache_write_5m=0.0625 cache_write_1h=0.2",
        ("batch", 100_000): "input=0.25 output=1.25 cache_read=0.025 cache_write_5m=0.3125 cache_write_1h=0.2",
    }


def test_a_tier_without_a_size_takes_the_ordinary_one(real: Converted) -> None:
    assert told(real, "gpt-5.4") == {
        ("", None): "input=2.5 output=15 cache_read=0.25",
        ("", 272_000): "input=5 output=22.5 cache_read=0.5",
        ("batch", None): "input=1.25 output=7.5 cache_read=0.13",
        ("batch", 272_000): "input=2.5 output=11.25 cache_read=0.25",
        ("flex", None): "input=1.25 output=7.5 cache_read=0.13",
        ("flex", 272_000): "input=2.5 output=11.25 cache_read=0.25",
        ("priority", None): "input=5 output=30 cache_read=0.5",
        ("priority", 272_000): "input=5 output=22.5 cache_read=0.5",
    }


def test_thinking_that_costs_what_writing_costs_goes_along_with_it(real: Converted) -> None:
    assert told(real, "gemini-2.5-flash") == {
        ("", None): "input=0.3 output=2.5 cache_read=0.03 reasoning=2.5",
        ("batch", None): "input=0.15 output=1.25 cache_read=0.03",
        ("flex", None): "input=0.15 output=1.25 cache_read=0.03",
        ("priority", None): "input=0.54 output=4.5 cache_read=0.054",
    }


def test_xai_counts_exactly_200k_as_large(real: Converted) -> None:
    assert told(real, "grok-4.3") == {
        ("", None): "input=1.25 output=2.5 cache_read=0.2",
        ("", 199_999): "input=2.5 output=5 cache_read=0.4",
        ("batch", None): "input=1 output=2 cache_read=0.16",
        ("batch", 199_999): "input=2 output=4 cache_read=0.32",
    }


def test_bands_are_sizes(real: Converted) -> None:
    assert told(real, "qwen-plus-latest") == {
        ("", None): "input=0.4 output=1.2 reasoning=4",
        ("", 256_000): "input=1.2 output=3.6 reasoning=12",
    }


def test_a_price_per_request(real: Converted) -> None:
    assert told(real, "pplx-70b-online") == {("", None): "output=2.8 per_request=5000"}  # 0.005 dollars per request


def test_a_model_that_only_reads_has_no_output_to_pay_for(real: Converted) -> None:
    assert told(real, "text-embedding-3-small") == {
        ("", None): "input=0.02 output=0",
        ("batch", None): "input=0.01 output=0",
    }


def test_one_model_under_two_keys_is_one(real: Converted) -> None:
    # deepseek-chat, deepseek/deepseek-chat; gemini-exp-1206 has prices under one of its keys only.
    assert told(real, "deepseek-chat", "deepseek") == {("", None): "input=0.28 output=0.42 cache_read=0.028"}
    assert told(real, "gemini-exp-1206") == {("", None): "input=0.3 output=2.5 cache_read=0.03 reasoning=2.5"}
    assert "gemini-exp-1206" not in why(real)


def test_what_was_left_out(real: Converted) -> None:
    assert real.kind == "litellm"
    assert why(real) == {
        "hd/1024-x-1024/dall-e-3": "priced by input_cost_per_pixel",
        "amazon.rerank-v1:0": "priced by input_cost_per_query",
        "@cf/google/gemma-2b-it-lora": "0 means unknown in this file",
        "gpt-6-sol": "no price",
        "omni-moderation-latest": "0 means unknown in this file",
    }
    assert {(line.provider, line.model) for line in real.lines}.isdisjoint(
        (each.provider, each.model) for each in real.left_out
    )


def test_the_noise_of_a_binary_number_is_none_of_a_price(real: Converted) -> None:
    """It stands there as 8.000000000000001e-07."""
    assert [line.input for line in real.lines if line.model == "moonshotai/kimi-k2.6"] == [Decimal("0.8")]


def test_what_was_taken_in_part(real: Converted) -> None:
    assert {each.model: each.why for each in real.partly} == {
        "claude-haiku-5-5": "only its tokens are priced, not search_context_cost_per_query, provider_specific_entry",
        "deepseek-chat": "0 means unknown in this file: cache_creation_input_token_cost",
        "gemini-2.5-flash": "only its tokens are priced, not cache_read_input_audio_token_cost, "
        "cache_read_input_audio_token_cost_batches, cache_read_input_audio_token_cost_flex, "
        "cache_read_input_audio_token_cost_priority, input_cost_per_audio_token, input_cost_per_audio_token_flex, "
        "search_context_cost_per_query, google_maps_grounding_cost_per_query, input_cost_per_audio_token_batches, "
        "input_cost_per_audio_token_priority",
        "gemini-exp-1206": "only its tokens are priced, not input_cost_per_audio_token, search_context_cost_per_query",
        "gpt-5.4": "only its tokens are priced, not regional_processing_uplift_multiplier_eu, "
        "regional_processing_uplift_multiplier_us",
        "pplx-70b-online": "0 means unknown in this file: input_cost_per_token",
        "twelvelabs.pegasus-1-2-v1:0": "only its tokens are priced, not input_cost_per_video_per_second",
        "grok-4.3": "only its tokens are priced, not input_cost_per_image_token",
    }


def test_the_sample_of_an_entry_is_no_model(real: Converted) -> None:
    assert "sample_spec" in LITELLM.read_text("utf-8")
    assert "sample_spec" not in {line.model for line in real.lines} | set(why(real))


# --- LiteLLM, from files written here -----------------------------------------------------------------


def test_every_class_of_tokens(give: Give) -> None:
    entry = litellm(
        input_cost_per_token=1e-06,
        output_cost_per_token=2e-06,
        cache_read_input_token_cost=3e-06,
        cache_creation_input_token_cost=4e-06,
        cache_creation_input_token_cost_above_1hr=5e-06,
        output_cost_per_reasoning_token=6e-06,
        input_cost_per_request=0.007,
    )
    expected = "input=1 output=2 cache_read=3 cache_write_5m=4 cache_write_1h=5 reasoning=6 per_request=7000"
    assert told(give(entry), "m") == {("", None): expected}


def test_a_class_that_a_size_does_not_name_keeps_its_price(give: Give) -> None:
    entry = litellm(
        input_cost_per_token=1e-06,
        output_cost_per_token=2e-06,
        cache_read_input_token_cost=1e-07,
        input_cost_per_token_above_200k_tokens=3e-06,
        cache_creation_input_token_cost_above_1hr_above_200k_tokens=4e-06,
    )
    assert told(give(entry), "m") == {
        ("", None): "input=1 output=2 cache_read=0.1",
        ("", 200_000): "input=3 output=2 cache_read=0.1 cache_write_1h=4",
    }


def test_either_order_of_size_and_tier_and_sizes_without_k(give: Give) -> None:
    entry = litellm(
        input_cost_per_token=1e-06,
        output_cost_per_token=2e-06,
        input_cost_per_token_priority_above_200k_tokens=3e-06,
        output_cost_per_token_above_200000_tokens_priority=4e-06,
    )
    assert told(give(entry), "m") == {
        ("", None): "input=1 output=2",
        ("priority", None): "input=1 output=2",
        ("priority", 200_000): "input=3 output=4",
    }


def test_batches_take_no_size_of_the_ordinary_tier(give: Give) -> None:
    entry = litellm(
        input_cost_per_token=1e-06,
        output_cost_per_token=2e-06,
        input_cost_per_token_above_200k_tokens=3e-06,
        input_cost_per_token_batches=5e-07,
        input_cost_per_token_flex=5e-07,
    )
    found = told(give(entry), "m")
    assert ("batch", 200_000) not in found
    assert found["batch", None] == "input=0.5 output=2"
    assert found["flex", 200_000] == "input=3 output=2"


def test_a_tier_without_input_and_output_is_none_but_named(give: Give) -> None:
    converted = give(litellm(input_cost_per_token=1e-06, cache_read_input_token_cost_priority=1e-07))
    assert told(converted, "m") == {("", None): "input=1"}
    assert converted.partly[0].why == "only its tokens are priced, not cache_read_input_token_cost_priority"


def test_unknown_costs_are_named(give: Give) -> None:
    entry = litellm(
        input_cost_per_token=1e-06,
        input_cost_per_token_ultrafast=2e-06,
        output_cost_per_hologram=1,
        input_cost_per_audio_token=0,
        off_peak_pricing={"hours_utc": "16:30-00:30", "input_cost_per_token": 5e-07},
        supports_vision=True,
        max_tokens=8192,
    )
    expected = "input_cost_per_token_ultrafast, output_cost_per_hologram, off_peak_pricing"
    assert give(entry).partly == (foreign.LeftOut("p", "m", f"only its tokens are priced, not {expected}"),)


@pytest.mark.parametrize("mode", ["chat", "completion", "responses", "embedding", "moderation"])
def test_0_is_unknown_and_not_free(give: Give, mode: str) -> None:
    converted = give(litellm(mode=mode, input_cost_per_token=0.0, output_cost_per_token=0.0))
    assert (converted.lines, why(converted)) == ((), {"m": "0 means unknown in this file"})


def test_a_0_beside_a_price_is_unknown_too(give: Give) -> None:
    converted = give(
        litellm(input_cost_per_token=1e-06, output_cost_per_token=0, cache_read_input_token_cost=0, search_cost=0.01)
    )
    assert told(converted, "m") == {("", None): "input=1"}
    assert converted.partly[0].why == (
        "only its tokens are priced, not search_cost; "
        "0 means unknown in this file: output_cost_per_token, cache_read_input_token_cost"
    )


def test_the_provider_is_cut_off_the_key_and_nothing_else(give: Give) -> None:
    entries = {
        "azure/eu/gpt-4o": "azure",
        "azure/instruct": "azure_text",
        "bedrock/us-east-1/claude": "bedrock",
        "bare": "openai",
        "openrouter/openrouter/auto": "openrouter",
    }
    found = give({key: {"litellm_provider": name, "input_cost_per_token": 1e-06} for key, name in entries.items()})
    assert [(line.provider, line.model) for line in found.lines] == [
        ("azure", "eu/gpt-4o"),
        ("azure_text", "azure/instruct"),
        ("bedrock", "us-east-1/claude"),
        ("openai", "bare"),
        ("openrouter", "openrouter/auto"),
    ]


def test_keys_that_contradict_each_other_are_left_out(give: Give) -> None:
    one, other = ({"litellm_provider": "p", "input_cost_per_token": price} for price in (1e-06, 2e-06))
    converted = give({"m": one, "n": one, "p/m": other})
    assert [line.model for line in converted.lines] == ["n"]
    assert why(converted) == {"m": "its prices contradict each other: m, p/m"}


def test_equal_keys_with_other_pages_are_one(give: Give) -> None:
    entry = {"litellm_provider": "p", "input_cost_per_token": 1e-06}
    converted = give({"m": {**entry, "source": "https://one.example"}, "p/m": {**entry, "source": "see above"}})
    assert [line.source for line in converted.lines] == ["https://one.example"]


def test_two_names_of_one_price_must_agree(give: Give) -> None:
    entry = {"input_cost_per_token": 1e-06, "cache_read_input_token_cost": 1e-07}
    converted = give(litellm(**entry, input_cost_per_token_cache_hit=1e-07))
    assert told(converted, "m") == {("", None): "input=1 cache_read=0.1"}
    converted = give(litellm(**entry, input_cost_per_token_cache_hit=2e-07))
    assert why(converted) == {"m": "input_cost_per_token_cache_hit contradicts another price of it"}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"input_cost_per_token": 1e-13}, "input_cost_per_token needs more than six decimals in dollars per million"),
        ({"input_cost_per_token": 1}, "input_cost_per_token is 1,000,000 dollars per million or more"),
        ({"input_cost_per_token": 1e300}, "input_cost_per_token is 1,000,000 dollars per million or more"),
        ({"input_cost_per_token_above_200k_tokens": 1e-06}, "it has prices for large requests only"),
        ({"tiered_pricing": [{"input_cost_per_query": 1}]}, "priced by tiered_pricing"),
        (
            {"tiered_pricing": [{"input_cost_per_token": 1e-06, "range": [0, 9]}] * 2},
            "it has two prices for the same size of requests",
        ),
        (
            {"tiered_pricing": [{"input_cost_per_token": 1e-06, "range": [5, 9]}]},
            "it has prices for large requests only",
        ),
        ({"litellm_provider": None, "input_cost_per_token": 1e-06}, "it names no provider"),
        (
            {"litellm_provider": " p", "input_cost_per_token": 1e-06},
            "its name has marks that cannot be shown, or blanks around it",
        ),
        ({}, "no price"),
    ],
)
def test_models_that_no_line_can_say(give: Give, entry: dict[str, Any], expected: str) -> None:
    converted = give(litellm(**entry))
    assert (converted.lines, why(converted)) == ((), {"m": expected})


def test_bands_go_before_other_prices(give: Give) -> None:
    bands = [
        {"range": [0, 32000.0], "input_cost_per_token": 1e-06, "cache_read_input_token_cost": 1e-07},
        {"range": [32000.0, 1e6], "input_cost_per_token": 2e-06, "output_cost_per_token": 9e-06},
    ]
    converted = give(
        litellm(
            input_cost_per_token=5e-06,
            output_cost_per_token=8e-06,
            input_cost_per_token_flex=5e-07,
            tiered_pricing=bands,
        )
    )
    assert told(converted, "m") == {
        ("", None): "input=1 output=8 cache_read=0.1",
        ("", 32_000): "input=2 output=9",
    }
    assert converted.partly[0].why == "only its tokens are priced, not input_cost_per_token_flex"


def test_what_is_shown_has_no_hidden_marks(give: Give) -> None:
    converted = give({"a\x1b[31m\ud800": {"litellm_provider": "p", "input_cost_per_token": 1e-06}, "p\n": []})
    assert [each.model for each in converted.left_out] == [r"'a\x1b[31m\ud800'", r"'p\n'"]


# --- models.dev ---------------------------------------------------------------------------------------


def test_models_dev() -> None:
    converted = foreign.read(MODELS_DEV, on=ON)
    assert converted.kind == "models.dev"
    assert told(converted, "gemini-2.5-flash") == {("", None): "input=0.3 output=2.5 cache_read=0.03"}
    assert told(converted, "gemini-2.5-pro") == {
        ("", None): "input=1.25 output=10 cache_read=0.125",
        ("", 200_000): "input=2.5 output=15 cache_read=0.25",
    }
    assert told(converted, "gpt-5.4") == {
        ("", None): "input=2.5 output=15 cache_read=0.25",
        ("", 200_000): "input=5 output=22.5 cache_read=0.5",
    }
    # Its context_over_200k repeats the tier, which begins at 272,000.
    assert told(converted, "gpt-6-astra") == {
        ("", None): "input=10 output=50 cache_read=1 cache_write_5m=12.5",
        ("", 272_000): "input=20 output=75 cache_read=2 cache_write_5m=25",
    }
    assert why(converted) == {"waverunner": "no price"}
    assert {(each.provider, each.model): each.why for each in converted.partly} == {
        ("google", "gemini-2.5-flash"): "only its tokens are priced, not input_audio",
        ("openai", "gpt-6-astra"): "only its tokens are priced, not experimental.modes.fast.cost",
    }


def test_the_models_of_submodel() -> None:
    found = [line for line in foreign.read(MODELS_DEV, on=ON).lines if line.provider == "submodel"]
    assert {line.model: prices(line) for line in found} == {
        "Qwen/Qwen3-235B-A22B-Instruct-2507": "input=0.2 output=0.3",
        "Qwen/Qwen3-235B-A22B-Thinking-2507": "input=0.2 output=0.6",
        "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8": "input=0.2 output=0.8",
        "deepseek-ai/DeepSeek-R1-0528": "input=0.5 output=2.15",
        "deepseek-ai/DeepSeek-V3-0324": "input=0.2 output=0.8",
        "deepseek-ai/DeepSeek-V3.1": "input=0.2 output=0.8",
        "openai/gpt-oss-120b": "input=0.1 output=0.5",
        "zai-org/GLM-4.5-Air": "input=0.1 output=0.5",
        "zai-org/GLM-4.5-FP8": "input=0.2 output=0.8",
    }
    assert {(line.effective_from, line.effective_until, line.checked_on, line.source) for line in found} == {
        (ON, None, ON, "models_dev.json")
    }


def test_one_provider_alone(give: Give) -> None:
    converted = give(json.loads(MODELS_DEV.read_text("utf-8"))["submodel"])
    assert (converted.kind, len(converted.lines), converted.lines[0].provider) == ("models.dev", 9, "submodel")


def test_0_is_free_at_models_dev(give: Give) -> None:
    assert told(give(models_dev({"input": 0, "output": 0})), "m") == {("", None): "input=0 output=0"}


def test_tiers_of_any_order_and_what_they_do_not_say(give: Give) -> None:
    tiers = [
        {"input": 4, "output": 8, "cache_read": 0.4, "tier": {"type": "context", "size": 256000}},
        {"input": 2, "output": 4, "tier": {"size": 32000}, "input_audio": 9},
        {"input": 3, "output": 3, "tier": {"type": "output", "size": 1000}},
    ]
    base = {"input": 1, "output": 2, "reasoning": 2, "cache_read": 0.1, "output_audio": 0}
    converted = give(models_dev({**base, "tiers": tiers}))
    assert told(converted, "m") == {
        ("", None): "input=1 output=2 cache_read=0.1 reasoning=2",
        ("", 32_000): "input=2 output=4 cache_read=0.1",
        ("", 256_000): "input=4 output=8 cache_read=0.4",
    }
    assert converted.partly[0].why == "only its tokens are priced, not input_audio, tiers"


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        (None, "no price"),
        ({}, "no price"),
        ({"per_minute": 0.01}, "priced by per_minute"),
        ({"input": 1e-7}, "input needs more than six decimals in dollars per million"),
        ({"input": 1_000_000}, "input is 1,000,000 dollars per million or more"),
        ({"input": 1, "tiers": [{"tier": {"size": 0}}]}, "it has prices for requests above 0 input tokens"),
        ({"input": 1, "tiers": [{"tier": {"size": 9}}] * 2}, "it has two prices for the same size of requests"),
    ],
)
def test_models_of_models_dev_that_no_line_can_say(give: Give, cost: object, expected: str) -> None:
    converted = give(models_dev(cost))
    assert (converted.lines, why(converted)) == ((), {"m": expected})


def test_a_provider_without_models_is_named(give: Give) -> None:
    converted = give(models_dev({"input": 1}) | {"q": {"id": "q"}})
    assert converted.left_out == (foreign.LeftOut("q", "", "it has no models"),)


# --- what is refused, and where -----------------------------------------------------------------------

SUBSTRINGS = """{
  "x": {"litellm_provider": "p", "note": "\\"gpt\\": 1", "input_cost_per_token": 1e-6},
  "gpt-x": {"litellm_provider": "p", "input_cost_per_token": 1e-6, "gpt": {"input_cost_per_token": -1}},
  "gpt": {
    "litellm_provider": "p",
    "more": [{"gpt": {}}, {"input_cost_per_token": -1}],
    "input_cost_per_token":
      -1
  }
}"""


def test_the_line_of_a_price_is_that_of_its_own_key(refuse: Refuse) -> None:
    without = SUBSTRINGS.replace(', "input_cost_per_token": 1e-6', "")
    assert refuse(without) == "7: gpt → input_cost_per_token: -1 is negative"


def test_one_bad_price_is_named_and_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text(SUBSTRINGS, "utf-8")
    found = foreign.read(path, on=ON)
    assert sorted(line.model for line in found.lines) == ["gpt-x", "x"]
    assert [(each.model, each.why) for each in found.left_out] == [
        ("gpt", "gpt → input_cost_per_token: -1 is negative")
    ]
    path.write_text('{"p": {"models": {"a": {"cost": {"input": 1, "output": 2}}, "b": 7}}}', "utf-8")
    found = foreign.read(path, on=ON)
    assert [line.model for line in found.lines] == ["a"]
    assert [(each.model, each.why) for each in found.left_out] == [("b", "p → models → b: it is not a model")]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("-1e-06", "-0.000001 is negative"),
        ('"1e-06"', "it is not a number"),
        ("true", "it is not a number"),
        ("{}", "it is not a number"),
        ("NaN", "it is not a finite number"),
        ("Infinity", "it is not a finite number"),
        ("-Infinity", "it is not a finite number"),
        ("1e99999999999999999999", "it is not a finite number"),
    ],
)
def test_wrong_prices(refuse: Refuse, said: str, expected: str) -> None:
    text = '{"a": {"litellm_provider": "p"},\n\n"b": {"litellm_provider": "p",\n"output_cost_per_token": %s}}'
    assert refuse(text % said) == f"4: b → output_cost_per_token: {expected}"
    text = '{"p": {"models": {\n"a": {},\n"b": {"cost": {"input": 1,\n"output": %s}}}}}'
    assert refuse(text % said) == f"4: p → models → b → cost → output: {expected}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "1: it is not JSON: expecting property name enclosed in double quotes"),
        ('{"a": 1,\n"b" 2}', "2: it is not JSON: expecting ':' delimiter"),
        ('{"a": 1}\n{"b": 2}', "2: it is not JSON: extra data"),
        ('{\n"a": {},\n"b": {"a": 1},\n"a": {}}', "4: the key a stands there twice"),
        ('{\n"a": {"b": 1,\n"b": 1},\n"c": 1}', "3: the key b stands there twice"),
        ("[" * 100_000, "1: it is nested too deeply"),
        ("{}", f"1: {foreign.UNKNOWN}"),
        ("[1]", f"1: {foreign.UNKNOWN}"),
        ('{"models": {"a/b": {"name": "B"}}, "providers": {}}', f"1: {foreign.UNKNOWN}"),
        ('{"a": {"cost": 1}, "b": null}', f"1: {foreign.UNKNOWN}"),
        ('{"p": {"models": {\n"m": 1}}}', "2: p → models → m: it is not a model"),
        ('{"p": {"models": {"m": {\n"cost": [1]}}}}', "2: p → models → m → cost: it is not an object"),
        (
            '{"p": {"models": {"m": {"cost": {"input": 1,\n"tiers": [\n{},\n{"tier":\n{"size": 1.5}}]}}}}}',
            "2: p → models → m → cost → tiers → 0 → tier → size: it is not a number of tokens",
        ),
        (
            '{"p":{"models":{"m":\n{"cost": {"input": 1, "tiers": [{"tier":{"size":9}},\n{"tier": {"size": 1.5}}]}}}}}',
            "3: p → models → m → cost → tiers → 1 → tier → size: it is not a number of tokens",
        ),
        (
            '{"m": {"litellm_provider": "p", "tiered_pricing": [{"input_cost_per_token": 1,\n"range": ["a"]}]}}',
            "2: m → tiered_pricing → 0 → range: it is not a number",
        ),
    ],
)
def test_wrong_files(refuse: Refuse, text: str, expected: str) -> None:
    assert refuse(text) == expected


def test_files_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    with pytest.raises(BadPrices, match=r"line 1: no such file or directory"):
        foreign.read(path, on=ON)
    path.write_bytes(b"\xff\xfe{\x00")
    with pytest.raises(BadPrices, match=r"line 1: 'utf-8' codec"):
        foreign.read(path, on=ON)


# --- our own ------------------------------------------------------------------------------------------


def test_our_own_list_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    own = lines.Line(provider="here", model="one", input=Decimal("0.1"), output=Decimal("0.2"))
    path.write_text(lines.write([own]), "utf-8")
    assert foreign.read(path, on=ON) == foreign.Converted("csv", (own,), (), ())


def test_our_own_list_is_refused_with_its_line(refuse: Refuse) -> None:
    text = lines.write([lines.Line(provider="here", model="one", input=Decimal(1))])
    assert refuse(text.replace(",1,", ",-1,")) == "2: input '-1' is negative"


def test_a_mark_of_byte_order_and_blanks_are_no_matter(give: Give) -> None:
    assert give("\ufeff \n" + written(litellm(input_cost_per_token=1e-06))).kind == "litellm"


# --- of any file --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [LITELLM, MODELS_DEV])
def test_what_is_written_can_be_read(path: Path, tmp_path: Path) -> None:
    converted = foreign.read(path, on=ON)
    own = tmp_path / "prices.csv"
    own.write_text(lines.write(converted.lines), "utf-8")
    assert tuple(lines.read(own)) == converted.lines


digits = st.integers(1, 999_999_999_999)
exponents = st.integers(-24, 2)


@given(digits, exponents, st.sampled_from(["{}e{}", "{}E{:+}", "{}.0e{}", "{}.000000000000000000000000000000e{}"]))
@example(2, -7, "{}e{}")
@example(125, -8, "{}e{}")
@example(1, -12, "{}e{}")
def test_a_price_per_token_keeps_its_value(mantissa: int, exponent: int, form: str) -> None:
    literal = form.format(mantissa, exponent)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.json"
        path.write_text(f'{{"m": {{"litellm_provider": "p", "input_cost_per_token": {literal}}}}}', "utf-8")
        converted = foreign.read(path, on=ON)
    exact = Decimal(mantissa) * Decimal(10) ** (exponent + 6)
    if exact < lines.HIGHEST and (exact * 10**6) % 1 == 0:
        assert [line.input for line in converted.lines] == [exact]
        assert lines.price("input", f"{converted.lines[0].input:f}") == exact
    else:
        assert not converted.lines
        assert len(converted.left_out) == 1


def test_a_file_changed_at_random_is_read_or_refused(tmp_path: Path) -> None:
    path, own = tmp_path / "list.json", tmp_path / "prices.csv"
    chance = random.Random(1)  # noqa: S311 - no secrets
    texts = [LITELLM.read_text("utf-8"), MODELS_DEV.read_text("utf-8")]
    marks = ["{", "}", "[", "]", ",", ":", '"', "-", "0", "1e9", "NaN", "null", "true", "\\u0000", "\\ud800", "é", "\n"]
    outcomes = {"read": 0, "refused": 0}
    for _ in range(400):
        text = chance.choice(texts)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(marks) + text[at + chance.choice([0, 1, 1, 1, 30]) :]
        path.write_text(text, "utf-8")
        try:
            converted = foreign.read(path, on=ON)
        except BadPrices:
            outcomes["refused"] += 1
        else:
            outcomes["read"] += 1
            own.write_text(lines.write(converted.lines), "utf-8")
            assert tuple(lines.read(own)) == converted.lines
    assert min(outcomes.values()) > 20


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*foreign.litellm.CLASSES, *foreign.models_dev.CLASSES, "tier", "size", "range", "type", "cost"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
names = st.sampled_from(
    [
        *foreign.litellm.CLASSES,
        "input_cost_per_token_above_200k_tokens",
        "output_cost_per_token_flex",
        "tiered_pricing",
        "mode",
    ]
)
entries = st.dictionaries(names, values | st.just(1e-6), max_size=5).map(
    lambda entry: {"litellm_provider": "p"} | entry
)
costs = st.dictionaries(
    st.sampled_from([*foreign.models_dev.CLASSES, "tiers", "context_over_200k", "input_audio"]),
    values | st.just(1),
    max_size=5,
)


@given(
    st.dictionaries(st.text(max_size=4), entries | values, max_size=3)
    | st.builds(lambda cost, modes: models_dev(cost, experimental=modes), costs | values, values)
)
@settings(max_examples=300, deadline=None)
def test_any_json_is_read_or_refused(content: Any) -> None:  # noqa: ANN401 - JSON
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.json"
        path.write_text(json.dumps(content), "utf-8")
        try:
            converted = foreign.read(path, on=ON)
        except BadPrices as refused:
            assert str(refused).startswith(f"the prices {path} cannot be used: line ")  # noqa: PT017 - either is right
        else:
            path.write_text(lines.write(converted.lines), "utf-8")
            assert tuple(lines.read(path)) == converted.lines


def test_three_thousand_models_take_about_a_second(give: Give) -> None:
    entry = json.loads(LITELLM.read_text("utf-8"))["gpt-5.4"]
    content = written({f"gpt-{number}": entry for number in range(3000)})
    started = time.perf_counter()
    assert len(give(content).lines) == 3000 * 8
    assert time.perf_counter() - started < 5  # it takes about half a second; other tests run beside it


def test_every_class_of_prices_is_a_field_of_a_line() -> None:
    known = {field.name for field in fields(lines.Line)}
    assert set(foreign.litellm.CLASSES.values()) == set(lines.PRICES) <= known
    assert set(foreign.models_dev.CLASSES.values()) < set(lines.PRICES)
