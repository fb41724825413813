-- What each profile took out of what it watched: which title, or all of it (then no title stands here), and when it last did so.
-- What it watched later is back.
with told as (
  select producer_id, sequence, profile_id, title_ids, happened
  from ledger
  where kind = 'hidden'
),
named as (
  select told.producer_id, told.sequence, told.profile_id, cast(part.title_id as varchar) as title_id, told.happened
  from told
  cross join unnest(told.title_ids) as part(title_id)
),
acts as (
  select profile_id, title_id, happened
  from named
  union all
  select told.profile_id, '' as title_id, told.happened
  from told
  left join named on named.producer_id = told.producer_id and named.sequence = told.sequence
  where named.producer_id is null
)
select profile_id, title_id, max(happened) as happened
from acts
group by profile_id, title_id
