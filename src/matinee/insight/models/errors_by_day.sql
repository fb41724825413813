-- What went wrong on a day (UTC), by its code and where: how often, in how many views, and how often the film could not go on.
select
  cast(happened as date) as day,
  code,
  nullif(box_id, '') as box_id,
  browser,
  app,
  count(*) as errors,
  cast(sum(case when fatal then 1 else 0 end) as bigint) as fatal,
  count(distinct view_id) as views
from telemetry
where kind = 'failed'
group by cast(happened as date), code, nullif(box_id, ''), browser, app
