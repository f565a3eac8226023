-- Lines of the file exporter of the OpenTelemetry collector, with 20 or 40 spans each and $count in all: of five spans
-- three are chats of two generations of instrumentations, one is the HTTP call below a chat, and one an agent above it.
with spans as (
  select
    number,
    number // 60 * 2 + (number % 60 >= 20)::bigint as batch,
    number % 5 as kind,
    md5('trace ' || number // 5) as trace_id,
    md5('span ' || number)[:16] as span_id,
    md5('span ' || number // 5 * 5)[:16] as agent_id,
    md5('span ' || (number - 1))[:16] as chat_id,
    1787529600000000000 + number * 7776000000 + hash(number) % 1000000000 as started,
    200000000 + hash(number + 1) % 20000000000 as lasted,
    hash(number + 2) % 6000 as sent,
    hash(number + 3) % 1500 as got,
    md5('answer ' || number) as answer_id,
    ['openai/gpt-oss-120b', 'deepseek-ai/DeepSeek-V3.1', 'Qwen/Qwen3-235B-A22B-Instruct-2507'][number % 3 + 1] as model
  from range($count) as numbers (number)
),
written as (
  select
    number,
    batch,
    format(
      '{{"traceId":"{}","spanId":"{}","parentSpanId":"{}","flags":257,"name":"{}","kind":3,"startTimeUnixNano":"{}",'
      || '"endTimeUnixNano":"{}","attributes":[{}],"status":{}}}',
      trace_id,
      span_id,
      case kind when 0 then '' when 4 then chat_id else agent_id end,
      case kind when 0 then 'invoke_agent helper' when 4 then 'POST' else 'chat ' || model end,
      started,
      started + lasted,
      case
        when kind = 0 then
          '{"key":"gen_ai.operation.name","value":{"stringValue":"invoke_agent"}},'
          || '{"key":"gen_ai.agent.name","value":{"stringValue":"helper"}},'
          || '{"key":"gen_ai.usage.input_tokens","value":{"intValue":"' || sent || '"}}'
        when kind = 4 then
          '{"key":"http.request.method","value":{"stringValue":"POST"}},'
          || '{"key":"url.full","value":{"stringValue":"https://llm.submodel.ai/v1/chat/completions"}},'
          || '{"key":"server.address","value":{"stringValue":"llm.submodel.ai"}},'
          || '{"key":"http.response.status_code","value":{"intValue":"200"}}'
        when kind = 3 then
          '{"key":"gen_ai.system","value":{"stringValue":"openai"}},'
          || '{"key":"llm.request.type","value":{"stringValue":"chat"}},'
          || '{"key":"gen_ai.request.model","value":{"stringValue":"' || model || '"}},'
          || '{"key":"gen_ai.request.temperature","value":{"doubleValue":0.7}},'
          || '{"key":"llm.headers","value":{"stringValue":"None"}},'
          || '{"key":"llm.is_streaming","value":{"boolValue":false}},'
          || '{"key":"gen_ai.openai.api_base","value":{"stringValue":"https://llm.submodel.ai/v1/"}},'
          || '{"key":"gen_ai.prompt.0.role","value":{"stringValue":"user"}},'
          || '{"key":"gen_ai.prompt.0.content","value":{"stringValue":"scrubbed"}},'
          || '{"key":"gen_ai.response.model","value":{"stringValue":"' || model || '"}},'
          || '{"key":"gen_ai.response.id","value":{"stringValue":"chatcmpl-' || answer_id || '"}},'
          || '{"key":"llm.usage.total_tokens","value":{"intValue":"' || sent + got || '"}},'
          || '{"key":"gen_ai.usage.prompt_tokens","value":{"intValue":"' || sent || '"}},'
          || '{"key":"gen_ai.usage.completion_tokens","value":{"intValue":"' || got || '"}},'
          || '{"key":"gen_ai.completion.0.finish_reason","value":{"stringValue":"stop"}},'
          || '{"key":"gen_ai.completion.0.role","value":{"stringValue":"assistant"}},'
          || '{"key":"gen_ai.completion.0.content","value":{"stringValue":"scrubbed"}}'
        else
          '{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},'
          || '{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},'
          || '{"key":"gen_ai.conversation.id","value":{"stringValue":"conversation-' || number // 20 || '"}},'
          || '{"key":"gen_ai.request.model","value":{"stringValue":"' || model || '"}},'
          || '{"key":"gen_ai.request.max_tokens","value":{"intValue":"2000"}},'
          || '{"key":"gen_ai.request.temperature","value":{"doubleValue":0.7}},'
          || '{"key":"server.address","value":{"stringValue":"llm.submodel.ai"}},'
          || '{"key":"server.port","value":{"intValue":"443"}},'
          || '{"key":"gen_ai.response.id","value":{"stringValue":"chatcmpl-' || answer_id || '"}},'
          || '{"key":"gen_ai.response.model","value":{"stringValue":"' || model || '"}},'
          || '{"key":"gen_ai.response.finish_reasons","value":{"arrayValue":{"values":[{"stringValue":"stop"}]}}},'
          || '{"key":"gen_ai.usage.input_tokens","value":{"intValue":"' || sent || '"}},'
          || '{"key":"gen_ai.usage.cache_read.input_tokens","value":{"intValue":"' || sent // 3 || '"}},'
          || '{"key":"gen_ai.usage.output_tokens","value":{"intValue":"' || got || '"}}'
      end,
      case when kind = 1 and number % 40 = 1 then '{"code":2,"message":"scrubbed"}' else '{}' end
    ) as span
  from spans
)
select
  '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"search"}},'
  || '{"key":"telemetry.sdk.language","value":{"stringValue":"python"}}]},'
  || '"scopeSpans":[{"scope":{"name":"opentelemetry.instrumentation.openai_v2","version":"2.3b0"},"spans":['
  || string_agg(span, ',' order by number)
  || ']}]}]}' as line
from written
group by batch
order by batch
