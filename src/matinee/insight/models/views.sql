-- One line for each watching of one title, by what the ledger says of it.
-- began, ended: its first and last word, UTC. completion: how far it came, 0 to 1.
with told as (
  select
    *,
    row_number() over (partition by view_id order by happened desc, sequence desc) as nth
  from ledger
  where kind = 'watched' and view_id <> ''
)
select
  view_id,
  max(account_id) as account_id,
  max(profile_id) as profile_id,
  max(title_id) as title_id,
  min(happened) as began,
  max(happened) as ended,
  cast(sum(watched_ms) as bigint) as watched_ms,
  max(position_ms) as furthest_ms,
  max(runtime_ms) as runtime_ms,
  max(case when finished then 1 else 0 end) = 1 as finished,
  max(case when closed then 1 else 0 end) = 1 as closed,
  case
    when max(case when finished then 1 else 0 end) = 1 then cast(1 as double)
    else least(cast(1 as double), coalesce(cast(max(position_ms) as double) / nullif(max(runtime_ms), 0), 0))
  end as completion,
  max(case when nth = 1 then browser end) as browser,
  max(case when nth = 1 then system end) as system,
  max(case when nth = 1 then app end) as app,
  max(case when nth = 1 then network end) as network,
  max(case when nth = 1 then country end) as country
from told
group by view_id
