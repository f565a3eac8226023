    -- What of $filter is asked for, as conditions on a row.
    and ($filter['since'] is null or started_at >= $filter['since'])
    and ($filter['until'] is null or started_at < $filter['until'])
    -- if: match_model
    and matches(model, $filter['model'])
    -- end
    -- if: match_provider
    and matches(provider, $filter['provider'])
    -- end
    -- if: match_key
    and matches(access_key, $filter['key'])
    -- end
    -- if: match_project
    and matches(project, $filter['project'])
    -- end
    -- if: match_user
    and matches("user", $filter['user'])
    -- end
    -- if: match_session
    and matches(session, $filter['session'])
    -- end
    -- if: match_source
    and matches(source, $filter['source'])
    -- end
    -- if: match_status
    and matches(status, $filter['status'])
    -- end
