-- One row per name of the models $models, and exact id in the price lists that it may stand for: what that was found by.
select *
from found_ids
where list_contains($models::varchar[], model)
