-- Whether a value matches one of the glob patterns, or there are none.
create or replace temp macro matches(value, patterns) as
len(coalesce(patterns, [])) = 0 or len(list_filter(patterns, lambda pattern: value = pattern or value glob pattern)) > 0;
