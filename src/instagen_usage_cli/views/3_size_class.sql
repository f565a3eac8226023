-- Of the sizes at which any price changes, the last one that a request reaches; 0 below all of them.
create or replace temp macro size_class(size, starts) as
case when size >= list_min(starts) then list_max(list_filter(starts, lambda start: start <= size)) else 0 end;
