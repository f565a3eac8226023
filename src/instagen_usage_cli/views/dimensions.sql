    -- The dimensions of $by; the others are the same for all.
    case when list_contains($by, 'model') then model end as model,
    case when list_contains($by, 'provider') then provider end as provider,
    case when list_contains($by, 'access_key') then access_key end as access_key,
    case when list_contains($by, 'project') then project end as project,
    case when list_contains($by, 'user') then "user" end as "user",
    case when list_contains($by, 'source') then source end as source,
    case when list_contains($by, 'status') then status end as status,
