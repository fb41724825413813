-- The titles of a week (from its Monday, UTC) and a country, by how many profiles watched two minutes or more of them.
with watched as (
  select
    cast(date_trunc('week', happened) as date) as week,
    country,
    title_id,
    profile_id,
    sum(watched_ms) as watched_ms
  from ledger
  where kind = 'watched'
  group by cast(date_trunc('week', happened) as date), country, title_id, profile_id
),
counted as (
  select week, country, title_id, count(*) as profiles, cast(sum(watched_ms) as bigint) as watched_ms
  from watched
  where watched_ms >= 120000
  group by week, country, title_id
)
select
  counted.week,
  counted.country,
  row_number() over (
    partition by counted.week, counted.country
    order by counted.profiles desc, counted.watched_ms desc, counted.title_id
  ) as place,
  counted.title_id,
  titles.name,
  counted.profiles,
  cast(counted.watched_ms as double) / 3600000 as hours
from counted
left join titles on titles.title_id = counted.title_id
