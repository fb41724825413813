-- How rows of a page do, by the model that ranked them and the arm of a trial: how often one came into sight, and how often
-- Play was pressed in it. A play belongs to the row of that name that the same tab saw last.
with told as (
  -- Numbered by the sights so far of that row in that tab, so that a play and the sight it belongs to have one number.
  select
    producer_id,
    kind,
    page,
    row_id,
    model,
    trial,
    arm,
    sum(case when kind = 'row_seen' then 1 else 0 end) over (
      partition by producer_id, row_id
      order by sequence
      rows between unbounded preceding and current row
    ) as nth
  from telemetry
  where kind = 'row_seen' or (kind = 'play_asked' and row_id <> '')
),
seen as (
  select * from told where kind = 'row_seen'
),
matched as (
  select seen.page, seen.row_id, seen.model, seen.trial, seen.arm
  from told as asked
  join seen on seen.producer_id = asked.producer_id and seen.row_id = asked.row_id and seen.nth = asked.nth
  where asked.kind = 'play_asked'
),
plays as (
  select page, row_id, model, trial, arm, count(*) as plays
  from matched
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
