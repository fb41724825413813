-- How it was to watch, by the hour a view began in (UTC) and the box that served it last.
with placed as (
  select *, date_trunc('hour', began) as hour, coalesce(box_id, '') as box
  from sessions
),
joins as (
  -- Percentiles of two measures stand apart: Redshift sorts for all of a question's percentiles one way only.
  select
    hour,
    box,
    percentile_cont(0.5) within group (order by join_ms) as p50,
    percentile_cont(0.95) within group (order by join_ms) as p95,
    percentile_cont(0.99) within group (order by join_ms) as p99
  from placed
  group by hour, box
),
stalls as (
  select
    hour,
    box,
    percentile_cont(0.5) within group (order by rebuffer_ratio) as p50,
    percentile_cont(0.95) within group (order by rebuffer_ratio) as p95
  from placed
  group by hour, box
),
sums as (
  select
    hour,
    box,
    count(*) as views,
    cast(sum(case when failed then 1 else 0 end) as bigint) as failed,
    cast(sum(case when left_before_start then 1 else 0 end) as bigint) as left_before_start,
    cast(sum(stalled_ms) as double) / nullif(sum(playing_ms + stalled_ms), 0) as rebuffer_ratio,
    cast(sum(bits) as double) * 1000 / nullif(sum(playing_ms), 0) as bitrate_bps
  from placed
  group by hour, box
)
select
  sums.hour,
  nullif(sums.box, '') as box_id,
  sums.views,
  sums.failed,
  sums.left_before_start,
  joins.p50 as join_ms_p50,
  joins.p95 as join_ms_p95,
  joins.p99 as join_ms_p99,
  stalls.p50 as rebuffer_ratio_p50,
  stalls.p95 as rebuffer_ratio_p95,
  sums.rebuffer_ratio,
  sums.bitrate_bps
from sums
join joins on joins.hour = sums.hour and joins.box = sums.box
join stalls on stalls.hour = sums.hour and stalls.box = sums.box
