-- Who watched what, as `matinee recs fit` reads it: weight is how far it was watched, and what its thumb says of it. A thumb down
-- leaves the title seen, and counting for nothing. What was taken out of what was watched is not here, until it is watched again.
with watched as (
  select profile_id, title_id, max(ended) as ts, max(completion) as completion
  from views
  where watched_ms >= 120000 or finished
  group by profile_id, title_id
)
select
  watched.profile_id,
  watched.title_id,
  watched.ts,
  case thumbs.thumb
    when 'down' then cast(0 as double)
    when 'up' then 1.5 * watched.completion
    when 'love' then 2 * watched.completion
    else watched.completion
  end as weight
from watched
left join thumbs on thumbs.profile_id = watched.profile_id and thumbs.title_id = watched.title_id
left join hidden on hidden.profile_id = watched.profile_id and hidden.title_id = watched.title_id
left join hidden as everything on everything.profile_id = watched.profile_id and everything.title_id = ''
where
  (hidden.happened is null or watched.ts > hidden.happened)
  and (everything.happened is null or watched.ts > everything.happened)
