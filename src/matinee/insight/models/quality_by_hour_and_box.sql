-- How it was to watch, by the hour a view began in (UTC) and the box that served it last.
select
  date_trunc('hour', began) as hour,
  box_id,
  count(*) as views,
  cast(sum(case when failed then 1 else 0 end) as bigint) as failed,
  cast(sum(case when left_before_start then 1 else 0 end) as bigint) as left_before_start,
  percentile_cont(0.5) within group (order by join_ms) as join_ms_p50,
  percentile_cont(0.95) within group (order by join_ms) as join_ms_p95,
  percentile_cont(0.99) within group (order by join_ms) as join_ms_p99,
  percentile_cont(0.5) within group (order by rebuffer_ratio) as rebuffer_ratio_p50,
  percentile_cont(0.95) within group (order by rebuffer_ratio) as rebuffer_ratio_p95,
  cast(sum(stalled_ms) as double) / nullif(sum(playing_ms + stalled_ms), 0) as rebuffer_ratio,
  cast(sum(bits) as double) * 1000 / nullif(sum(playing_ms), 0) as bitrate_bps
from sessions
group by date_trunc('hour', began), box_id
