-- Rows of LiteLLM_SpendLogs as `/spend/logs?summarize=false` of LiteLLM 1.109.1 answers them, one per line: InstaGen calls
-- of a model without a price, a third of them streams, a fiftieth failed and a fiftieth from the cache.
with numbers as (
  select
    range as n,
    hash(range) as h,
    timestamp '2026-08-24' + to_milliseconds(range * 7776000000 // $count) as started,
    (300 + hash(range, 'lasted') % 20000)::bigint as lasted,
    (8 + hash(range, 'prompted') % 6000)::bigint as prompted,
    (1 + hash(range, 'completed') % 1500)::bigint as completed,
    range % 50 = 7 as is_failure,
    range % 50 = 11 as is_cache_hit,
    range % 3 = 0 as is_stream,
    (hash(range, 'model') % 3 + 1)::bigint as which,
    (hash(range, 'key') % 4 + 1)::bigint as whose
  from range($count)
),
calls as (
  select
    *,
    format('{:08x}-0000-4000-8000-{:012x}', n, h >> 16) as call_id,
    ['openai/gpt-oss-120b', 'deepseek-ai/DeepSeek-V3.1', 'zai-org/GLM-4.5-FP8'][which] as model,
    ['web-app', 'batch-jobs', 'evals', 'alice-notebook'][whose] as alias,
    sha256(whose::varchar) as key_hash,
    strftime(started, '%Y-%m-%dT%H:%M:%S.%fZ') as start_text,
    strftime(started + to_milliseconds(lasted), '%Y-%m-%dT%H:%M:%S.%fZ') as end_text,
    strftime(started + to_milliseconds(lasted // 4), '%Y-%m-%dT%H:%M:%S.%fZ') as first_text,
    case
      when not is_failure
        then json_object(
          'total_tokens', prompted + completed, 'prompt_tokens', prompted, 'completion_tokens', completed,
          'prompt_tokens_details', json_object(
            'text_tokens', null, 'audio_tokens', null, 'image_tokens', null, 'video_tokens', null,
            'cached_tokens', prompted // 2, 'initial_prompt_tokens', null
          ),
          'completion_tokens_details', json_object(
            'text_tokens', null, 'audio_tokens', null, 'image_tokens', null, 'video_tokens', null,
            'reasoning_tokens', completed // 3, 'accepted_prediction_tokens', null, 'rejected_prediction_tokens', null
          )
        )
      else json_object()
    end as usage
  from numbers
)
select
  json_object(
    'request_id', case
      when is_failure then call_id
      when is_cache_hit then 'chatcmpl-' || md5(n::varchar) || '_cache_hit' || epoch(started)
      else 'chatcmpl-' || md5(n::varchar)
    end,
    'call_type', 'acompletion',
    'api_key', key_hash,
    'spend', 0.0,
    'total_tokens', case when is_failure then 10 else prompted + completed end,
    'prompt_tokens', case when is_failure then 10 else prompted end,
    'completion_tokens', case when is_failure then 0 else completed end,
    'startTime', start_text,
    'endTime', end_text,
    'request_duration_ms', lasted,
    'completionStartTime', case when is_stream then first_text else end_text end,
    'model', 'openai/' || model,
    'model_id', 'deployment-' || which,
    'model_group', model,
    'custom_llm_provider', 'openai',
    'api_base', 'https://llm.submodel.ai/v1/',
    'user', 'user-' || whose,
    'metadata', json_object(
      'status', case when is_failure then 'failure' end,
      'user_agent', 'python-httpx/0.28.1', 'max_retries', 0, 'batch_models', null,
      'usage_object', usage,
      'user_api_key', key_hash,
      'actor_agent_id', null,
      'cost_breakdown', json_object(
        'input_cost', 0.0, 'total_cost', 0.0, 'output_cost', 0.0, 'service_tier', null, 'original_cost', 0.0,
        'data_residency', null, 'margin_percent', 0.0, 'discount_amount', 0.0, 'tool_usage_cost', 0.0,
        'vertex_location', null, 'discount_percent', 0.0, 'margin_fixed_amount', 0.0, 'margin_total_amount', 0.0
      ),
      'azure_spillover', null,
      'litellm_call_id', call_id,
      'router_metadata', null, 'target_agent_id', null, 'billing_agent_id', null, 'eval_information', null,
      'routing_decision', null, 'attempted_retries', 0,
      'error_information', case
        when is_failure
          then json_object(
            'traceback', 'scrubbed', 'error_code', '429', 'error_class', 'RateLimitError', 'llm_provider', 'openai',
            'error_message', 'scrubbed', 'normalized_error', '429_RATE_LIMIT_EXCEEDED'
          )
      end,
      'applied_guardrails', json_array(), 'autorouter_savings', null,
      'user_api_key_alias', alias,
      'attempted_fallbacks', 0, 'compression_savings', null, 'spend_logs_metadata', null,
      'user_api_key_org_id', null, 'agent_execution_mode', null, 'billed_retry_attempt', false,
      'internal_call_origin', null, 'original_model_group', model, 'proxy_server_request', null,
      'requester_ip_address', '127.0.0.1', 'user_api_key_team_id', 'team-' || whose, 'user_api_key_user_id', 'user',
      'batch_failed_requests', null, 'guardrail_information', null, 'litellm_roi_estimator', false,
      'model_map_information', json_object('model_map_key', 'openai/' || model, 'model_map_value', null),
      'kubernetes_pod_routing', null, 'mcp_tool_call_metadata', null, 'verified_human_user_id', null,
      'additional_usage_values', json_object('cache_read_input_tokens', prompted // 2),
      'cold_storage_object_key', null, 'used_client_oauth_token', false, 'user_api_key_project_id', null,
      'user_api_key_team_alias', 'Research', 'user_api_key_user_email', null, 'litellm_overhead_time_ms', 101.001,
      'batch_successful_requests', null, 'user_api_key_project_alias', null, 'autorouter_savings_estimate', null,
      'vector_store_request_metadata', null, 'litellm_gateway_injected_cache', null,
      'autorouter_baseline_observation', null
    ),
    'cache_hit', case when is_cache_hit then 'True' else 'None' end,
    'cache_key', sha256('cache ' || n),
    'request_tags', json_array('User-Agent: python-httpx', 'User-Agent: python-httpx/0.28.1'),
    'team_id', 'team-' || whose,
    'organization_id', '',
    'end_user', '',
    'requester_ip_address', '127.0.0.1',
    'messages', json_object(),
    'response', json_object(),
    'session_id', format('{:08x}-0000-4000-9000-{:012x}', n, h >> 16),
    'status', case when is_failure then 'failure' else 'success' end,
    'mcp_namespaced_tool_name', null,
    'billing_agent_id', null,
    'agent_id', null,
    'proxy_server_request', json_object(),
    'litellm_call_id', call_id,
    'created_at', end_text,
    'updated_at', end_text
  )::varchar as line
from calls
order by n
