-- How far titles are watched: by how many, and how many reach the credits.
select
  views.title_id,
  max(titles.name) as name,
  count(*) as views,
  count(distinct views.profile_id) as profiles,
  cast(sum(case when views.finished then 1 else 0 end) as bigint) as finished,
  cast(sum(case when views.finished then 1 else 0 end) as double) / count(*) as finished_share,
  avg(views.completion) as completion_mean,
  percentile_cont(0.5) within group (order by views.completion) as completion_p50,
  cast(sum(views.watched_ms) as double) / 3600000 as hours
from views
left join titles on titles.title_id = views.title_id
group by views.title_id
