-- The relation `priced`, made of the relation `usage` (one row per counted thing, or per sum of what is priced alike): with
-- what it costs, the parts of that as far as a price list makes it, what it rests on, and the line of the price list that
-- holds for it, if any.
listed as not materialized (
  select
    usage.*,
    lines.* exclude (digest, name_id, host, provider, model, service_tier),
    -- Whether the line says what it costs (`list`), or for want of a price (`unpriced`) or of known tokens (`unmetered`)
    -- does not. A price of 0 needs no tokens; a class of tokens that has no price may not occur.
    case
      when lines.line is null then case when usage.has_tokens then 'unpriced' else 'unmetered' end
      when
        (lines.input_price > 0 and usage.has_input is null)
        or (lines.output_price > 0 and usage.has_output is null)
        or (lines.request_price > 0 and not usage.knows_requests)
        or (not usage.has_tokens and (usage.is_failed or lines.input_price > 0 or lines.output_price > 0))
        then 'unmetered'
      when
        (usage.has_input and lines.input_price is null)
        or (usage.has_output and lines.output_price is null)
        or (usage.has_writes_5m and lines.cache_write_5m_price is null)
        or (usage.has_writes_1h and lines.cache_write_1h_price is null)
        or (usage.has_reads_alone and lines.cache_read_price is null)
        then 'unpriced'
      else 'list'
    end as list_state
  from usage
  left join price_lines as lines
    on
      lines.host is not distinct from usage.host
      and lines.provider is not distinct from usage.provider
      and lines.model is not distinct from usage.model
      and lines.service_tier is not distinct from usage.service_tier
      and usage.priced_at >= lines.valid_from
      and usage.priced_at < lines.valid_until
      and usage.size >= lines.input_from
      and usage.size < lines.input_until
),
costed as not materialized (
  select
    *,
    -- What was asked for: what was billed, else the list price, else what a gateway or client said (`auto`); only what was
    -- said (`reported`); or only the list price (`list`). What was billed may be said `apart`.
    case
      when cache_hit then 'cache_hit'
      when $filter['cost'] <> 'list' and reported_kind in ('billed', 'apart') then reported_kind
      when $filter['cost'] <> 'reported' and list_state = 'list' then 'list'
      when $filter['cost'] <> 'list' and reported_kind is not null then reported_kind
      when $filter['cost'] = 'reported' then 'unreported'
      else list_state
    end as cost_state,
    case when list_state = 'list' then cost_of(plain_input_tokens, input_price) end as list_input_cost_usd,
    case when list_state = 'list' then cost_of(cache_read_tokens, cache_read_price) end as list_cache_read_cost_usd,
    case
      when list_state = 'list'
        then
          cost_of(cache_write_5m_tokens, cache_write_5m_price) + cost_of(cache_write_1h_tokens, cache_write_1h_price)
    end as list_cache_write_cost_usd,
    case
      when list_state = 'list'
        then cost_of(plain_output_tokens, output_price) + cost_of(output_tokens - plain_output_tokens, reasoning_price)
    end as list_output_cost_usd,
    case when list_state = 'list' then cost_of(requests, request_price) end as list_request_cost_usd,
    (
      list_input_cost_usd
      + list_cache_read_cost_usd
      + list_cache_write_cost_usd
      + list_output_cost_usd
      + list_request_cost_usd
    )::decimal(38, 12) as list_cost_usd
  from listed
),
priced as not materialized (
  select
    *,
    case when cost_state = 'list' then columns('^list_((input|cache_read|cache_write|output|request)_cost_usd)$') end
      as '\1',
    case when cost_state in ('billed', 'gateway', 'client') then reported_cost_usd end as undivided_cost_usd,
    case
      when cost_state = 'cache_hit' then 0
      when cost_state = 'list' then list_cost_usd
      else undivided_cost_usd
    end::decimal(38, 12) as cost_usd
  from costed
),
