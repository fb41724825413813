-- Of the profiles that first watched in a month (UTC), how many watch so many months later.
with active as (
  select distinct profile_id, cast(date_trunc('month', happened) as date) as active_month
  from ledger
  where kind = 'watched'
),
joined as (
  select profile_id, min(active_month) as cohort
  from active
  group by profile_id
),
sizes as (
  select cohort, count(*) as profiles
  from joined
  group by cohort
),
later as (
  select
    joined.cohort,
    (extract(year from active.active_month) - extract(year from joined.cohort)) * 12
      + extract(month from active.active_month) - extract(month from joined.cohort) as months_later
  from active
  join joined on joined.profile_id = active.profile_id
)
select
  later.cohort,
  later.months_later,
  count(*) as active,
  max(sizes.profiles) as profiles,
  cast(count(*) as double) / max(sizes.profiles) as share
from later
join sizes on sizes.cohort = later.cohort
group by later.cohort, later.months_later
