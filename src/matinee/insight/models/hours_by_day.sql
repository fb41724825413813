-- What was watched on a day (UTC), by country.
select
  cast(happened as date) as day,
  country,
  count(distinct view_id) as views,
  count(distinct profile_id) as profiles,
  count(distinct title_id) as titles,
  cast(sum(watched_ms) as double) / 3600000 as hours
from ledger
where kind = 'watched'
group by cast(happened as date), country
