-- How rows of a page do, by the model that ranked them and the arm of a trial: how often one came into sight, and how often
-- Play was pressed in it. A play belongs to the row of that name that the same tab saw last.
with seen as (
  select producer_id, sequence, page, row_id, model, trial, arm
  from telemetry
  where kind = 'row_seen'
),
asked as (
  select producer_id, sequence, row_id
  from telemetry
  where kind = 'play_asked' and row_id <> ''
),
matched as (
  select
    seen.page,
    seen.row_id,
    seen.model,
    seen.trial,
    seen.arm,
    row_number() over (partition by asked.producer_id, asked.sequence order by seen.sequence desc) as nth
  from asked
  join seen
    on seen.producer_id = asked.producer_id and seen.row_id = asked.row_id and seen.sequence < asked.sequence
),
plays as (
  select page, row_id, model, trial, arm, count(*) as plays
  from matched
  where nth = 1
  group by page, row_id, model, trial, arm
),
sights as (
  select page, row_id, model, trial, arm, count(*) as seen
  from seen
  group by page, row_id, model, trial, arm
)
select
  sights.page,
  sights.row_id,
  sights.model,
  sights.trial,
  sights.arm,
  sights.seen,
  coalesce(plays.plays, 0) as plays,
  cast(coalesce(plays.plays, 0) as double) / sights.seen as plays_per_sight
from sights
left join plays
  on plays.page = sights.page
  and plays.row_id = sights.row_id
  and plays.model = sights.model
  and plays.trial = sights.trial
  and plays.arm = sights.arm
