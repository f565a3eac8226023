-- How a cell of text becomes a value. NULL where it is blank or not what it should be.

-- name: filled
-- Blank, or one of the ways of writing so. Most cells are ASCII without spaces around them, and begin with a digit or
-- are longer than any of these.
create or replace temp macro filled(cell) as
case
  when
    strlen(cell) = length(cell)
    and not ends_with(cell, ' ')
    and ((cell >= '0' and cell < ':') or (strlen(cell) > 4 and not starts_with(cell, ' ')))
    then cell
  when not regexp_full_match(trim(cell), '|-|–|—|null|NULL|None|N/A|n/a|nan|NaN') then trim(cell)
end;

-- name: whole
-- A whole number of a machine: 10, 10.0, 1e3.
create or replace temp macro whole(cell) as
case
  when try_cast(cell as double) between 0 and 9e15 and try_cast(cell as double) = floor(try_cast(cell as double))
    then try_cast(cell as double)::bigint
end;

-- name: integer_of
-- The whole number of a cell that a machine wrote. Of other cells NULL or anything: where its text is not the cell, it is
-- to be read in another way.
create or replace temp macro integer_of(cell) as
case
  when not contains(cell, ',') and cell < 'A' and try_cast(cell as bigint) between 0 and 9000000000000000
    then try_cast(cell as bigint)
end;

-- name: plain_number
-- A number as people write it, brought to the form of machines: 1,234.5 or, with a decimal comma, 1.234,5. Where the
-- decimal mark is not known, a cell that fits the pattern `doubtful` could be two numbers, and is none.
create or replace temp macro plain_number(cell, decimal_mark, doubtful) as
case
  when decimal_mark = ',' and regexp_full_match(cell, '-?(\d+|\d{1,3}(\.\d{3})+)(,\d*)?|-?(\d+(,\d*)?|,\d+)([eE][-+]?\d+)?')
    then replace(replace(cell, '.', ''), ',', '.')
  when decimal_mark = ',' and regexp_full_match(cell, '-?\d{1,3}([ \x{a0}\x{202f}\x{2009}_''’]\d{3})+(,\d*)?')
    then replace(regexp_replace(cell, '[ \x{a0}\x{202f}\x{2009}_''’]', '', 'g'), ',', '.')
  when decimal_mark = ',' then null
  when decimal_mark is distinct from '.' and regexp_full_match(cell, doubtful) then null
  when not contains(cell, ',') and regexp_full_match(cell, '-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?') then cell
  when contains(cell, ',') and regexp_full_match(cell, '-?\d{1,3}(,\d{3})+(\.\d*)?') then replace(cell, ',', '')
  when regexp_full_match(cell, '-?\d{1,3}([ \x{a0}\x{202f}\x{2009}_''’]\d{3})+(\.\d*)?')
    then regexp_replace(cell, '[ \x{a0}\x{202f}\x{2009}_''’]', '', 'g')
end;

-- name: dollars
-- An amount of US dollars without its currency: $1,234.50, US$0.01, 12.3 USD.
create or replace temp macro dollars(cell) as
case
  when cell >= '0' and cell < ':' and right(cell, 1) between '0' and '9' then cell
  when cell >= '$0' and cell < '$:' and right(cell, 1) between '0' and '9' then trim(cell[2:])
  else trim(
    -- An accountant writes what was paid back in brackets; a typographer has a minus of its own.
    regexp_replace(
      regexp_replace(replace(cell, '−', '-'), '^\((.+)\)$', '-\1'),
      '^(-?)(?:US)?\$[\s\x{a0}\x{202f}]*(-?)|[\s\x{a0}\x{202f}]*(?:USD|(?:US)?\$)$|^USD[\s\x{a0}\x{202f}]*',
      '\1\2',
      'gi'
    )
  )
end;

-- name: is_foreign
-- Whether an amount is in another currency than US dollars.
create or replace temp macro is_foreign(cell) as
regexp_matches(cell, '[¥￥€£₹₩元]|\b(CNY|RMB|EUR|GBP|JPY|INR|KRW|CHF|CAD|AUD|HKD|SGD)\b', 'i');

-- name: is_dollars
-- Whether the name of a currency means US dollars.
create or replace temp macro is_dollars(cell) as
regexp_full_match(cell, 'USD|US ?\$|\$|U\.?S\.? ?Dollars?|Dollars?|美元|美金', 'i');

-- name: ordered_day
-- A text whose day at its beginning stands as ISO has it, by the order that its column has.
create or replace temp macro ordered_day(text, date_order) as
case
  when date_order is null then text
  else regexp_replace(
    regexp_replace(
      text,
      case
        when date_order = 'ymd' then '^(\d{2})[-/.](\d{1,2})[-/.](\d{1,2})(?:$|[,T\s\x{a0}\x{202f}]+)'
        else '^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2})(?:$|[,T\s\x{a0}\x{202f}]+)'
      end,
      case date_order when 'ymd' then '20\1-\2-\3 ' when 'dmy' then '20\3-\2-\1 ' else '20\3-\1-\2 ' end
    ),
    '^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})[,T\s\x{a0}\x{202f}]*',
    case date_order when 'mdy' then '\3-\1-\2 ' else '\3-\2-\1 ' end
  )
end;

-- name: tidy_time
-- A time with its parts where ISO has them, as far as that is sure: a day that begins with neither its year nor a name in
-- the order of its column (`dmy`, `mdy`, or `ymd` with two digits of the year), names of months, AM and PM.
create or replace temp macro tidy_time(cell, date_order) as
case
  when regexp_full_match(cell, '[-0-9/.:, ]+') then trim(ordered_day(cell, date_order))
  else trim(
    ordered_day(
      regexp_replace(
        regexp_replace(
          regexp_replace(
            regexp_replace(
              regexp_replace(cell, '^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[,.]*\s+', '', 'i'),
              '^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+(\d{1,2}),?\s+(\d{4})[,\s\x{a0}\x{202f}]*',
              '\2 \1 \3 ',
              'i'
            ),
            '^(\d{1,2})[-.\s]+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[-,\s]+(\d{4})[,\s\x{a0}\x{202f}]*',
            '\1 \2 \3 ',
            'i'
          ),
          '(:\d{2}(?:\.\d+)?)[\s\x{a0}\x{202f}]*(?:(a)|(p))\.? ?m\.?(\s|$)',
          '\1 \2\3M\4',
          'i'
        ),
        '(?:(上)|(下))午\s*(\d{1,2}:\d{2}(?::\d{2})?)',
        '\3 \1\2'
      ),
      date_order
    )
  )
end;

-- name: without_leap_second
-- A time whose leap second is the last second of its hour, as clocks have no other.
create or replace temp macro without_leap_second(cell) as replace(cell, ':59:60', ':59:59');

-- name: wall_time
-- The clock time written in a cell, whatever its zone.
create or replace temp macro wall_time(cell, format) as
case
  when format is not null then try_strptime(cell, format)
  when regexp_full_match(cell, '\d{9,10}(\.\d*)?') then make_timestamp(round(cell::double * 1e6)::bigint)
  when regexp_full_match(cell, '\d{13}(\.\d*)?') then make_timestamp(round(cell::double * 1e3)::bigint)
  when regexp_full_match(cell, '\d{16}') then make_timestamp(cell::bigint)
  when regexp_full_match(cell, '\d{19}') then make_timestamp(try_cast(cell as bigint) // 1000)
  when regexp_full_match(cell, '20\d{6}') then try_strptime(cell, '%Y%m%d')
  when regexp_full_match(cell, '20\d{6}[T ]?\d{4}(\d{2})?Z?')
    then try_strptime(regexp_replace(cell, '[T Z]', '', 'g'), ['%Y%m%d%H%M%S', '%Y%m%d%H%M'])
  when regexp_full_match(cell, '\d{4}-\d{2}') then try_strptime(cell, '%Y-%m')
  when
    regexp_full_match(
      cell,
      '\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(Z|UTC|GMT|(UTC|GMT)?[+-]\d{1,2}(:?\d{2})?)?)?'
    )
    then try_cast(
      regexp_replace(replace(without_leap_second(cell), ',', '.'), '(:\d{2}(?:\.\d+)?)\s*(Z|UTC|GMT|(UTC|GMT)?[+-]\d{1,2}(:?\d{2})?)$', '\1')
      as timestamp
    )
  else
    try_strptime(
      regexp_replace(
        replace(replace(cell, '上', 'AM'), '下', 'PM'),
        '(:\d{2}(?:\.\d+)?(?: [AP]M)?)\s*(?:Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)$',
        '\1',
        'i'
      ),
      [
        '%Y-%m-%d %I:%M:%S %p', '%Y-%m-%d %I:%M %p', '%Y/%m/%d %I:%M:%S %p', '%Y/%m/%d %I:%M %p',
        '%Y-%m-%d %I:%M:%S.%f %p', '%d %b %Y %I:%M:%S %p', '%d %b %Y %I:%M %p',
        '%Y年%m月%d日 %H:%M:%S', '%Y年%m月%d日 %H:%M', '%Y年%m月%d日', '%Y年%m月',
        '%Y年%m月%d日 %I:%M:%S %p', '%Y年%m月%d日 %I:%M %p',
        '%Y.%m.%d %H:%M:%S', '%Y.%m.%d %H:%M', '%Y.%m.%d',
        '%d %b %Y %H:%M:%S', '%d %b %Y %H:%M', '%d %b %Y'
      ]
    )
end;

-- name: is_zoned
-- Whether a cell says which instant it is: an offset, UTC, or seconds since 1970.
create or replace temp macro is_zoned(cell, format) as
case
  when format is not null then regexp_matches(format, '%z|%Z')
  else
    regexp_full_match(cell, '\d{9,10}(\.\d*)?|\d{13}(\.\d*)?|\d{16}|\d{19}|20\d{6}[T ]?\d{4}(\d{2})?Z')
    or regexp_matches(cell, '\d{1,2}:\d{2}.*(Z|UTC|GMT|[+-]\d{1,2}(:?\d{2})?)$')
end;

-- name: utc_of
-- The UTC instant of a clock time in a zone. Of a repeated hour the first is taken.
create or replace temp macro utc_of(wall, zone) as
case
  when
    (wall at time zone zone at time zone 'UTC' - interval 1 hour) at time zone 'UTC' at time zone zone = wall
    then wall at time zone zone at time zone 'UTC' - interval 1 hour
  when
    (wall at time zone zone at time zone 'UTC' - interval 30 minutes) at time zone 'UTC' at time zone zone = wall
    then wall at time zone zone at time zone 'UTC' - interval 30 minutes
  else wall at time zone zone at time zone 'UTC'
end;

-- name: span_of
-- How long a bucket of a statement is.
create or replace temp macro span_of(width) as
case width
  when 'month' then interval 1 month
  when 'day' then interval 1 day
  when 'hour' then interval 1 hour
  when 'minute' then interval 1 minute
  else interval 1 second
end;

-- name: offset_of
-- How far east of UTC the offset of a cell is: +08:00, -0530, GMT+8.
create or replace temp macro offset_of(cell) as
to_minutes(
  -- No clock is more than 18 hours from UTC.
  case when regexp_matches(cell, ':\d{2}.*[+-](19|[2-9]\d)(:?\d{2})?$') then null
  when regexp_extract(cell, '([+-])\d{1,2}(:?\d{2})?$', 1) = '-' then -1 else 1 end
  * (
    coalesce(try_cast(regexp_extract(cell, ':\d{2}.*[+-](\d{1,2}):?(?:\d{2})?$', 1) as bigint), 0) * 60
    + coalesce(try_cast(regexp_extract(cell, ':\d{2}.*[+-]\d{1,2}:?(\d{2})$', 1) as bigint), 0)
  )
);

-- name: is_date
-- Whether a cell is a date without a time of day.
create or replace temp macro is_date(cell, format) as
case
  when format is not null
    then regexp_matches(format, '%-?[djxDF]') and not regexp_matches(replace(format, '%%', ''), '%-?[HIMSfgnpcXTR]')
  else regexp_full_match(
    cell, '\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|20\d{6}|\d{4}年\d{1,2}月\d{1,2}日|\d{1,2} [A-Za-z]{3} \d{4}'
  )
end;

-- name: is_month
-- Whether a cell is a month.
create or replace temp macro is_month(cell, format) as
case
  when format is not null
    then regexp_matches(format, '%-?[mbB]') and not regexp_matches(replace(format, '%%', ''), '%-?[djxDFHIMSfgnpcXTR]')
  else regexp_full_match(cell, '\d{4}-\d{2}|\d{4}年\d{1,2}月')
end;

-- name: is_total_name
-- Whether a name says that its row is a sum of others.
create or replace temp macro is_total_name(cell) as
regexp_full_match(
  trim(cell),
  '(grand[- ]?|sub[- ]?)?total(s|e|en)?|total (général|general)|sum|summe|somme|suma|gesamt(summe|betrag)?|insgesamt'
  || '|razem|итого|всего|合计|总计|小计|总和|合計|總計|小計|計',
  'i'
);

-- name: is_within_calendar
-- Whether a time can be reckoned with: sums with one beyond all years overflow.
create or replace temp macro is_within_calendar(instant) as
instant >= timestamp '0001-01-01' and instant < timestamp '10000-01-01';

-- name: is_plausible
-- Whether a time can be that of a call to a language model: none is older than 2015, and clocks are not days ahead.
create or replace temp macro is_plausible(instant, latest) as
instant >= timestamp '2015-01-01' and instant < latest;

-- name: flaw
-- Why what was read of a record cannot be true, whatever its source: the one place in which times and counts are judged.
-- No model takes in ten billion tokens at once; a statement of many requests may say more.
create or replace temp macro flaw(instant, latest, is_statement, tokens) as
case
  when not is_plausible(instant, latest) then 'a time before 2015 or in the future'
  when tokens > case when is_statement then 100_000_000_000_000 else 10_000_000_000 end then 'more tokens than can be'
end;

-- name: milliseconds
-- A duration in whole milliseconds; nothing where it is none.
create or replace temp macro milliseconds(amount) as case when amount between 0 and 1e11 then round(amount)::bigint end;

-- name: amount
-- An amount of US dollars; nothing beyond a trillion.
create or replace temp macro amount(cell) as
case when abs(try_cast(cell as double)) < 1e12 then try_cast(cell as decimal(38, 12)) end;

-- name: epoch_or_utc
-- The UTC instant of seconds since 1970, or of an ISO time, which without a zone is UTC.
create or replace temp macro epoch_or_utc(cell) as
case
  when cell >= '0' and cell < ':' and ends_with(cell, 'Z')
    then coalesce(try_cast(cell as timestamp), try_cast(without_leap_second(cell) as timestamp))
  when try_cast(cell as double) between 1e8 and 1e11 then make_timestamp(round(try_cast(cell as double) * 1e6)::bigint)
  -- No clock is more than 18 hours from UTC.
  when cell >= '0' and cell < ':' and not regexp_matches(cell, ':\d{2}(\.\d+)?[+-](19|[2-9]\d)(:?\d{2})?$')
    then coalesce(try_cast(cell as timestamptz), try_cast(without_leap_second(cell) as timestamptz)) at time zone 'UTC'
end;

-- name: unquoted
-- A text without the quotes of its own that it may stand in.
create or replace temp macro unquoted(cell) as
case when starts_with(cell, '"') then trim(cell, '"') else cell end;

-- name: host_of
-- The host of a URL, with its port unless that is the usual one.
create or replace temp macro host_of(url) as
regexp_replace(
  nullif(lower(split_part(split_part(split_part(split_part(url, '://', 2), '/', 1), '?', 1), '@', -1)), ''),
  ':(443|80)$',
  ''
);

-- name: instagen_host
-- The host of InstaGen, as in `instagen.py`.
create or replace temp macro instagen_host() as
'llm.submodel.ai';

-- name: provider_of
-- The provider that answers on a host: InstaGen is known by its host, never by a name.
create or replace temp macro provider_of(host) as
case when host = instagen_host() then 'instagen' else host end;

-- name: secret_pattern
-- Access keys that are known by how they begin, wherever they stand in a text. Some beginnings are words, too: behind them
-- a key is told by a digit or its length.
create or replace temp macro secret_pattern() as
'(?:^|[^A-Za-z0-9])('
|| '(?:sk-|sk_|gsk_|gh[a-z]_|github_pat_|glpat-|nvapi-|xox[a-z]-|whsec_|lsv2_|csk-|(?:pk|rk)_(?:live|test)_|pk-lf-)'
|| '[A-Za-z0-9_*\-]{3,}[A-Za-z0-9]'
|| '|A[A-Z]IA[A-Z0-9]{8,}|AIza[A-Za-z0-9_\-]{6,}|eyJ[A-Za-z0-9_\-]{12,}(?:\.[A-Za-z0-9_\-]+)*|ya29\.[A-Za-z0-9_\-]{6,}'
|| '|(?:fw|hf|r8|xai|pplx|pk|rk)[_\-](?:[A-Za-z0-9]*[0-9][A-Za-z0-9]{4,}|[A-Za-z]{16,})'
|| '|(?:api_org|cpk|tgp_v1|dop_v1|npm|pypi|jina|lin_api|ntn|shp[a-z]{2}|glsa|hvs|dckr_pat|sbp|vck|NRAK|PMAK|SG|xapp|pul|fc'
|| '|tvly|pa)[_.\-][A-Za-z0-9_.\-]{15,}[A-Za-z0-9]|dapi[0-9a-f]{32}|key-[0-9a-z]{16,}'
|| '|Bearer +[A-Za-z0-9_.~+/=\-]{8,}'
|| ')';

-- name: holds_secret
-- Whether a text has an access key in it.
create or replace temp macro holds_secret(cell) as regexp_matches(cell, secret_pattern());

-- name: without_secrets
-- A text with the first 12 hex digits of the SHA-256 of each access key in its place.
create or replace temp macro without_secrets(cell) as
list_reduce(
  list_prepend(cell, list_reverse_sort(regexp_extract_all(cell, secret_pattern(), 1))),
  lambda text, secret: replace(text, secret, sha256(regexp_replace(secret, '^Bearer +', ''))[:12])
);

-- name: private_text
-- A text without secrets, where the record that it is of has any.
create or replace temp macro private_text(cell, has_secret) as case when has_secret then without_secrets(cell) else cell end;

-- name: words_of
-- A text with each run of small letters, capitals and digits as one.
create or replace temp macro words_of(cell) as
replace(
  regexp_replace(
    regexp_replace(regexp_replace(cell, '[0-9]+', '9', 'g'), '[a-z]+', 'a', 'g'), '[A-Z]+', 'A', 'g'
  ),
  'Aa',
  'a'
);

-- name: changes_within
-- How often letters and digits, or small and capital ones, take turns within the words of a text, by its length. Of what
-- is drawn by lot nine in ten have more than 0.2; names have less. A capital that begins a word changes nothing.
create or replace temp macro changes_within(cell) as
(
  length(regexp_replace(words_of(cell), '[^aA9]', '', 'g'))
  - length(regexp_replace(regexp_replace(words_of(cell), '[aA9]+', 'w', 'g'), '[^w]', '', 'g'))
) / length(cell);

-- name: is_random
-- Whether a text is a token that was drawn by lot.
create or replace temp macro is_random(cell) as
regexp_full_match(cell, '[A-Za-z0-9_+=\-]{16,}|[A-Za-z0-9_+/=\-]{40,}')
and cell[1] <> '/'
and regexp_matches(cell, '[A-Za-z]')
and (
  regexp_matches(cell, '[A-Za-z0-9]{32,}')
  or (
    regexp_matches(cell, '[0-9]')
    and (
      (regexp_matches(cell, '[A-Za-z0-9+/]{16,}') and changes_within(cell) >= case when length(cell) < 24 then 0.25 else 0.2 end)
      or (
        length(cell) >= 20
        and regexp_matches(cell, '[a-z]')
        and regexp_matches(cell, '[A-Z]')
        and changes_within(cell) > 0.25
      )
    )
  )
);

-- name: is_id
-- Whether a text has the form of an id: UUID, ULID, CUID, an object id, a hash, or one that says of what it is.
create or replace temp macro is_id(cell) as
regexp_full_match(
  cell,
  '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-7][0-9a-hjkmnp-tv-z]{25}|c[a-z0-9]{24}'
  || '|[0-9a-f]{24}|[0-9a-f]{40}|[0-9a-f]{64}'
  || '|(user|usr|u|org|organization|proj|project|prj|team|acct|account|acc|cus|customer|wrkspc|workspace|ws|tenant|client|app'
  || '|svac|svcacct|apikey|key|group|grp|dept|env|agent|asst|member|owner|end_user)[_\-][A-Za-z0-9_\-]+'
);

-- name: private_name
-- The name of a user, a project or an account; what looks like a key as its fingerprint.
create or replace temp macro private_name(cell) as
case when not is_id(cell) and is_random(cell) then sha256(cell)[:12] else cell end;

-- name: private_key
-- The name of an access key; what looks like the key itself as its fingerprint. A gateway's own SHA-256 of the key gives
-- the same.
create or replace temp macro private_key(cell) as
case
  when regexp_full_match(cell, '[0-9a-f]{64}') then cell[:12]
  when regexp_full_match(cell, '(api)?key_[A-Za-z0-9]+') then cell
  when
    is_random(cell)
    or regexp_full_match(cell, '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[A-Z0-9]{20,}')
    then sha256(cell)[:12]
  else cell
end;

-- name: is_unique_id
-- Whether an upstream id is long enough to be nobody else's; small servers number theirs.
create or replace temp macro is_unique_id(id) as strlen(regexp_replace(id, '^[a-z]+[-_]', '')) >= 16;

-- name: upstream_key
-- Who a request is: by the id the provider gave it,
create or replace temp macro upstream_key(id, discriminator) as
md5(json_array('upstream', id, discriminator)::varchar)::uuid;

-- name: own_key
-- or by its own id within its source and host, which small servers give out again: with its time as it stands there.
create or replace temp macro own_key(source, host, id, cell) as
md5(json_array('own', source, host, id, cell)::varchar)::uuid;

-- name: elements_of
-- The records of a JSON text: the elements of an array or of the list in a page of an API; else the text itself. An
-- answer with its own usage is no page; a list of nothing is a blank. The kinds of all lists are found by one look at the
-- text, which may be long.
create or replace temp macro elements_of(content) as
coalesce(
  nullif(
    list_transform(
      [
        case
          when json_valid(content)
            then json_type(
              content, ['$', '$.data.items', '$.data.rows', '$.data', '$.usage', '$.items', '$.logs', '$.result']
            )
        end
      ],
      lambda kinds: case
        when kinds is null then null
        when kinds[1] = 'ARRAY' then json_extract(content, '$[*]')
        when kinds[1] <> 'OBJECT' then [content]
        when kinds[2] = 'ARRAY' then json_extract(content, '$.data.items[*]')
        when kinds[3] = 'ARRAY' then json_extract(content, '$.data.rows[*]')
        when kinds[4] = 'ARRAY' and kinds[5] is null then json_extract(content, '$.data[*]')
        when kinds[6] = 'ARRAY' then json_extract(content, '$.items[*]')
        when kinds[7] = 'ARRAY' then json_extract(content, '$.logs[*]')
        when kinds[8] = 'ARRAY' then json_extract(content, '$.result[*]')
        else [content]
      end::varchar[]
    )[1],
    []
  ),
  [case when not json_valid(content) then content end]
);

-- name: answerer
-- Who answered, of a source that names a provider and, perhaps, a host. Any OpenAI-compatible host goes by the name of
-- openai there, or of vllm: the host says who it was.
create or replace temp macro answerer(provider, host) as
case
  when host is null then provider
  when provider_of(host) <> host then provider_of(host)
  when
    -- Not a list: DuckDB would join with a long one, and rows would leave their order.
    regexp_full_match(
      provider, '(?i)openai|text-completion-openai|custom_openai|openai_like|hosted_vllm|vllm|openai-compatible'
    )
    and host <> 'api.openai.com'
    then host
  else coalesce(provider, host)
end;

-- name: mended
-- A JSON text without the halves of characters that stand alone in it, as where a text was cut within an emoji. DuckDB
-- takes the whole text for broken then. Escaped backslashes and whole characters are stepped over.
create or replace temp macro mended(text) as
case
  when contains(text, '\ud') or contains(text, '\uD')
    then regexp_replace(
      text,
      '(\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}',
      '\1',
      'g'
    )
  else text
end;

-- name: fields_of
-- What a line says, in the shape that is asked for; NULL where it is broken. To be ready for a broken line costs more than
-- to read it, where files have few lines each: the first, fast reading stops at one that begins and ends like a whole.
create or replace temp macro fields_of(text, shape) as
case
  when not getvariable('keep_rejects') and starts_with(text, '{') and ends_with(text, '}') then json_transform(text, shape)
  else try(json_transform(text, shape))
end;

-- name: json_problem
-- Why a text is not JSON: one that can be mended is told from what cannot be read.
create or replace temp macro json_problem(text) as
case when not json_valid(text) then case when json_valid(mended(text)) then 'half a character' else 'not valid JSON' end end;

-- name: text_problem
-- Why a text is not a record, where no field was found in it.
create or replace temp macro text_problem(text) as
case
  when text is null or trim(text) = '' then 'blank'
  when not json_valid(text) then json_problem(text)
  when json_type(text) <> 'OBJECT' then 'not a JSON object'
end;
