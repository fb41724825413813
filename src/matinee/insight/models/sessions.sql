-- One line for each view: the quality of its experience, by the definitions of CTA-2066.
-- A view's measures are sums since it began, so its last word has them all.
with told as (
  select
    *,
    row_number() over (partition by view_id order by sequence desc, happened desc) as nth
  from telemetry
  where kind = 'measured' and view_id <> ''
),
measured as (
  select * from told where nth = 1
),
marks as (
  select
    view_id,
    max(account_id) as account_id,
    max(profile_id) as profile_id,
    max(title_id) as title_id,
    min(happened) as began,
    max(happened) as ended,
    max(case when kind = 'play_began' then join_ms end) as join_ms,
    max(case when kind = 'play_began' then box_id end) as first_box_id,
    sum(case when kind = 'failed' then 1 else 0 end) as failures,
    max(case when kind = 'failed' and fatal then 1 else 0 end) as fatal,
    max(case when kind = 'left' and before_start then 1 else 0 end) as left_before_start,
    max(browser) as browser,
    max(system) as system,
    max(app) as app,
    max(network) as network,
    max(country) as country
  from telemetry
  where view_id <> ''
  group by view_id
)
select
  marks.view_id,
  marks.account_id,
  marks.profile_id,
  marks.title_id,
  marks.began,
  marks.ended,
  coalesce(marks.join_ms, nullif(measured.join_ms, 0)) as join_ms,
  coalesce(nullif(measured.box_id, ''), nullif(marks.first_box_id, '')) as box_id,
  coalesce(measured.playing_ms, 0) as playing_ms,
  coalesce(measured.stalled_ms, 0) as stalled_ms,
  coalesce(measured.stalls, 0) as stalls,
  coalesce(measured.switches, 0) as switches,
  coalesce(measured.dropped_frames, 0) as dropped_frames,
  coalesce(measured.bits, 0) as bits,
  cast(measured.stalled_ms as double) / nullif(measured.playing_ms + measured.stalled_ms, 0) as rebuffer_ratio,
  cast(measured.bits as double) * 1000 / nullif(measured.playing_ms, 0) as bitrate_bps,
  cast(marks.failures as bigint) as failures,
  marks.fatal = 1 as failed,
  marks.left_before_start = 1 as left_before_start,
  marks.browser,
  marks.system,
  marks.app,
  marks.network,
  marks.country
from marks
left join measured on measured.view_id = marks.view_id
