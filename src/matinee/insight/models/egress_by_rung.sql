-- What was sent in each height of the picture, by the hour of a view's last word (UTC). A view's bits are parted among its rungs by
-- how long each played and by what a rung of that height was said to need; where nothing was said, by its number of lines.
with told as (
  select
    view_id,
    happened,
    bits,
    rungs,
    row_number() over (partition by view_id order by sequence desc, happened desc) as nth
  from telemetry
  where kind = 'measured' and view_id <> ''
),
said as (
  select height, bitrate_bps from telemetry where kind = 'play_began'
  union all
  select to_height as height, bitrate_bps from telemetry where kind = 'rung_changed'
),
rates as (
  select height, avg(bitrate_bps) as bitrate_bps
  from said
  where height > 0 and bitrate_bps > 0
  group by height
),
parts as (
  select told.view_id, told.happened, told.bits, part.height as height, part.playing_ms as playing_ms
  from told
  cross join unnest(told.rungs) as rung(part)
  where told.nth = 1
),
weighed as (
  select
    parts.view_id,
    date_trunc('hour', parts.happened) as hour,
    parts.bits,
    parts.height,
    parts.playing_ms,
    parts.playing_ms * coalesce(rates.bitrate_bps, cast(parts.height as double) * 4000) as weight
  from parts
  left join rates on rates.height = parts.height
),
shared as (
  select
    hour,
    height,
    playing_ms,
    bits * weight / nullif(sum(weight) over (partition by view_id), 0) as bits
  from weighed
)
select
  hour,
  height,
  cast(sum(playing_ms) as double) / 3600000 as hours,
  coalesce(sum(bits), 0) as bits
from shared
group by hour, height
