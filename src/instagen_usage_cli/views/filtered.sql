    -- What of $filter is asked for, as conditions on a row.
    -- Nothing lies outside of these years; what an earlier version believed must not stop a report.
    and started_at >= coalesce($filter['since'], timestamp '2015-01-01')
    and started_at < coalesce($filter['until'], timestamp '2100-01-01')
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
