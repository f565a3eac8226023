-- One row per compared model that has requests: its place among them, and what is typical of it in a measure.
select
  place,
  case
    when $statistic = 'median' then quantile_cont(struct_extract(compared, $measure), 0.5)
    else sum(struct_extract(compared, $measure)) / count(struct_extract(compared, $measure))
  end as value
from compared
group by place
order by place
