    -- The dimensions of $by as one value; the others are the same for all. Two are equal (=) also where both have a NULL.
    {
      'model': case when list_contains($by, 'model') then model end,
      'provider': case when list_contains($by, 'provider') then provider end,
      'access_key': case when list_contains($by, 'access_key') then access_key end,
      'project': case when list_contains($by, 'project') then project end,
      'user': case when list_contains($by, 'user') then "user" end,
      'source': case when list_contains($by, 'source') then source end,
      'status': case when list_contains($by, 'status') then status end
    } as dimensions,
